package io.arrowshm.flink.dropin;

import org.apache.flink.api.common.typeutils.TypeInformationTestBase;

/** Flink's own suite of tests for types. */
class WrapperTypeInfoTest extends TypeInformationTestBase<WrapperTypeInfo<?>> {
    @Override
    protected WrapperTypeInfo<?>[] getTestData() {
        return new WrapperTypeInfo<?>[] {new WrapperTypeInfo<>(Wave.class, "samples")};
    }
}
