package io.arrowshm.map.internal.parcel;

import java.io.Serializable;

/** Stands for an array or a view in a parcel. */
final class ArrayToken implements Serializable {
    private static final long serialVersionUID = 1L;

    private final int segment;
    private final byte[] view;
    private final boolean writable;
    private final boolean copied;

    /**
     * @param segment which of those that travel with the parcel
     * @param view as {@code Access.viewOf} describes it
     * @param writable whether it is one that is written
     * @param copied whether the other side gets a copy
     */
    ArrayToken(int segment, byte[] view, boolean writable, boolean copied) {
        this.segment = segment;
        this.view = view;
        this.writable = writable;
        this.copied = copied;
    }

    int segment() {
        return segment;
    }

    byte[] view() {
        return view;
    }

    boolean isWritable() {
        return writable;
    }

    boolean isCopied() {
        return copied;
    }
}
