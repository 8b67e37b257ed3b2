package io.arrowshm.flink.type;

import org.apache.flink.api.common.typeinfo.TypeInformation;

/** What types that Flink cannot look into have in common: one field, no key, equal by class. */
abstract class AtomicTypeInfo<T> extends TypeInformation<T> {
    private static final long serialVersionUID = 1L;

    private final Class<T> type;

    AtomicTypeInfo(Class<T> type) {
        this.type = type;
    }

    @Override
    public final boolean isBasicType() {
        return false;
    }

    @Override
    public final boolean isTupleType() {
        return false;
    }

    @Override
    public final int getArity() {
        return 1;
    }

    @Override
    public final int getTotalFields() {
        return 1;
    }

    @Override
    public final Class<T> getTypeClass() {
        return type;
    }

    @Override
    public final boolean isKeyType() {
        return false;
    }

    @Override
    public final String toString() {
        return type.getSimpleName();
    }

    @Override
    public final boolean equals(Object other) {
        return other instanceof AtomicTypeInfo<?> info && info.type == type;
    }

    @Override
    public final int hashCode() {
        return type.hashCode();
    }

    @Override
    public final boolean canEqual(Object other) {
        return other instanceof AtomicTypeInfo<?>;
    }
}
