package io.arrowshm.jobs.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The segment that jobs/run images dumps, read by pyarrow: the script says what must hold. */
class PyarrowIT {
    private static final List<String> PACKAGES = List.of("pyarrow==22.0.0", "numpy==2.3.5");
    private static final int BATCH = 100;

    @TempDir
    private Path directory;

    @Test
    void pyarrowReadsTheFirstSegmentInPlaceAsFileAndAsStream() throws Exception {
        Path python = python();
        Path segment = directory.resolve("first.arrow");
        StringWriter err = new StringWriter();
        int status = new CommandLine(new ImagesCommand())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute("--dump-first=" + segment, "--batch=" + BATCH, "--means=" + directory.resolve("means.png"));
        assertThat(err.toString()).isEmpty();
        assertThat(status).isZero();
        Path script = resource("read_segment.py", "read_segment.py");
        Path images = resource("data/fashion-mnist/t10k-images-idx3-ubyte.gz", "images.gz");
        Path labels = resource("data/fashion-mnist/t10k-labels-idx1-ubyte.gz", "labels.gz");
        Run read = Run.of(
                python.toString(),
                script.toString(),
                segment.toString(),
                images.toString(),
                labels.toString(),
                Integer.toString(BATCH));
        System.out.print(read.output());
        assertThat(read.status()).as(read.output()).isZero();
        assertThat(read.output()).contains("file: ok", "stream: ok");
    }

    /** The Python of a virtual environment that is made once for each list of packages, under target. */
    private static Path python() throws Exception {
        Path environment = Path.of(
                        "target", "python", String.join("-", PACKAGES).replace("==", "-"))
                .toAbsolutePath();
        Path python = environment.resolve("bin/python");
        Path complete = environment.resolve("complete");
        if (Files.exists(complete)) {
            return python;
        }
        Run made = Run.of("python3", "-m", "venv", "--clear", environment.toString());
        if (made.status() != 0) {
            skip("no Python: " + made.output());
        }
        Run installed = Run.of(
                python.toString(),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--only-binary=:all:",
                PACKAGES.get(0),
                PACKAGES.get(1));
        if (installed.status() != 0) {
            skip("cannot install " + PACKAGES + ": " + installed.output());
        }
        Files.createFile(complete);
        return python;
    }

    private static void skip(String why) {
        if ("true".equals(System.getenv("CI"))) {
            fail("with CI=true this must not be skipped: " + why);
        }
        abort(why);
    }

    private Path resource(String name, String as) throws IOException {
        try (InputStream bytes = ImagesCommand.class.getResourceAsStream(name)) {
            assertThat(bytes).as(name).isNotNull();
            Path file = directory.resolve(as);
            Files.copy(bytes, file);
            return file;
        }
    }

    private record Run(int status, String output) {
        private static final int NOT_FOUND = 127;

        static Run of(String... command) throws Exception {
            Path output = Files.createTempFile("python", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
                if (!process.waitFor(4, TimeUnit.MINUTES)) {
                    process.destroyForcibly().waitFor();
                    return new Run(NOT_FOUND, "no end after 4 minutes: " + Files.readString(output));
                }
                return new Run(process.exitValue(), Files.readString(output));
            } catch (IOException cannotStart) {
                return new Run(NOT_FOUND, cannotStart.toString());
            } finally {
                Files.delete(output);
            }
        }
    }
}
