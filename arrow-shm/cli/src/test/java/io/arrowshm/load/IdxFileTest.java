package io.arrowshm.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.load.file.UnreadableFileException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {
    private static final int UNSIGNED_BYTE = 0x08;

    private static final Random RANDOM = new Random(seed());

    @TempDir
    private Path directory;

    @Test
    void readsWhatWasWrittenInSlicesOfAnySize() throws IOException {
        byte[] body = bytes(7 * 3 * 2);
        Path file = gzipped(idx(UNSIGNED_BYTE, body, 7, 3, 2));
        for (int room = 6; room <= body.length + 5; room++) {
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            try (IdxFile idx = IdxFile.open(file, 3)) {
                assertThat(idx.count()).isEqualTo(7);
                assertThat(idx.itemBytes()).isEqualTo(6);
                assertThat(idx.shape()).isEqualTo("7x3x2");
                byte[] slice = new byte[room + 1];
                for (int n = idx.read(slice, 1, room); n > 0; n = idx.read(slice, 1, room)) {
                    read.write(slice, 1, n * idx.itemBytes());
                }
            }
            assertThat(read.toByteArray()).as("room=%d", room).isEqualTo(body);
        }
    }

    @Test
    void anEmptyFileOfItemsEndsAtOnce() throws IOException {
        try (IdxFile idx = IdxFile.open(gzipped(idx(UNSIGNED_BYTE, new byte[0], 0)), 1)) {
            assertThat(idx.read(new byte[4], 0, 4)).isZero();
        }
    }

    @Test
    void aFileThatIsMissingIsNamed() {
        assertRefused(directory.resolve("absent.gz"), 1, "absent.gz: no such file");
    }

    @Test
    void aDirectoryIsRefused() {
        assertRefused(directory, 1, "a directory");
    }

    @Test
    void aFileThatIsNotGzipIsRefused() throws IOException {
        assertRefused(plain(idx(UNSIGNED_BYTE, bytes(3), 3)), 1, "not a gzip file");
    }

    @Test
    void aFileCutAnywhereIsTruncated() throws IOException {
        byte[] whole = Files.readAllBytes(gzipped(idx(UNSIGNED_BYTE, bytes(64), 64)));
        for (int length = 0; length < whole.length; length++) {
            assertRefused(plain(Arrays.copyOf(whole, length)), 1, "truncated");
        }
    }

    @Test
    void aHeaderThatPromisesMoreThanItHoldsIsTruncated() throws IOException {
        assertRefused(gzipped(idx(UNSIGNED_BYTE, bytes(10), 11)), 1, "truncated");
        assertRefused(gzipped(idx(UNSIGNED_BYTE, bytes(10), Integer.MAX_VALUE, 28, 28)), 3, "truncated");
    }

    @Test
    void bytesAfterTheLastItemAreRefused() throws IOException {
        assertRefused(gzipped(idx(UNSIGNED_BYTE, bytes(10), 9)), 1, "bytes after the last item");
    }

    @Test
    void anotherElementTypeIsRefused() throws IOException {
        assertRefused(gzipped(idx(0x0D, bytes(12), 3)), 1, "IDX element type 0x0d");
    }

    @Test
    void anotherNumberOfDimensionsIsRefused() throws IOException {
        assertRefused(gzipped(idx(UNSIGNED_BYTE, bytes(12), 3, 2, 2)), 1, "3 dimensions");
    }

    @Test
    void anotherMagicIsRefused() throws IOException {
        assertRefused(gzipped(bytesOf("PK, not an IDX file")), 1, "not an IDX file: it starts with 0x504b");
    }

    @Test
    void anImpossibleDimensionIsRefused() throws IOException {
        assertRefused(gzipped(idx(UNSIGNED_BYTE, bytes(1), -1)), 1, "a dimension of 4294967295");
        assertRefused(gzipped(idx(UNSIGNED_BYTE, bytes(1), 1, 65536, 65536)), 3, "items of shape 1x65536x65536");
    }

    @Test
    void aDamagedChecksumIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(gzipped(idx(UNSIGNED_BYTE, bytes(64), 64)));
        whole[whole.length - 8] ^= 1;
        assertRefused(plain(whole), 1, "Corrupt GZIP trailer");
    }

    private static void assertRefused(Path file, int dimensions, String found) {
        assertThatThrownBy(() -> readToTheEnd(file, dimensions))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining(found)
                .hasMessageContaining(", allowed is ")
                .message()
                .startsWith(file.toString())
                .doesNotContain("\n");
    }

    private static void readToTheEnd(Path file, int dimensions) {
        try (IdxFile idx = IdxFile.open(file, dimensions)) {
            byte[] slice = new byte[Math.max(1, 4 * idx.itemBytes())];
            int read;
            do {
                read = idx.read(slice, 0, slice.length);
            } while (read > 0);
        }
    }

    private static byte[] idx(int type, byte[] body, int... dimensions) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(0);
        out.writeByte(type);
        out.writeByte(dimensions.length);
        for (int dimension : dimensions) {
            out.writeInt(dimension);
        }
        out.write(body);
        return bytes.toByteArray();
    }

    private Path gzipped(byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(content);
        }
        return plain(bytes.toByteArray());
    }

    private Path plain(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(directory, "idx", ".gz"), content);
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static byte[] bytesOf(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }

    private static long seed() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("IdxFileTest: -Dtest.seed=" + seed);
        return seed;
    }
}
