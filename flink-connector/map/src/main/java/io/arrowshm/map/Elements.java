package io.arrowshm.map;

import io.arrowshm.array.NdArray;
import java.util.Iterator;

/** The elements of an array, by one value that moves on. */
record Elements(NdArray array) implements Functor<Value> {
    @Override
    public long size() {
        return array.size();
    }

    @Override
    public Iterator<Value> values(long from, long to) {
        Value value = before(from);
        return new Iterator<>() {
            private long left = to - from;

            @Override
            public boolean hasNext() {
                return left > 0;
            }

            @Override
            public Value next() {
                left--;
                value.moveOn();
                return value;
            }
        };
    }

    /** A value that is to move on to an element first. */
    Value before(long from) {
        return new Value(array, from);
    }
}
