package io.arrowshm.flink.dropin;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.internals.ArrayTypes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Arrays of one primitive type: by reference into the output of an armed edge, by value everywhere else.
 *
 * <p>The value has, byte for byte, the format of Flink's own serializer, and so has the snapshot: state and savepoints are
 * the same with drop-in mode and without it, and each reads those of the other. Where Flink writes the length there is
 * {@link #REFERENCE} or {@link #INVITATION} on an armed edge; no length is negative. Which NaN a floating-point element
 * is is lost by value, as with Flink's serializer, and kept by reference.
 *
 * <p>Any thread.
 *
 * @param <A> array of a primitive type
 */
abstract class PrimitiveArraySerializer<A> extends TypeSerializer<A> {
    static final int REFERENCE = -1;

    /** An invitation to a channel; the value follows. */
    static final int INVITATION = -2;

    /** Arrays below this never go by reference: writing one costs more than their bytes. */
    static final int LEAST_BYTES = 1024;

    private static final long serialVersionUID = 1L;

    /** Below so many elements one by one is faster. */
    private static final int LEAST_BULK = 16;

    private static final int CHUNK_BYTES = 1 << 15;
    private static final ThreadLocal<byte[]> CHUNK = ThreadLocal.withInitial(() -> new byte[CHUNK_BYTES]);

    private final TypeSerializer<A> flinks;
    private final transient DType dtype;
    private final int elementBytes;

    PrimitiveArraySerializer(Class<A> type, DType dtype) {
        this.flinks = ArrayTypes.serializer(type);
        this.dtype = dtype;
        this.elementBytes = dtype.itemSize();
    }

    abstract int length(A array);

    abstract A newArray(int length);

    /** Writes elements in big-endian order from the buffer's position, which may move. */
    abstract void put(A array, int first, int count, ByteBuffer target);

    /** Reads elements in big-endian order from the buffer's position, which may move. */
    abstract void get(A array, int first, int count, ByteBuffer source);

    abstract void readEach(A array, DataInputView source) throws IOException;

    /** Copies all elements to an array of that type and length. */
    abstract void copyInto(MutableNdArray target, A array);

    /** Copies all elements from an array of that type and length. */
    abstract void copyFrom(NdArray source, A array);

    final Class<?> arrayType() {
        return flinks.createInstance().getClass();
    }

    final long bytes(A array) {
        return (long) length(array) * elementBytes;
    }

    /** The serializer that Flink would use. */
    final TypeSerializer<A> flinks() {
        return flinks;
    }

    /** Type of the elements in the pool. */
    final DType dtype() {
        return dtype;
    }

    /** A copy in the heap of an array in the pool. */
    final A copyOf(NdArray source) {
        if (source.dimensions() != 1 || !source.dtype().equals(dtype)) {
            throw new SharedMemoryException(
                    Kind.CORRUPT, "a reference to " + source + " came, allowed one dimension of " + dtype);
        }
        A array = newArray(Math.toIntExact(source.size()));
        copyFrom(source, array);
        return array;
    }

    @Override
    public final void serialize(A array, DataOutputView target) throws IOException {
        int length = array == null ? 0 : length(array);
        if (length < LEAST_BULK) {
            flinks.serialize(array, target);
            return;
        }
        if (bytes(array) >= LEAST_BYTES) {
            EdgeOutput edge = EdgeOutput.of(target);
            if (edge != null && edge.writeReference(this, array)) {
                return;
            }
        }
        target.writeInt(length);
        writeElements(array, length, target);
    }

    @Override
    public final A deserialize(DataInputView source) throws IOException {
        return deserialize(source.readInt(), source);
    }

    private A deserialize(int lengthOrTag, DataInputView source) throws IOException {
        if (lengthOrTag >= 0) {
            return readElements(lengthOrTag, source);
        }
        if (lengthOrTag == REFERENCE) {
            return TaskExchange.ofThisThread().receive(this, source);
        }
        if (lengthOrTag == INVITATION) {
            TaskExchange.ofThisThread().answer(source);
            return readElements(source.readInt(), source);
        }
        throw new IOException("an array is said to have length " + lengthOrTag
                + ", allowed 0 and above: the stream or the state is damaged");
    }

    @Override
    public final A deserialize(A reuse, DataInputView source) throws IOException {
        return deserialize(source);
    }

    @Override
    public final void copy(DataInputView source, DataOutputView target) throws IOException {
        int lengthOrTag = source.readInt();
        if (lengthOrTag < 0) {
            serialize(deserialize(lengthOrTag, source), target);
            return;
        }
        target.writeInt(lengthOrTag);
        byte[] chunk = CHUNK.get();
        for (long left = (long) lengthOrTag * elementBytes; left > 0; left -= chunk.length) {
            int bytes = (int) Math.min(chunk.length, left);
            source.readFully(chunk, 0, bytes);
            target.write(chunk, 0, bytes);
        }
    }

    private void writeElements(A array, int length, DataOutputView target) throws IOException {
        byte[] chunk = CHUNK.get();
        int most = CHUNK_BYTES / elementBytes;
        for (int first = 0; first < length; first += most) {
            int count = Math.min(most, length - first);
            put(array, first, count, ByteBuffer.wrap(chunk));
            target.write(chunk, 0, count * elementBytes);
        }
    }

    private A readElements(int length, DataInputView source) throws IOException {
        A array = newArray(length);
        if (length < LEAST_BULK) {
            readEach(array, source);
            return array;
        }
        byte[] chunk = CHUNK.get();
        int most = CHUNK_BYTES / elementBytes;
        for (int first = 0; first < length; first += most) {
            int count = Math.min(most, length - first);
            source.readFully(chunk, 0, count * elementBytes);
            get(array, first, count, ByteBuffer.wrap(chunk));
        }
        return array;
    }

    @Override
    public final TypeSerializer<A> duplicate() {
        return this;
    }

    @Override
    public final boolean isImmutableType() {
        return flinks.isImmutableType();
    }

    @Override
    public final A createInstance() {
        return flinks.createInstance();
    }

    @Override
    public final A copy(A from) {
        return flinks.copy(from);
    }

    @Override
    public final A copy(A from, A reuse) {
        return flinks.copy(from, reuse);
    }

    @Override
    public final int getLength() {
        return flinks.getLength();
    }

    /** Flink's own, since the format is. */
    @Override
    public final TypeSerializerSnapshot<A> snapshotConfiguration() {
        return flinks.snapshotConfiguration();
    }

    /** That of Flink's serializer: types that hold one or the other may be keys of one map. */
    @Override
    public final int hashCode() {
        return flinks.hashCode();
    }

    /** There is one of each class. */
    @Override
    public final boolean equals(Object other) {
        return this == other;
    }
}
