package io.arrowshm.flink.dropin;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.FlinkVersion;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeHint;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerConditions;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerUpgradeTestBase;
import org.apache.flink.api.java.tuple.Tuple6;
import org.apache.flink.configuration.Configuration;
import org.assertj.core.api.Condition;

/**
 * Flink's own suite of tests for state that an earlier version has written. What drop-in mode wrote in version 0.1 is read
 * with it and without it; it lies in the test resources, written by Flink's {@code MigrationTestsSnapshotGenerator}.
 */
public class DropInUpgradeTest extends TypeSerializerUpgradeTestBase<Object, Object> {
    /** The one whose snapshots there are. */
    @Override
    public Collection<FlinkVersion> getMigrationVersions() {
        return List.of(FlinkVersion.v2_3);
    }

    @Override
    public Collection<TestSpecification<?, ?>> createTestSpecifications(FlinkVersion version) throws Exception {
        String arrays = "state-of-0.1/drop-in-arrays-on-flink";
        String wrapper = "state-of-0.1/drop-in-wrapper-on-flink";
        return List.of(
                new TestSpecification<>(arrays, version, ArraysSetup.class, ArraysVerifier.class),
                new TestSpecification<>(arrays, version, ArraysSetup.class, ArraysWithoutDropInVerifier.class),
                new TestSpecification<>(wrapper, version, WrapperSetup.class, WrapperVerifier.class),
                new TestSpecification<>(wrapper, version, WrapperSetup.class, WrapperWithoutDropInVerifier.class));
    }

    /** An array of each type. */
    public static Tuple6<byte[], short[], int[], long[], float[], double[]> arrays() {
        int[] ints = IntStream.range(0, 1000).map(i -> i * i - 500).toArray();
        byte[] bytes = new byte[ints.length];
        short[] shorts = new short[ints.length];
        long[] longs = new long[ints.length];
        float[] floats = new float[ints.length];
        double[] doubles = new double[ints.length];
        for (int i = 0; i < ints.length; i++) {
            bytes[i] = (byte) ints[i];
            shorts[i] = (short) ints[i];
            longs[i] = (long) ints[i] << 20;
            floats[i] = ints[i] / 8f;
            doubles[i] = ints[i] / 7.0;
        }
        return new Tuple6<>(bytes, shorts, ints, longs, floats, doubles);
    }

    /** The serializer that a job gets for its type with drop-in mode or without it. */
    public static <T> TypeSerializer<T> serializer(TypeHint<T> type, boolean dropIn) {
        Configuration configuration = new Configuration();
        configuration.set(DropInOptions.WRAPPERS, List.of(Wave.class.getName() + "#samples"));
        DropIn.enable(configuration);
        try {
            if (!dropIn) {
                DropIn.disable();
            }
            return TypeInformation.of(type).createSerializer(new SerializerConfigImpl());
        } finally {
            DropIn.disable();
        }
    }

    public static TypeSerializer<Tuple6<byte[], short[], int[], long[], float[], double[]>> arrays(boolean dropIn) {
        return serializer(new TypeHint<>() {}, dropIn);
    }

    public static TypeSerializer<Wave> wave(boolean dropIn) {
        return serializer(new TypeHint<>() {}, dropIn);
    }

    public static Condition<Tuple6<byte[], short[], int[], long[], float[], double[]>> arraysThatWereWritten() {
        return new Condition<>(
                tuple -> IntStream.range(0, tuple.getArity())
                        .allMatch(field -> Arrays.deepEquals(
                                new Object[] {tuple.getField(field)}, new Object[] {arrays().getField(field)})),
                "the arrays that were written");
    }

    /** The suite loads setups and verifiers anew: they, and what they use, are public. */
    public static final class ArraysSetup
            implements PreUpgradeSetup<Tuple6<byte[], short[], int[], long[], float[], double[]>> {
        @Override
        public TypeSerializer<Tuple6<byte[], short[], int[], long[], float[], double[]>> createPriorSerializer() {
            return arrays(true);
        }

        @Override
        public Tuple6<byte[], short[], int[], long[], float[], double[]> createTestData() {
            return arrays();
        }
    }

    /** Whoever reads the arrays, with drop-in mode or without it. */
    public abstract static class ArraysReader
            implements UpgradeVerifier<Tuple6<byte[], short[], int[], long[], float[], double[]>> {
        @Override
        public Condition<Tuple6<byte[], short[], int[], long[], float[], double[]>> testDataCondition() {
            return arraysThatWereWritten();
        }

        @Override
        public Condition<TypeSerializerSchemaCompatibility<Tuple6<byte[], short[], int[], long[], float[], double[]>>>
                schemaCompatibilityCondition(FlinkVersion version) {
            return TypeSerializerConditions.isCompatibleAsIs();
        }
    }

    public static final class ArraysVerifier extends ArraysReader {
        @Override
        public TypeSerializer<Tuple6<byte[], short[], int[], long[], float[], double[]>> createUpgradedSerializer() {
            return arrays(true);
        }
    }

    public static final class ArraysWithoutDropInVerifier extends ArraysReader {
        @Override
        public TypeSerializer<Tuple6<byte[], short[], int[], long[], float[], double[]>> createUpgradedSerializer() {
            return arrays(false);
        }
    }

    public static final class WrapperSetup implements PreUpgradeSetup<Wave> {
        @Override
        public TypeSerializer<Wave> createPriorSerializer() {
            return wave(true);
        }

        @Override
        public Wave createTestData() {
            return Wave.of(5, 1000);
        }
    }

    /** Whoever reads the wave, with drop-in mode or without it. */
    public abstract static class WrapperReader implements UpgradeVerifier<Wave> {
        @Override
        public Condition<Wave> testDataCondition() {
            return new Condition<>(Wave.of(5, 1000)::equals, "the wave that was written");
        }

        @Override
        public Condition<TypeSerializerSchemaCompatibility<Wave>> schemaCompatibilityCondition(FlinkVersion version) {
            return TypeSerializerConditions.isCompatibleAsIs();
        }
    }

    public static final class WrapperVerifier extends WrapperReader {
        @Override
        public TypeSerializer<Wave> createUpgradedSerializer() {
            return wave(true);
        }
    }

    public static final class WrapperWithoutDropInVerifier extends WrapperReader {
        @Override
        public TypeSerializer<Wave> createUpgradedSerializer() {
            return wave(false);
        }
    }
}
