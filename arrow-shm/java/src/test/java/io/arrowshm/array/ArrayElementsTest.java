package io.arrowshm.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.ArrayMemory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArrayElementsTest {
    @Test
    void everyTypeOpensWithWhatItWasMadeWith() {
        for (DType dtype : SampleTypes.all()) {
            for (ArrayOrder order : new ArrayOrder[] {ArrayOrder.C, ArrayOrder.FORTRAN}) {
                ArraySpec spec = SampleTypes.spec(dtype, order);
                try (PrivateArray memory = PrivateArray.of(spec)) {
                    assertThat(ArrayFormat.INSTANCE.isArray(
                                    memory.address(), memory.memory().length()))
                            .isTrue();
                    NdArray array = memory.open();
                    assertThat(array.dtype()).isEqualTo(dtype);
                    assertThat(array.shape()).containsExactly(2, 3);
                    assertThat(array.order()).isEqualTo(order);
                    assertThat(array.dimensionNames()).isEqualTo(spec.dimensionNames());
                    assertThat(array.attributes()).isEqualTo(spec.attributes());
                    assertThat(array.strides())
                            .isEqualTo(spec.header(0).layout().strides());
                    assertThat(array.header.layout().offset() % 64).isZero();
                    assertThat(array).isNotInstanceOf(MutableNdArray.class);
                }
            }
        }
    }

    @Test
    void makingAnArrayDoesNotTouchItsData() {
        for (DType dtype : SampleTypes.all()) {
            try (PrivateArray memory = PrivateArray.of(ArraySpec.of(dtype, 5))) {
                NdArray array = memory.open();
                int start = (int) array.header.layout().offset();
                byte[] bytes = memory.bytes();
                for (int i = start; i < start + 5 * dtype.itemSize(); i++) {
                    assertThat(bytes[i]).as("%s byte %d", dtype, i).isEqualTo((byte) -1);
                }
            }
        }
    }

    @Test
    void elementsOfEveryTypeGoToBuffersAndBackAsTheyLieInMemory() {
        for (DType dtype : SampleTypes.all()) {
            for (ArrayOrder order : new ArrayOrder[] {ArrayOrder.C, ArrayOrder.FORTRAN}) {
                ArraySpec spec = ArraySpec.of(dtype, 2, 3).withOrder(order);
                byte[] bytes = new byte[2 * 3 * dtype.itemSize()];
                new Random(7).nextBytes(bytes);
                try (PrivateArray memory = PrivateArray.of(spec)) {
                    ByteBuffer source =
                            ByteBuffer.allocateDirect(bytes.length + 4).put(3, bytes);
                    memory.openMutable().copyFrom(source.position(3));
                    assertThat(source.remaining()).as(dtype.toString()).isEqualTo(1);
                    byte[] target = new byte[bytes.length + 2];
                    memory.open().copyTo(ByteBuffer.wrap(target, 1, bytes.length));
                    assertThat(Arrays.copyOfRange(target, 1, 1 + bytes.length)).isEqualTo(bytes);
                    byte[] row = new byte[bytes.length / 2];
                    memory.open().select(0, 1).copyTo(ByteBuffer.wrap(row));
                    assertThat(row).isEqualTo(Arrays.copyOfRange(bytes, row.length, bytes.length));
                    refused(() -> memory.open().copyTo(ByteBuffer.allocate(bytes.length - 1)));
                    refused(() -> memory.openMutable().copyFrom(ByteBuffer.allocate(bytes.length - 1)));
                }
            }
        }
    }

    @Test
    void aFunctionSetsEveryElementInPlace() {
        int length = (1 << 20) + 7;
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.FLOAT64, length))) {
            MutableNdArray array = memory.openMutable();
            double[] values = IntStream.range(0, length).asDoubleStream().toArray();
            array.copyFrom(values, 0);

            array.update(value -> 2 * value + 1);

            assertThat(array.toDoubles())
                    .isEqualTo(IntStream.range(0, length)
                            .mapToDouble(i -> 2.0 * i + 1)
                            .toArray());
        }
    }

    @Test
    void anElementOfAnyNumberOfDimensionsIsSetWhereItIsRead() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.FLOAT32, 2, 3, 4, 5, 6))) {
            MutableNdArray five = memory.openMutable();
            MutableNdArray four = five.select(0, 1);
            MutableNdArray three = four.select(0, 2);
            MutableNdArray two = three.select(0, 3);
            MutableNdArray one = two.select(0, 4);
            five.fill(0.0);

            five.at(0, 1, 2, 3, 4).set(5);
            four.at(0, 1, 2, 3).set(4);
            three.at(0, 1, 2).set(3);
            two.at(0, 1).set(2);
            one.at(0).set(1);

            assertThat(five.getFloat(0, 1, 2, 3, 4)).isEqualTo(5);
            assertThat(four.getFloat(0, 1, 2, 3)).isEqualTo(4);
            assertThat(three.getFloat(0, 1, 2)).isEqualTo(3);
            assertThat(two.getFloat(0, 1)).isEqualTo(2);
            assertThat(one.getFloat(0)).isEqualTo(1);
            assertThat(IntStream.range(0, 720).filter(i -> five.toDoubles()[i] != 0))
                    .hasSize(5);
        }
    }

    @Test
    void anIndexOutsideTheShapeIsRefusedWithWhatIsAllowed() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.FLOAT64, 2, 3, 4, 5))) {
            MutableNdArray four = memory.openMutable();
            MutableNdArray three = four.select(0, 0);
            for (int axis = 0; axis < 4; axis++) {
                long[] index = new long[4];
                index[axis] = four.length(axis);
                refused(() -> four.at(index));
                refused(() -> four.at(index[0], index[1], index[2], index[3]));
                index[axis] = -1;
                refused(() -> four.at(index[0], index[1], index[2], index[3]));
            }
            refused(() -> three.at(3, 0, 0));
            refused(() -> three.at(0, 4, 0));
            refused(() -> three.at(0, 0, 5));
            refused(() -> four.at(0, 0, 0));
            refused(() -> three.at(0, 0, 0, 0));
            assertThatThrownBy(() -> three.at(1, 2)).hasMessageContaining("index=[1, 2] of shape [3, 4, 5]");
        }
    }

    @Test
    void aPlaceWritesNothingOnceItsArrayIsClosed() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.FLOAT64, 4))) {
            Element place = memory.openMutable().at(1);
            place.set(1.5);
            memory.memory().close();
            byte[] before = memory.bytes();
            closed(() -> place.set(2.5));
            assertThat(memory.bytes()).isEqualTo(before);
        }
    }

    @Test
    void allElementsOfAViewBecomeAJavaArrayInCOrder() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.INT16, 2, 3))) {
            MutableNdArray array = memory.openMutable();
            array.copyFrom(new int[] {1, 2, 3, 4, 5, -6}, 0);
            assertThat(array.transpose().toShorts()).containsExactly(1, 4, 2, 5, 3, -6);
            assertThat(array.transpose().toInts()).containsExactly(1, 4, 2, 5, 3, -6);
            assertThat(array.slice(1, 0, 3, 2).toLongs()).containsExactly(1, 3, 4, -6);
            assertThat(array.select(0, 1).toDoubles()).containsExactly(4, 5, -6);
            assertThat(array.slice(0, 1, 1).toDoubles()).isEmpty();
            refused(array::toFloats);
            refused(array::toBytes);
            refused(array::toStrings);
        }
    }

    @Test
    void whatIsTooLongForAJavaArrayIsRefusedBeforeItIsMade() {
        ArraySpec spec = ArraySpec.of(DType.UINT8, Integer.MAX_VALUE);
        ArrayMemory memory = new ArrayMemory(() -> "test", 0, spec.bytes(), this);
        NdArray array = new NdArray(memory, spec.encoded().header());
        assertThatThrownBy(array::toBytes)
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.ARGUMENT))
                .hasMessageContaining("copy slices of it");
    }

    @Test
    void aFunctionReadsAndWritesViewsAndOtherTypes() {
        try (PrivateArray source = PrivateArray.of(ArraySpec.of(DType.FLOAT32, 3, 4));
                PrivateArray target = PrivateArray.of(ArraySpec.of(DType.FLOAT64, 4, 5))) {
            MutableNdArray numbers = source.openMutable();
            for (int i = 0; i < 3; i++) {
                for (int j = 0; j < 4; j++) {
                    numbers.at(i, j).set(10 * i + j);
                }
            }
            MutableNdArray floats = target.openMutable();
            floats.fill(-1.0);

            floats.slice(1, 0, 5, 2).setAll(numbers.transpose(), value -> value / 2);

            for (int i = 0; i < 4; i++) {
                for (int j = 0; j < 5; j++) {
                    assertThat(floats.getDouble(i, j)).isEqualTo(j % 2 == 0 ? (10 * (j / 2) + i) / 2.0 : -1);
                }
            }
        }
    }

    @Test
    void aFunctionThatClosesTheArrayWritesNothingAfterwards() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.FLOAT64, 4))) {
            MutableNdArray array = memory.openMutable();
            array.fill(1.0);
            byte[] before = memory.bytes();
            assertThatThrownBy(() -> array.update(value -> {
                        memory.memory().close();
                        return value + 1;
                    }))
                    .isInstanceOfSatisfying(
                            SharedMemoryException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
            assertThat(memory.bytes()).isEqualTo(before);
        }
    }

    @Test
    void aFunctionOfAnArrayOfAnotherShapeOrOfAClosedOneIsRefused() {
        PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.FLOAT64, 4));
        MutableNdArray array = memory.openMutable();
        try (memory) {
            assertThatThrownBy(() -> array.setAll(array.slice(0, 0, 3), value -> value))
                    .isInstanceOfSatisfying(
                            SharedMemoryException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.ARGUMENT));
        }
        assertThatThrownBy(() -> array.update(value -> value))
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.CLOSED));
    }

    @Test
    void integersTakeTheirRangeAndNothingElse() {
        check(DType.INT8, -128, 127);
        check(DType.INT16, -32768, 32767);
        check(DType.INT32, Integer.MIN_VALUE, Integer.MAX_VALUE);
        check(DType.UINT8, 0, 255);
        check(DType.UINT16, 0, 65535);
        check(DType.UINT32, 0, 0xFFFF_FFFFL);
        check(DType.INT64, Long.MIN_VALUE, Long.MAX_VALUE);
        check(DType.UINT64, Long.MIN_VALUE, Long.MAX_VALUE);
        check(DType.datetime64("s"), Long.MIN_VALUE, Long.MAX_VALUE);
        check(DType.timedelta64("s"), Long.MIN_VALUE, Long.MAX_VALUE);
    }

    private static void check(DType dtype, long minimum, long maximum) {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(dtype, 3))) {
            MutableNdArray array = memory.openMutable();
            array.fill(0L);
            array.at(0).set(minimum);
            array.at(2).set(maximum);
            assertThat(array.getLong(0)).isEqualTo(minimum);
            assertThat(array.getLong(1)).isZero();
            assertThat(array.getLong(2)).isEqualTo(maximum);
            if (maximum < Long.MAX_VALUE) {
                assertThat(array.getDouble(2)).isEqualTo((double) maximum);
                refused(() -> array.at(1).set(maximum + 1));
                refused(() -> array.at(1).set(minimum - 1));
            }
            if (maximum <= Integer.MAX_VALUE) {
                assertThat(array.getInt(2)).isEqualTo((int) maximum);
            } else {
                refused(() -> array.getInt(2));
            }
            refused(() -> array.at(1).set(1.0));
            refused(() -> array.getFloat(0));
            refused(() -> array.getBoolean(0));
            refused(() -> array.getString(0));
            assertThat(array.getLong(1)).isZero();
        }
    }

    @Test
    void unsignedLongsAreReadAsDoubleWithoutASign() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.UINT64, 1))) {
            MutableNdArray array = memory.openMutable();
            for (long value : new long[] {-1, Long.MIN_VALUE, Long.MIN_VALUE + 1025, 3, 0x8000_0000_0000_0401L}) {
                array.at(0).set(value);
                double expected = new java.math.BigDecimal(Long.toUnsignedString(value)).doubleValue();
                assertThat(array.getDouble(0)).isEqualTo(expected);
            }
        }
    }

    @Test
    void everyHalfFloatIsReadAndWrittenBackAsItself() {
        for (int bits = 0; bits <= 0xFFFF; bits++) {
            float value = Float16.toFloat((short) bits);
            short back = Float16.fromDouble(value);
            if (Float.isNaN(value)) {
                assertThat(Float.isNaN(Float16.toFloat(back))).isTrue();
            } else {
                assertThat(back).as("bits %x", bits).isEqualTo((short) bits);
            }
        }
        assertThat(Float16.fromDouble(65519.99)).isEqualTo((short) 0x7BFF);
        assertThat(Float16.fromDouble(65520)).isEqualTo((short) 0x7C00);
        assertThat(Float16.fromDouble(0x1p-25)).isZero();
        assertThat(Float16.fromDouble(-0x1.8p-25)).isEqualTo((short) 0x8001);
        assertThat(Float16.fromDouble(1 + 0x1p-11)).isEqualTo((short) 0x3C00);
        assertThat(Float16.fromDouble(1 + 0x1.0000001p-11)).isEqualTo((short) 0x3C01);
    }

    @Test
    void floatsTakeTheNearestValue() {
        for (DType dtype : new DType[] {DType.FLOAT16, DType.FLOAT32, DType.FLOAT64}) {
            try (PrivateArray memory = PrivateArray.of(ArraySpec.of(dtype, 2, 2))) {
                MutableNdArray array = memory.openMutable();
                array.copyFrom(new double[] {1.5, -0.25, Double.NaN, Double.POSITIVE_INFINITY}, 0);
                assertThat(array.toDoubles()).containsExactly(1.5, -0.25, Double.NaN, Double.POSITIVE_INFINITY);
                assertThat(array.getDouble(0, 1)).isEqualTo(-0.25);
                array.at(new long[] {1, 1}).set(7);
                assertThat(array.getDouble(new long[] {1, 1})).isEqualTo(7);
                refused(() -> array.getLong(0, 0));
            }
        }
    }

    @Test
    void complexNumbersHaveTwoParts() {
        for (DType dtype : new DType[] {DType.COMPLEX64, DType.COMPLEX128}) {
            try (PrivateArray memory = PrivateArray.of(ArraySpec.of(dtype, 2, 2))) {
                MutableNdArray array = memory.openMutable();
                array.fill(1.5, -2);
                array.at(1, 0).set(3, 4);
                assertThat(SampleTypes.read(array)).isEqualTo("1.5+-2.0i 1.5+-2.0i 3.0+4.0i 1.5+-2.0i ");
                assertThat(array.getImaginary(1, 0)).isEqualTo(4);
                if (dtype.equals(DType.COMPLEX64)) {
                    assertThat(array.transpose().toFloats()).containsExactly(1.5f, -2, 3, 4, 1.5f, -2, 1.5f, -2);
                    refused(() -> array.copyTo(new double[8], 0));
                } else {
                    assertThat(array.transpose().toDoubles()).containsExactly(1.5, -2, 3, 4, 1.5, -2, 1.5, -2);
                    refused(() -> array.copyTo(new float[8], 0));
                }
                refused(() -> array.getDouble(0, 0));
            }
        }
    }

    @Test
    void textsAreFilledUpWithZeros() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.unicode(3), 2))) {
            MutableNdArray array = memory.openMutable();
            array.copyFrom(new String[] {"é日😀", ""}, 0);
            assertThat(array.getString(0)).isEqualTo("é日😀");
            assertThat(array.getString(1)).isEmpty();
            refused(() -> array.at(0).set("four"));
            array.fill("ab");
            assertThat(array.toStrings()).containsExactly("ab", "ab");
        }
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.bytes(3), 2))) {
            MutableNdArray array = memory.openMutable();
            array.copyFrom(new String[] {"aé", "xyz"}, 0);
            assertThat(SampleTypes.read(array)).isEqualTo("aé xyz ");
            refused(() -> array.at(0).set("日"));
            refused(() -> array.at(0).set("four"));
        }
    }

    @Test
    void valuesOfBoolAreTrueOrFalse() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.BOOL, 3))) {
            MutableNdArray array = memory.openMutable();
            array.fill(false);
            array.at(1).set(true);
            assertThat(array.toBytes()).containsExactly(0, 1, 0);
            assertThat(array.getBoolean(1)).isTrue();
            refused(() -> array.getInt(1));
            refused(() -> array.at(1).set(1));
        }
    }

    @Test
    void fieldsOfStructuresAreViews() {
        try (PrivateArray memory =
                PrivateArray.of(ArraySpec.of(SampleTypes.NESTED, 2).withDimensionNames("n"))) {
            MutableNdArray array = memory.openMutable();
            array.field("a").fill(2.5);
            array.field("b").field("c").copyFrom(new int[] {200, 201}, 0);
            array.field("b").field("d").fill("xyz");
            array.field("e").copyFrom(new int[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 0);
            assertThat(array.field("e").shape()).containsExactly(2, 2, 3);
            assertThat(array.field("e").dimensionNames()).containsExactly("n", "", "");
            assertThat(SampleTypes.read(memory.open()))
                    .isEqualTo("2.5 2.5 200 201 xyz xyz 1 2 3 4 5 6 7 8 9 10 11 12 ");
            assertThat(array.field("e").select(0, 1).getInt(1, 2)).isEqualTo(12);
            refused(() -> array.getLong(0));
            refused(() -> array.field("nothing"));
        }
    }

    @Test
    void anArrayCanHaveNoElementsOrNoDimensions() {
        for (DType dtype : SampleTypes.all()) {
            try (PrivateArray empty = PrivateArray.of(ArraySpec.of(dtype, 3, 0));
                    PrivateArray single = PrivateArray.of(ArraySpec.of(dtype))) {
                assertThat(empty.open().size()).isZero();
                assertThat(SampleTypes.read(empty.open())).isEmpty();
                assertThat(single.open().size()).isEqualTo(1);
                assertThat(SampleTypes.read(single.open())).isNotEmpty();
            }
        }
    }

    @Test
    void aClosedArrayThrowsOnEveryAccess() {
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.FLOAT64, 2, 2))) {
            MutableNdArray array = memory.openMutable();
            NdArray view = array.transpose().select(0, 1);
            memory.memory().close();
            closed(() -> array.getDouble(0, 0));
            closed(() -> view.getDouble(0));
            closed(() -> array.at(0, 0).set(1));
            closed(() -> array.fill(1.0));
            closed(() -> view.copyTo(new double[2], 0));
            closed(memory::open);
        }
    }

    @Test
    void whatCannotBeMadeIsRefused() {
        refused(() -> ArraySpec.of(DType.FLOAT64, Long.MAX_VALUE));
        refused(() -> ArraySpec.of(DType.FLOAT64, 0, Long.MAX_VALUE));
        refused(() -> ArraySpec.of(DType.UINT8, 1L << 32, 1L << 32));
        refused(() -> ArraySpec.of(DType.UINT8, -1));
        refused(() -> ArraySpec.of(DType.UINT8, new long[33]));
        refused(() -> ArraySpec.of(DType.UINT8, Long.MAX_VALUE).bytes());
        refused(() -> ArraySpec.of(DType.UINT8, 1).withDimensionNames());
        refused(() -> ArraySpec.of(DType.UINT8, 1).withDimensionNames("\uD800"));
        refused(() -> ArraySpec.of(DType.UINT8, 1).withOrder(ArrayOrder.STRIDED));
        refused(() -> ArraySpec.of(DType.UINT8, 1).withAttributes(Map.of("arrow-shm.dtype", "|b1")));
        refused(() -> ArraySpec.of(DType.UINT8, 1)
                .withAttributes(Map.of("large", "x".repeat(1 << 18)))
                .bytes());
        try (PrivateArray memory = PrivateArray.of(ArraySpec.of(DType.UINT8, 1))) {
            refused(() -> ArrayFormat.INSTANCE.create(memory.memory(), ArraySpec.of(DType.UINT8, 1000)));
            refused(() -> memory.open().copyTo(new byte[0], 0));
            refused(() -> memory.open().copyTo(new byte[1], 1));
        }
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        throwsKind(Kind.ARGUMENT, call);
    }

    private static void closed(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        throwsKind(Kind.CLOSED, call);
    }

    private static void throwsKind(Kind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
