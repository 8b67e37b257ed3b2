package io.arrowshm.map;

import java.io.Serializable;
import java.util.Iterator;

/** Values that are had by their index. */
record Rows<V>(long size, ByIndex<V> byIndex) implements Functor<V> {
    /** Gives one value. */
    interface ByIndex<V> extends Serializable {
        V get(long index);
    }

    @Override
    public Iterator<V> values(long from, long to) {
        return new Iterator<>() {
            private long next = from;

            @Override
            public boolean hasNext() {
                return next < to;
            }

            @Override
            public V next() {
                return byIndex.get(next++);
            }
        };
    }
}
