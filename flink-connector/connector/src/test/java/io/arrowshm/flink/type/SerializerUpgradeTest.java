package io.arrowshm.flink.type;

import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.flink.type.Transfer.Value;
import java.util.Collection;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.Text;
import org.apache.flink.FlinkVersion;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerConditions;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerUpgradeTestBase;
import org.assertj.core.api.Condition;

/**
 * Flink's own suite of tests for state that an earlier version has written: that of version 0.1 lies in the test resources,
 * written by Flink's {@code MigrationTestsSnapshotGenerator}. A version that changes a format adds its own beside it.
 */
class SerializerUpgradeTest extends TypeSerializerUpgradeTestBase<Object, Object> {
    /** The one whose snapshots there are. */
    @Override
    public Collection<FlinkVersion> getMigrationVersions() {
        return List.of(FlinkVersion.v2_3);
    }

    @Override
    public Collection<TestSpecification<?, ?>> createTestSpecifications(FlinkVersion version) throws Exception {
        return List.of(
                new TestSpecification<>("state-of-0.1/batch-on-flink", version, BatchSetup.class, BatchVerifier.class),
                new TestSpecification<>("state-of-0.1/array-on-flink", version, ArraySetup.class, ArrayVerifier.class),
                new TestSpecification<>(
                        "state-of-0.1/transfer-on-flink", version, TransferSetup.class, TransferVerifier.class));
    }

    /** Of a segment. The suite loads setups and verifiers anew: they, and what they use, are public. */
    public abstract static class SegmentSetup implements PreUpgradeSetup<Segment> {
        @Override
        public TypeSerializer<Segment> createPriorSerializer() {
            return SegmentSerializer.INSTANCE;
        }
    }

    /** Of a segment, whose format is as it was. */
    public abstract static class SegmentVerifier implements UpgradeVerifier<Segment> {
        @Override
        public TypeSerializer<Segment> createUpgradedSerializer() {
            return SegmentSerializer.INSTANCE;
        }

        @Override
        public Condition<TypeSerializerSchemaCompatibility<Segment>> schemaCompatibilityCondition(
                FlinkVersion version) {
            return TypeSerializerConditions.isCompatibleAsIs();
        }
    }

    /** A record batch. */
    public static final class BatchSetup extends SegmentSetup {
        @Override
        public Segment createTestData() {
            Schema schema = new Schema(List.of(
                    Field.nullable("number", new ArrowType.Int(64, true)),
                    Field.nullable("name", ArrowType.Utf8.INSTANCE)));
            try (SegmentWriter writer = SegmentWriter.inPrivateMemory(schema, 4096)) {
                BigIntVector numbers = (BigIntVector) writer.root().getVector("number");
                VarCharVector names = (VarCharVector) writer.root().getVector("name");
                numbers.allocateNew(3);
                names.allocateNew(64, 3);
                numbers.set(0, 17);
                numbers.setNull(1);
                numbers.set(2, -5);
                names.set(0, new Text("seventeen"));
                names.set(1, new Text(""));
                names.setNull(2);
                writer.root().setRowCount(3);
                return writer.seal();
            }
        }
    }

    public static final class BatchVerifier extends SegmentVerifier {
        @Override
        public Condition<Segment> testDataCondition() {
            return new Condition<>(
                    segment -> segment.root()
                            .contentToTSVString()
                            .equals("number\tname\n17\tseventeen\nnull\t\n-5\tnull\n"),
                    "the three rows that were written");
        }
    }

    /** An array. */
    public static final class ArraySetup extends SegmentSetup {
        @Override
        public Segment createTestData() {
            return SegmentBytes.segment(1000);
        }
    }

    public static final class ArrayVerifier extends SegmentVerifier {
        @Override
        public Condition<Segment> testDataCondition() {
            return new Condition<>(
                    segment -> SegmentBytes.areEqual(segment, SegmentBytes.segment(1000)),
                    "the array that was written, byte for byte");
        }
    }

    /** What crosses edges: recorded with the types of a job, and never stored by reference. */
    public static final class TransferSetup implements PreUpgradeSetup<Transfer> {
        @Override
        public TypeSerializer<Transfer> createPriorSerializer() {
            return TransferSerializer.INSTANCE;
        }

        @Override
        public Transfer createTestData() {
            return new Transfer(new Value(SegmentBytes.segment(100)), 0);
        }
    }

    public static final class TransferVerifier implements UpgradeVerifier<Transfer> {
        @Override
        public TypeSerializer<Transfer> createUpgradedSerializer() {
            return TransferSerializer.INSTANCE;
        }

        @Override
        public Condition<Transfer> testDataCondition() {
            return new Condition<>(
                    transfer -> transfer.content() instanceof Value value
                            && SegmentBytes.areEqual(value.segment(), SegmentBytes.segment(100)),
                    "the segment that was written, by value");
        }

        @Override
        public Condition<TypeSerializerSchemaCompatibility<Transfer>> schemaCompatibilityCondition(
                FlinkVersion version) {
            return TypeSerializerConditions.isCompatibleAsIs();
        }
    }
}
