package io.arrowshm.jobs.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.arrowshm.jobs.CommandProcess;
import io.arrowshm.jobs.images.data.Images;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each in a JVM of its own, so that whatever reaches the user's console is seen. */
class BadInputIT {
    private static final String TRAIN_IMAGES = "train-images-idx3-ubyte.gz";

    @TempDir
    private Path directory;

    private Path sharedMemory;

    @BeforeEach
    void makeSharedMemory() throws IOException {
        sharedMemory = CommandProcess.newSharedMemory();
    }

    @AfterEach
    void deleteSharedMemory() throws IOException {
        CommandProcess.delete(sharedMemory);
    }

    @Test
    void aPoolTooSmallForOneBatchIsRefused() throws Exception {
        assertThat(refusal("--batch=1338", "--pool-size=1MiB")).contains("pool", "bytes");
    }

    @Test
    void aPoolLargerThanTheFileSystemIsRefused() throws Exception {
        assertThat(refusal("--pool-size=1000TiB"))
                .contains("shared memory is full", sharedMemory.toString(), "1,099,511,627,776,000");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 16})
    void aFullFileSystemIsRefused(int mebibytes) throws Exception {
        assumeThat(mount(mebibytes)).as("mounting a tmpfs takes root").isTrue();
        try {
            // A pool that is made has a quarter of it, which may be too small for a batch.
            assertThat(refusal("--batch=100000"))
                    .containsPattern("(shared memory|the pool \\S+) is full")
                    .contains(sharedMemory.toString());
        } finally {
            assertThat(run("umount", sharedMemory.toString())).isZero();
        }
    }

    @Test
    void aFileSystemThatIsNotThereIsRefused() throws Exception {
        Path there = sharedMemory;
        CommandProcess.delete(there);
        sharedMemory = there.resolve("no-such-directory");
        try (CommandProcess command = start()) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(2);
            assertThat(command.err()).as("stderr").hasLineCount(1).contains(sharedMemory.toString());
        } finally {
            sharedMemory = there;
        }
    }

    @Test
    void aMissingFileIsRefused() throws Exception {
        writeSet();
        Files.delete(directory.resolve(TRAIN_IMAGES));
        assertThat(refusal("--data=" + directory)).contains(directory.resolve(TRAIN_IMAGES) + ": ");
    }

    @Test
    void aFileWithoutDataIsRefused() throws Exception {
        writeSet();
        Files.write(directory.resolve(TRAIN_IMAGES), new byte[0]);
        assertThat(refusal("--data=" + directory)).contains(directory.resolve(TRAIN_IMAGES) + ": ");
    }

    @Test
    void aTruncatedFileIsRefused() throws Exception {
        writeSet();
        byte[] whole = Files.readAllBytes(directory.resolve(TRAIN_IMAGES));
        Files.write(directory.resolve(TRAIN_IMAGES), Arrays.copyOf(whole, whole.length / 2));
        assertThat(refusal("--data=" + directory)).contains(directory.resolve(TRAIN_IMAGES) + ": ");
    }

    @Test
    void aFileThatIsNotGzipIsRefused() throws Exception {
        writeSet();
        Files.writeString(directory.resolve(TRAIN_IMAGES), "plain text");
        assertThat(refusal("--data=" + directory)).contains(directory.resolve(TRAIN_IMAGES) + ": ", "not a gzip file");
    }

    @Test
    void imagesOfAnotherShapeAreRefused() throws Exception {
        writeSet();
        writeIdx("t10k-images-idx3-ubyte.gz", 10, 32, 32);
        assertThat(refusal("--data=" + directory))
                .contains(directory.resolve("t10k-images-idx3-ubyte.gz") + ": ", "10x32x32", "Nx28x28");
    }

    @Test
    void labelsThatDoNotMatchTheImagesAreRefused() throws Exception {
        writeSet();
        writeIdx("t10k-labels-idx1-ubyte.gz", 9);
        assertThat(refusal("--data=" + directory))
                .contains(directory.resolve("t10k-labels-idx1-ubyte.gz") + ": ", "9 labels", "10");
    }

    /** The one line that the user gets; nothing else is left of the run. */
    private String refusal(String... arguments) throws Exception {
        try (CommandProcess command = start(arguments)) {
            assertThat(command.awaitExit()).as("%s", command).isEqualTo(2);
            assertThat(command.err()).startsWith("error: ").hasLineCount(1);
            assertThat(command.out()).isEmpty();
            command.awaitNoProcess();
            assertThat(command.sharedFiles()).isEmpty();
            assertThat(command.temporaryFiles()).isEmpty();
            return command.err();
        }
    }

    private CommandProcess start(String... arguments) throws IOException {
        return CommandProcess.start(directory.resolve("run"), sharedMemory, List.of(arguments));
    }

    private boolean mount(int mebibytes) throws Exception {
        return run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", sharedMemory.toString()) == 0;
    }

    private static int run(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private void writeSet() throws IOException {
        for (String part : List.of("train", "t10k")) {
            writeIdx(part + "-images-idx3-ubyte.gz", 10, Images.SIDE, Images.SIDE);
            writeIdx(part + "-labels-idx1-ubyte.gz", 10);
        }
    }

    /** Zeros of a shape. */
    private void writeIdx(String file, int... shape) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream header = new DataOutputStream(bytes);
        header.writeInt(0x800 + shape.length);
        int items = 1;
        for (int length : shape) {
            header.writeInt(length);
            items *= length;
        }
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(directory.resolve(file)))) {
            out.write(bytes.toByteArray());
            out.write(new byte[items]);
        }
    }
}
