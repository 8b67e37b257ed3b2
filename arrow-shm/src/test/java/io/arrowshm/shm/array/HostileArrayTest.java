package io.arrowshm.shm.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: an array opens and all of it can be read, or there is the one exception. */
class HostileArrayTest {
    private static final int MUTATIONS_OF_EACH = 3000;

    @Test
    void changedBytesOpenOrAreRefused() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("HostileArrayTest -Dseed=" + seed);
        Random random = new Random(seed);
        int opened = 0;
        int tried = 0;
        for (byte[] valid : valid()) {
            assertThat(open("the valid one", valid)).isTrue();
            for (int i = 0; i < MUTATIONS_OF_EACH; i++) {
                byte[] bytes = valid.clone();
                for (int change = random.nextInt(4); change >= 0; change--) {
                    change(bytes, random);
                }
                opened += open("seed " + seed + ", number " + i, bytes) ? 1 : 0;
                tried++;
            }
        }
        System.out.printf("%d of %d changed arrays opened%n", opened, tried);
    }

    private static void change(byte[] bytes, Random random) {
        int place = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes[place] = (byte) random.nextInt();
            case 1 -> bytes[place] ^= (byte) (1 << random.nextInt(8));
            case 2 ->
                bytes[place] = "'\"()[]{},:0123456789<>|VSUf".getBytes(StandardCharsets.ISO_8859_1)[random.nextInt(27)];
            default -> {
                int from = random.nextInt(bytes.length);
                int length = Math.min(1 + random.nextInt(16), bytes.length - Math.max(from, place));
                System.arraycopy(bytes, from, bytes, place, length);
            }
        }
    }

    @Test
    void everyByteOfTheHeadersMayBeAnything() {
        for (byte[] valid : valid()) {
            for (int place = 0; place < valid.length; place++) {
                for (int value : new int[] {0, 0x7f, 0x80, 0xff, valid[place] + 1, '9'}) {
                    byte[] bytes = valid.clone();
                    bytes[place] = (byte) value;
                    open("byte " + place + " = " + value, bytes);
                }
            }
        }
    }

    @Test
    void everyTruncationOpensOrIsRefused() {
        for (byte[] valid : valid()) {
            for (int length = 0; length < valid.length; length++) {
                open("cut at " + length, Arrays.copyOf(valid, length));
            }
        }
    }

    @Test
    void headersThatAskForTooMuchAreRefusedAtOnce() {
        List<String> headers = List.of(
                "{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807,)}",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807)}",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
                "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1,".repeat(33) + ")}",
                "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '>f8', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': '<f8', 'fortran_order': False}",
                "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}",
                "{'descr': " + "[('a', ".repeat(4000) + "1",
                "(".repeat(60_000));
        for (String text : headers) {
            byte[] bytes = npy(text, 64);
            assertThat(open(text.substring(0, Math.min(80, text.length())), bytes))
                    .as(text)
                    .isFalse();
        }
        assertThat(open(
                        "the same with a right one",
                        npy("{'descr': '<f8', 'fortran_order': False, 'shape': (8,)}", 64)))
                .isTrue();
        assertThat(open("and one byte too many", npy("{'descr': '<f8', 'fortran_order': False, 'shape': (8,)}", 65)))
                .isFalse();
    }

    private static byte[] npy(String text, int dataBytes) {
        byte[] head = text.getBytes(StandardCharsets.ISO_8859_1);
        byte[] bytes = new byte[10 + head.length + dataBytes];
        System.arraycopy(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}, 0, bytes, 0, 8);
        bytes[8] = (byte) head.length;
        bytes[9] = (byte) (head.length >> 8);
        System.arraycopy(head, 0, bytes, 10, head.length);
        return bytes;
    }

    private static List<byte[]> valid() {
        List<byte[]> arrays = new ArrayList<>();
        List<DType> types = List.of(
                DType.BOOL,
                DType.INT16,
                DType.FLOAT64,
                DType.COMPLEX64,
                DType.datetime64("ns"),
                DType.bytes(5),
                DType.unicode(3),
                SampleTypes.NESTED);
        for (DType dtype : types) {
            try (PrivateArray memory = PrivateArray.of(SampleTypes.spec(dtype, ArrayOrder.FORTRAN))) {
                arrays.add(memory.bytes());
            }
        }
        return arrays;
    }

    private static boolean open(String what, byte[] bytes) {
        try (PrivateArray memory = PrivateArray.of(bytes)) {
            NdArray array = memory.open();
            SampleTypes.read(array);
            return true;
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).as("%s: %s", what, e).isEqualTo(Kind.CORRUPT);
            assertThat(e)
                    .hasMessageContaining("test (" + bytes.length + " bytes)")
                    .hasMessageContaining("offset");
            return false;
        } catch (Throwable e) {
            return fail(what, e);
        }
    }
}
