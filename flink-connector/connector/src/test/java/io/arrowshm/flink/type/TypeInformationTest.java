package io.arrowshm.flink.type;

import org.apache.flink.api.common.typeutils.TypeInformationTestBase;

/** Flink's own suite of tests for types. */
class TypeInformationTest extends TypeInformationTestBase<AtomicTypeInfo<?>> {
    @Override
    protected AtomicTypeInfo<?>[] getTestData() {
        return new AtomicTypeInfo<?>[] {SegmentTypeInfo.INSTANCE, TransferTypeInfo.INSTANCE};
    }
}
