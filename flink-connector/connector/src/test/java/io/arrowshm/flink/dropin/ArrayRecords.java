package io.arrowshm.flink.dropin;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.types.Row;

/**
 * One kind of records with arrays, as a user's job has them.
 *
 * @param name for people
 * @param type of the records, asked for where the job is built
 * @param arrays of a record that are large enough for references
 * @param make the record of a number
 * @param hash of all that is in a record
 */
record ArrayRecords<T>(
        String name,
        Supplier<TypeInformation<T>> type,
        int arrays,
        MapFunction<Long, T> make,
        MapFunction<T, Integer> hash) {
    private static final int LENGTH = 3_000;

    @Override
    public String toString() {
        return name;
    }

    static ArrayRecords<double[]> ofDoubles() {
        return new ArrayRecords<>(
                "double[]", () -> TypeInformation.of(double[].class), 1, ArrayRecords::doubles, Arrays::hashCode);
    }

    static List<ArrayRecords<?>> all() {
        return List.of(
                ofDoubles(),
                new ArrayRecords<>(
                        "float[]", () -> TypeInformation.of(float[].class), 1, ArrayRecords::floats, Arrays::hashCode),
                new ArrayRecords<>(
                        "long[]", () -> TypeInformation.of(long[].class), 1, ArrayRecords::longs, Arrays::hashCode),
                new ArrayRecords<>(
                        "int[]", () -> TypeInformation.of(int[].class), 1, ArrayRecords::ints, Arrays::hashCode),
                new ArrayRecords<>(
                        "short[]", () -> TypeInformation.of(short[].class), 1, ArrayRecords::shorts, Arrays::hashCode),
                new ArrayRecords<>(
                        "byte[]", () -> TypeInformation.of(byte[].class), 1, ArrayRecords::bytes, Arrays::hashCode),
                new ArrayRecords<>(
                        "double[][]",
                        () -> TypeInformation.of(double[][].class),
                        2,
                        n -> new double[][] {doubles(n), {n}, doubles(-n)},
                        Arrays::deepHashCode),
                new ArrayRecords<>("POJO", () -> TypeInformation.of(Frame.class), 3, Frame::of, Frame::hash),
                new ArrayRecords<Tuple2<Long, double[]>>(
                        "tuple",
                        () -> Types.TUPLE(Types.LONG, TypeInformation.of(double[].class)),
                        1,
                        n -> new Tuple2<>(n, doubles(n)),
                        tuple -> Objects.hash(tuple.f0, Arrays.hashCode(tuple.f1))),
                new ArrayRecords<>(
                        "map",
                        () -> Types.MAP(Types.STRING, PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO),
                        2,
                        n -> Map.of("a", longs(n), "b", longs(-n), "small", new long[] {n}),
                        Frame::hash),
                new ArrayRecords<>(
                        "row",
                        () -> Types.ROW(Types.LONG, Types.PRIMITIVE_ARRAY(Types.DOUBLE)),
                        1,
                        n -> Row.of(n, doubles(n)),
                        row -> Objects.hash(row.getField(0), Arrays.hashCode(row.<double[]>getFieldAs(1)))),
                new ArrayRecords<>(
                        "wrapper", () -> TypeInformation.of(Wave.class), 1, n -> Wave.of(n, LENGTH), Wave::hashCode));
    }

    static double[] doubles(long number) {
        double[] array = new double[LENGTH];
        Arrays.setAll(array, i -> number + i / 7.0);
        return array;
    }

    static long[] longs(long number) {
        long[] array = new long[LENGTH];
        Arrays.setAll(array, i -> number * i);
        return array;
    }

    static int[] ints(long number) {
        int[] array = new int[LENGTH];
        Arrays.setAll(array, i -> (int) number * i);
        return array;
    }

    static float[] floats(long number) {
        float[] array = new float[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            array[i] = number + i / 7f;
        }
        return array;
    }

    static short[] shorts(long number) {
        short[] array = new short[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            array[i] = (short) (number * i);
        }
        return array;
    }

    static byte[] bytes(long number) {
        byte[] array = new byte[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            array[i] = (byte) (number * i);
        }
        return array;
    }
}
