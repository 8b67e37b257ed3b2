package io.arrowshm.map.internal.parcel;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * A value of which the other side gets a copy, with the arrays in it: what it does to them is not seen here. Arrays on the heap
 * in it go through the pool.
 */
public final class Copied implements Serializable {
    private static final long serialVersionUID = 1L;

    private transient @Nullable Object value;

    public Copied(@Nullable Object value) {
        this.value = value;
    }

    public @Nullable Object value() {
        return value;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
        out.defaultWriteObject();
        if (out instanceof Parcel.Output parcel) {
            boolean before = parcel.copying(true);
            out.writeObject(value);
            parcel.copying(before);
        } else {
            out.writeObject(value);
        }
    }

    private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
        in.defaultReadObject();
        value = in.readObject();
    }
}
