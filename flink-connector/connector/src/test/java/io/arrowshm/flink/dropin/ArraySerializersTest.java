package io.arrowshm.flink.dropin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Array;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.DoublePrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.FloatPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.IntPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer;
import org.apache.flink.api.common.typeutils.base.array.ShortPrimitiveArraySerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Flink's own suite of tests for serializers, over each kind of arrays, and that they write what Flink's would. */
class ArraySerializersTest {
    /** Around the sizes at which the way of copying changes. */
    private static final int[] LENGTHS = {0, 1, 2, 15, 16, 17, 127, 128, 1023, 4095, 4096, 4097, 33_000, 70_001};

    @Nested
    class Bytes extends Suite<byte[]> {
        Bytes() {
            super(ByteArraySerializer.INSTANCE, BytePrimitiveArraySerializer.INSTANCE, byte[].class);
        }

        @Override
        byte[] array(int length) {
            byte[] array = new byte[length];
            for (int i = 0; i < length; i++) {
                array[i] = (byte) random.nextInt();
            }
            return array;
        }
    }

    @Nested
    class Shorts extends Suite<short[]> {
        Shorts() {
            super(ShortArraySerializer.INSTANCE, ShortPrimitiveArraySerializer.INSTANCE, short[].class);
        }

        @Override
        short[] array(int length) {
            short[] array = new short[length];
            for (int i = 0; i < length; i++) {
                array[i] = (short) random.nextInt();
            }
            return array;
        }
    }

    @Nested
    class Ints extends Suite<int[]> {
        Ints() {
            super(IntArraySerializer.INSTANCE, IntPrimitiveArraySerializer.INSTANCE, int[].class);
        }

        @Override
        int[] array(int length) {
            int[] array = new int[length];
            for (int i = 0; i < length; i++) {
                array[i] = random.nextInt();
            }
            return array;
        }
    }

    @Nested
    class Longs extends Suite<long[]> {
        Longs() {
            super(LongArraySerializer.INSTANCE, LongPrimitiveArraySerializer.INSTANCE, long[].class);
        }

        @Override
        long[] array(int length) {
            long[] array = new long[length];
            for (int i = 0; i < length; i++) {
                array[i] = random.nextLong();
            }
            return array;
        }
    }

    @Nested
    class Floats extends Suite<float[]> {
        Floats() {
            super(FloatArraySerializer.INSTANCE, FloatPrimitiveArraySerializer.INSTANCE, float[].class);
        }

        @Override
        float[] array(int length) {
            float[] array = new float[length];
            for (int i = 0; i < length; i++) {
                // Whatever the bits are; among them are NaNs that carry something.
                array[i] = i % 3 == 0
                        ? Float.intBitsToFloat(0x7f80_0001 | random.nextInt())
                        : (float) random.nextGaussian();
            }
            return array;
        }
    }

    @Nested
    class Doubles extends Suite<double[]> {
        Doubles() {
            super(DoubleArraySerializer.INSTANCE, DoublePrimitiveArraySerializer.INSTANCE, double[].class);
        }

        @Override
        double[] array(int length) {
            double[] array = new double[length];
            for (int i = 0; i < length; i++) {
                array[i] = i % 3 == 0
                        ? Double.longBitsToDouble(0x7ff0_0000_0000_0001L | random.nextLong())
                        : random.nextGaussian();
            }
            return array;
        }
    }

    abstract static class Suite<A> extends SerializerTestBase<A> {
        final Random random;
        private final PrimitiveArraySerializer<A> serializer;
        private final TypeSerializer<A> flinks;
        private final Class<A> type;

        Suite(PrimitiveArraySerializer<A> serializer, TypeSerializer<A> flinks, Class<A> type) {
            this.serializer = serializer;
            this.flinks = flinks;
            this.type = type;
            long seed = System.nanoTime();
            System.out.println("seed of " + type.getSimpleName() + ": " + seed);
            random = new Random(seed);
        }

        abstract A array(int length);

        @Override
        protected TypeSerializer<A> createSerializer() {
            return serializer;
        }

        @Override
        protected int getLength() {
            return -1;
        }

        @Override
        protected Class<A> getTypeClass() {
            return type;
        }

        @Override
        @SuppressWarnings("unchecked")
        protected A[] getTestData() {
            return IntStream.of(LENGTHS).mapToObj(this::array).toArray(n -> (A[]) Array.newInstance(type, n));
        }

        @Test
        void theBytesAreThoseOfFlinksSerializerWhichReadsThem() throws IOException {
            for (int length : LENGTHS) {
                A array = array(length);
                DataOutputSerializer ours = new DataOutputSerializer(64);
                DataOutputSerializer theirs = new DataOutputSerializer(64);
                serializer.serialize(array, ours);
                flinks.serialize(array, theirs);
                assertThat(ours.getCopyOfBuffer()).isEqualTo(theirs.getCopyOfBuffer());
                assertThat(flinks.deserialize(new DataInputDeserializer(ours.getCopyOfBuffer())))
                        .isEqualTo(array);
                assertThat(serializer.deserialize(new DataInputDeserializer(theirs.getCopyOfBuffer())))
                        .isEqualTo(array);
            }
        }

        /** The suite wants the class of the serializer back; the snapshot gives Flink's, which reads the same bytes. */
        @Override
        protected void testSnapshotConfigurationAndReconfigure() throws Exception {
            TypeSerializerSnapshot<A> written = serializer.snapshotConfiguration();
            DataOutputSerializer target = new DataOutputSerializer(64);
            TypeSerializerSnapshot.writeVersionedSnapshot(target, written);
            TypeSerializerSnapshot<A> read = TypeSerializerSnapshot.readVersionedSnapshot(
                    new DataInputDeserializer(target.getCopyOfBuffer()),
                    getClass().getClassLoader());
            assertThat(serializer
                            .snapshotConfiguration()
                            .resolveSchemaCompatibility(read)
                            .isCompatibleAsIs())
                    .isTrue();
            assertThat(read.restoreSerializer()).isEqualTo(flinks);
        }

        @Test
        void stateOfFlinksSerializerIsCompatibleBothWays() {
            assertThat(serializer
                            .snapshotConfiguration()
                            .resolveSchemaCompatibility(flinks.snapshotConfiguration())
                            .isCompatibleAsIs())
                    .isTrue();
            assertThat(flinks.snapshotConfiguration()
                            .resolveSchemaCompatibility(serializer.snapshotConfiguration())
                            .isCompatibleAsIs())
                    .isTrue();
        }

        @Test
        void lengthsWithoutBytesAreRefusedAsByFlink() throws IOException {
            DataOutputSerializer cut = new DataOutputSerializer(64);
            cut.writeInt(1000);
            assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(cut.getCopyOfBuffer())))
                    .isInstanceOf(IOException.class);
        }

        @Test
        void damagedBytesAreRefused() throws IOException {
            DataOutputSerializer damaged = new DataOutputSerializer(64);
            damaged.writeInt(-3);
            assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(damaged.getCopyOfBuffer())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("-3");
            DataOutputSerializer stray = new DataOutputSerializer(64);
            stray.writeInt(PrimitiveArraySerializer.REFERENCE);
            stray.write(new byte[60]);
            assertThatThrownBy(() -> serializer.deserialize(new DataInputDeserializer(stray.getCopyOfBuffer())))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("not joined");
            assertThatThrownBy(() -> serializer.serialize(null, stray)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
