package io.arrowshm.flink.dropin;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.jspecify.annotations.Nullable;

/**
 * Objects of a class that Flink gives to Kryo. Into the output of an armed edge: {@link #IN_PARTS}, an object with an empty
 * array by Kryo, and the array. Everywhere else what Kryo writes, byte for byte, with Kryo's snapshot: state and savepoints
 * are the same with drop-in mode and without it.
 *
 * <p>One thread, as Kryo.
 */
final class WrapperSerializer<T, A> extends TypeSerializer<T> {
    private static final long serialVersionUID = 1L;

    /**
     * The number 0 in two bytes: Kryo begins with the number of a class, and writes every number in as few bytes as
     * possible.
     */
    private static final int IN_PARTS = 0x8000;

    private final Class<T> type;
    private final String name;
    private final TypeSerializer<T> kryo;
    private final PrimitiveArraySerializer<A> arrays;
    private transient @Nullable WrapperField<T> field;
    private transient @Nullable PrefixedInput input;

    private WrapperSerializer(Class<T> type, String name, TypeSerializer<T> kryo, PrimitiveArraySerializer<A> arrays) {
        this.type = type;
        this.name = name;
        this.kryo = kryo;
        this.arrays = arrays;
    }

    static <T> WrapperSerializer<T, ?> of(Class<T> type, String name, TypeSerializer<T> kryo) {
        PrimitiveArraySerializer<?> arrays = ArraySerializers.of(new WrapperField<>(type, name).arrayType());
        if (arrays == null) {
            throw new IllegalStateException("field " + name + " of " + type + " is no primitive array");
        }
        return new WrapperSerializer<>(type, name, kryo, arrays);
    }

    @Override
    public void serialize(T record, DataOutputView target) throws IOException {
        EdgeOutput edge = EdgeOutput.of(target);
        // Subclasses have fields that this does not know.
        if (edge == null || record == null || record.getClass() != type) {
            kryo.serialize(record, target);
            return;
        }
        WrapperField<T> fields = field();
        @SuppressWarnings("unchecked") // the type was looked at when this was made
        A array = (A) fields.array(record);
        T withoutArray = array == null || !edge.isLarge(arrays.bytes(array)) ? null : kryo.createInstance();
        if (array == null || withoutArray == null) {
            kryo.serialize(record, target);
            return;
        }
        fields.copyOthers(record, withoutArray);
        fields.setArray(withoutArray, arrays.createInstance());
        target.writeShort(IN_PARTS);
        kryo.serialize(withoutArray, target);
        arrays.serialize(array, target);
    }

    @Override
    public T deserialize(DataInputView source) throws IOException {
        byte first = source.readByte();
        if (first != (byte) (IN_PARTS >> 8)) {
            return kryo.deserialize(input().begin(source, first));
        }
        byte second = source.readByte();
        if (second != (byte) IN_PARTS) {
            return kryo.deserialize(input().begin(source, first, second));
        }
        T record = kryo.deserialize(input().begin(source));
        field().setArray(record, arrays.deserialize(source));
        return record;
    }

    @Override
    public T deserialize(T reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        serialize(deserialize(source), target);
    }

    @Override
    public boolean isImmutableType() {
        return kryo.isImmutableType();
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return new WrapperSerializer<>(type, name, kryo.duplicate(), arrays);
    }

    @Override
    public T createInstance() {
        return kryo.createInstance();
    }

    @Override
    public T copy(T from) {
        return kryo.copy(from);
    }

    @Override
    public T copy(T from, T reuse) {
        return kryo.copy(from, reuse);
    }

    @Override
    public int getLength() {
        return kryo.getLength();
    }

    /** Kryo's own, since the format in state is. */
    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return kryo.snapshotConfiguration();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WrapperSerializer<?, ?> wrapper
                && name.equals(wrapper.name)
                && kryo.equals(wrapper.kryo);
    }

    @Override
    public int hashCode() {
        return kryo.hashCode();
    }

    private WrapperField<T> field() {
        if (field == null) {
            field = new WrapperField<>(type, name);
        }
        return field;
    }

    private PrefixedInput input() {
        if (input == null) {
            input = new PrefixedInput();
        }
        return input;
    }
}
