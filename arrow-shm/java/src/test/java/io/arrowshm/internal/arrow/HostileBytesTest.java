package io.arrowshm.internal.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: opening works or throws the one exception, and reading what opened leaves the JVM alive. */
class HostileBytesTest {
    private static final Path CORPUS = Path.of("src/test/resources/arrow-testing");
    private static final int[] VALUES = {0, 0x7f, 0xff};

    private static final int MUTATIONS = 70_000;

    @Test
    void everyFileOfTheCorpusOpensOrIsRefused() throws IOException {
        try (Stream<Path> files = Files.walk(CORPUS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                open(file.toString(), Files.readAllBytes(file));
            }
        }
    }

    @Test
    void bigEndianFilesAreRefused() throws IOException {
        try (Stream<Path> files = Files.walk(CORPUS)) {
            List<Path> bigEndian = files.filter(file -> file.toString().contains("bigendian")
                            && file.toString().endsWith(".arrow_file"))
                    .toList();
            assertThat(bigEndian).isNotEmpty();
            for (Path file : bigEndian) {
                assertThat(open(file.toString(), Files.readAllBytes(file)))
                        .as("%s", file)
                        .isFalse();
            }
        }
    }

    @Test
    void everySingleByteChangeOfTheMetadataOpensOrIsRefused() {
        byte[] valid = SampleFiles.manyTypes();
        int bodyOffset = SegmentLayout.of(SampleFiles.MANY_TYPES).bodyOffset();
        int bodyEnd = valid.length - SegmentLayout.of(SampleFiles.MANY_TYPES).tailBytes();
        assertThat(open("the valid one", valid)).isTrue();
        int opened = 0;
        int changed = 0;
        for (int i = 0; i < valid.length; i++) {
            if (i < bodyOffset || i >= bodyEnd) {
                for (int value : VALUES) {
                    byte[] bytes = valid.clone();
                    bytes[i] = (byte) (bytes[i] == (byte) value ? value ^ 0x10 : value);
                    opened += open("byte " + i + " = " + bytes[i], bytes) ? 1 : 0;
                    changed++;
                }
            }
        }
        System.out.printf("%d of %d changed segments opened%n", opened, changed);
    }

    @Test
    void everyMutationOpensCompletelyOrIsRefused() throws IOException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("HostileBytesTest -Dseed=" + seed);
        List<byte[]> files = new ArrayList<>(SampleFiles.all());
        files.addAll(goldenFiles());
        Mutations mutations = new Mutations(new Random(seed), files);
        int opened = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bytes = mutations.mutate(files.get(i % files.size()));
            opened += open("mutation " + i + " of file " + i % files.size() + ", seed " + seed, bytes) ? 1 : 0;
        }
        System.out.printf("%d of %d mutations opened%n", opened, MUTATIONS);
    }

    @Test
    void everySampleAndGoldenFileIsValid() throws IOException {
        List<byte[]> files = new ArrayList<>(SampleFiles.all());
        files.addAll(goldenFiles());
        for (byte[] file : files) {
            assertThat(Bytes.<Boolean>open(file, Bytes::readAll)).isTrue();
        }
    }

    /** Small ones of version 4: dictionaries, nested types, intervals. And of other writers. */
    private static List<byte[]> goldenFiles() throws IOException {
        List<byte[]> files = new ArrayList<>();
        for (String name : List.of("dictionary", "nested", "interval", "map")) {
            files.add(Files.readAllBytes(
                    CORPUS.resolve("arrow-ipc-stream/integration/0.14.1/generated_" + name + ".arrow_file")));
        }
        for (String name : List.of("polars_col_i", "polars_col_s", "ext_my", "meta")) {
            files.add(Files.readAllBytes(Path.of("src/test/resources/foreign/" + name + ".arrow")));
        }
        return files;
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] valid = SampleFiles.manyTypes();
        for (int length = 0; length < valid.length; length++) {
            assertThat(open("cut at " + length, Arrays.copyOf(valid, length)))
                    .as("cut at " + length)
                    .isFalse();
        }
    }

    /** Nothing is cut off silently: batches and rows are as many as the bytes say. */
    private static void checkRows(String what, ArrowFile file, byte[] bytes) {
        ByteBuffer whole = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int trailer = bytes.length - SegmentLayout.TRAILER_BYTES;
        Footer footer = Footer.getRootAsFooter(slice(bytes, trailer - whole.getInt(trailer), trailer));
        assertThat(file.batchCount()).as(what).isEqualTo(footer.recordBatchesLength());
        for (int i = 0; i < file.batchCount(); i++) {
            VectorSchemaRoot root = Bytes.openable(file, i);
            if (root != null) {
                int start = (int) footer.recordBatches(i).offset();
                int prefix = whole.getInt(start) == -1 ? 2 * Integer.BYTES : Integer.BYTES;
                Message message = Message.getRootAsMessage(slice(bytes, start + prefix, bytes.length));
                RecordBatch batch = (RecordBatch) message.header(new RecordBatch());
                assertThat((long) root.getRowCount()).as(what).isEqualTo(batch.length());
            }
        }
    }

    private static ByteBuffer slice(byte[] bytes, int from, int to) {
        return ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to));
    }

    private static boolean open(String what, byte[] bytes) {
        long before = ArrowMemory.root().getAllocatedMemory();
        try {
            Bytes.open(bytes, file -> {
                Bytes.readAll(file);
                checkRows(what, file, bytes);
                return null;
            });
            assertThat(ArrowMemory.root().getAllocatedMemory())
                    .as("memory left by %s", what)
                    .isEqualTo(before);
            return true;
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).as(what).isEqualTo(Kind.CORRUPT);
            assertThat(ArrowMemory.root().getAllocatedMemory())
                    .as("memory left by %s", what)
                    .isEqualTo(before);
            return false;
        } catch (Throwable e) {
            return fail(what, e);
        }
    }
}
