package io.arrowshm.interop;

import io.arrowshm.testing.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Programs in C, over the crate's header. Without a compiler tests are skipped, with CI=true they fail. */
final class CProgram {
    /** The program on command. */
    static final Path EXCHANGE = Path.of("src", "test", "c", "exchange.c").toAbsolutePath();

    private CProgram() {}

    /** A source compiled, with the crate in it; where the executable is. */
    static Path compile(Path source, Path directory) throws IOException, InterruptedException {
        Tool.require("there is no cc: install a C compiler", List.of("cc", "--version"));
        Cargo.run("build", "--locked", "--quiet", "--features", Cargo.FEATURES, "-p", "arrow-shm-c");
        Path executable = Files.createDirectories(directory)
                .toAbsolutePath()
                .resolve(source.getFileName().toString().replace(".c", ""));
        String headers = "-I" + Cargo.CRATE.resolve("capi/include");
        String library =
                Cargo.targetDirectory().resolve("debug/libarrow_shm_c.a").toString();
        Tool.run(
                directory,
                Map.of(),
                List.of(
                        "cc",
                        "-std=c11",
                        "-Wall",
                        "-Wextra",
                        "-Werror",
                        headers,
                        source.toString(),
                        library,
                        "-lpthread",
                        "-ldl",
                        "-lm",
                        "-o",
                        executable.toString()));
        return executable;
    }
}
