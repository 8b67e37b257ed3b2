package io.arrowshm.flink.type;

import io.arrowshm.SegmentRef;
import io.arrowshm.flink.type.Transfer.Invitation;
import io.arrowshm.flink.type.Transfer.Reference;
import io.arrowshm.flink.type.Transfer.Value;
import org.apache.flink.api.common.typeutils.SerializerTestBase;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.testutils.DeeplyEqualsChecker;

/** Flink's own suite of tests for serializers. */
class TransferSerializerTest extends SerializerTestBase<Transfer> {
    TransferSerializerTest() {
        super(new DeeplyEqualsChecker()
                .withCustomCheck(
                        (first, second) -> first instanceof Transfer && second instanceof Transfer,
                        (first, second, checker) -> areEqual((Transfer) first, (Transfer) second)));
    }

    @Override
    protected TypeSerializer<Transfer> createSerializer() {
        return TransferSerializer.INSTANCE;
    }

    @Override
    protected int getLength() {
        return -1;
    }

    @Override
    protected Class<Transfer> getTypeClass() {
        return Transfer.class;
    }

    @Override
    protected Transfer[] getTestData() {
        return new Transfer[] {
            new Transfer(new Invitation(0, -1, 0), 0),
            new Transfer(new Invitation(0x123456789abcdefL, 17, -5), 0),
            new Transfer(new Reference(new SegmentRef(0x123456789abcdefL, 65_535, 1L << 40, 0, 5L << 30, 2047), 3), 0),
            new Transfer(new Value(SegmentBytes.segment(1000)), 0)
        };
    }

    private static boolean areEqual(Transfer first, Transfer second) {
        if (first.content() instanceof Value one && second.content() instanceof Value other) {
            return SegmentBytes.areEqual(one.segment(), other.segment());
        }
        return first.content().equals(second.content());
    }
}
