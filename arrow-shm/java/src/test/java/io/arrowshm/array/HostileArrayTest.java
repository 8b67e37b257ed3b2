package io.arrowshm.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.google.flatbuffers.FlatBufferBuilder;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.Int;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.MetadataVersion;
import org.apache.arrow.flatbuf.Tensor;
import org.apache.arrow.flatbuf.TensorDim;
import org.apache.arrow.flatbuf.Type;
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

    @Test
    void tensorsThatAskForTooMuchAreRefusedAtOnce() {
        assertThat(open("a right one", tensor(new long[] {2, 3}, new long[] {12, 4}, 24, 1)))
                .isTrue();
        assertThat(open("without strides", tensor(new long[] {2, 3}, new long[] {}, 24, 1)))
                .isTrue();
        assertThat(open("with gaps", tensor(new long[] {2, 2}, new long[] {12, 8}, 24, 1)))
                .isTrue();
        assertThat(open("outside", tensor(new long[] {2, 3}, new long[] {13, 4}, 24, 1)))
                .isFalse();
        assertThat(open("backwards", tensor(new long[] {2, 3}, new long[] {12, -4}, 24, 1)))
                .isFalse();
        assertThat(open("one element many times", tensor(new long[] {1L << 40}, new long[] {0}, 24, 1)))
                .isFalse();
        assertThat(open("overflow", tensor(new long[] {1L << 62, 4}, new long[] {4, 4}, 24, 1)))
                .isFalse();
        assertThat(open("overflow", tensor(new long[] {3, 2}, new long[] {Long.MAX_VALUE, 4}, 24, 1)))
                .isFalse();
        assertThat(open("negative", tensor(new long[] {-2, -3}, new long[] {12, 4}, 24, 1)))
                .isFalse();
        assertThat(open("strides for another shape", tensor(new long[] {6}, new long[] {12, 4}, 24, 1)))
                .isFalse();
        assertThat(open("too many dimensions", tensor(new long[33], new long[] {}, 24, 1)))
                .isFalse();
        assertThat(open("more data than there is", tensor(new long[] {6}, new long[] {4}, 1L << 40, 1)))
                .isFalse();
        assertThat(open("one text a thousand times", tensor(new long[] {6}, new long[] {4}, 24, 1000)))
                .isFalse();
    }

    /** Of int32, in 64 bytes of data, with one attribute so many times. */
    private static byte[] tensor(long[] shape, long[] strides, long dataBytes, int attributes) {
        FlatBufferBuilder builder = new FlatBufferBuilder();
        int key = builder.createString("k".repeat(100));
        int entry = KeyValue.createKeyValue(builder, key, key);
        int metadata = Message.createCustomMetadataVector(
                builder, IntStream.generate(() -> entry).limit(attributes).toArray());
        int dimensions = Tensor.createShapeVector(
                builder,
                Arrays.stream(shape)
                        .mapToInt(length -> TensorDim.createTensorDim(builder, length, 0))
                        .toArray());
        int stridesVector = Tensor.createStridesVector(builder, strides);
        int type = Int.createInt(builder, 32, true);
        Tensor.startTensor(builder);
        Tensor.addTypeType(builder, Type.Int);
        Tensor.addType(builder, type);
        Tensor.addShape(builder, dimensions);
        Tensor.addStrides(builder, stridesVector);
        Tensor.addData(builder, Buffer.createBuffer(builder, 0, dataBytes));
        int tensor = Tensor.endTensor(builder);
        builder.finish(Message.createMessage(
                builder, MetadataVersion.V5, MessageHeader.Tensor, tensor, Math.max(64, dataBytes), metadata));
        byte[] message = builder.sizedByteArray();
        return ByteBuffer.allocate(8 + message.length + 64)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(-1)
                .putInt(message.length)
                .put(message)
                .array();
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

    private static byte[] valid(DType dtype) {
        try (PrivateArray memory = PrivateArray.of(SampleTypes.spec(dtype, ArrayOrder.FORTRAN))) {
            return memory.bytes();
        }
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
            arrays.add(valid(dtype));
        }
        return arrays;
    }

    @Test
    void whatWasOpenedBeforeMakesNoDifference() {
        byte[] other = valid(DType.INT64);
        for (byte[] valid : valid()) {
            for (int place = 0; place < valid.length; place++) {
                byte[] bytes = valid.clone();
                bytes[place] ^= 1;
                outcome(other);
                String afterAnother = outcome(bytes);
                outcome(valid);
                assertThat(outcome(bytes)).as("byte %d", place).isEqualTo(afterAnother);
            }
        }
    }

    private static String outcome(byte[] bytes) {
        try (PrivateArray memory = PrivateArray.of(bytes)) {
            NdArray array = memory.open();
            return array + " " + Arrays.toString(array.strides()) + " " + array.dimensionNames() + " "
                    + array.attributes();
        } catch (SharedMemoryException e) {
            return e.getMessage();
        }
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
