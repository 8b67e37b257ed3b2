package io.arrowshm.map;

import io.arrowshm.array.ArrayOrder;
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
        boolean inLine = array.order() == ArrayOrder.C;
        return inLine ? new InLine(array.reshape(array.size()), from, to) : new ByIndices(array, from, to);
    }

    /** Of one dimension, or as if it were. */
    private static final class InLine extends Value implements Iterator<Value> {
        private final NdArray line;
        private final long to;
        private long index;

        InLine(NdArray line, long from, long to) {
            this.line = line;
            this.to = to;
            index = from - 1;
        }

        @Override
        public boolean hasNext() {
            return index + 1 < to;
        }

        @Override
        public Value next() {
            index++;
            return this;
        }

        @Override
        public double getDouble() {
            return line.getDouble(index);
        }

        @Override
        public float getFloat() {
            return line.getFloat(index);
        }

        @Override
        public long getLong() {
            return line.getLong(index);
        }

        @Override
        public int getInt() {
            return line.getInt(index);
        }

        @Override
        public boolean getBoolean() {
            return line.getBoolean(index);
        }

        @Override
        public String getString() {
            return line.getString(index);
        }

        @Override
        public void set(double value) {
            writable(line).at(index).set(value);
        }

        @Override
        public void set(long value) {
            writable(line).at(index).set(value);
        }

        @Override
        public void set(boolean value) {
            writable(line).at(index).set(value);
        }

        @Override
        public void set(String value) {
            writable(line).at(index).set(value);
        }
    }

    /** Of several dimensions with any strides. */
    private static final class ByIndices extends Value implements Iterator<Value> {
        private final NdArray array;
        private final long[] shape;
        private final long[] indices;
        private long left;

        ByIndices(NdArray array, long from, long to) {
            this.array = array;
            shape = array.shape();
            indices = new long[shape.length];
            left = to - from;
            moveTo(from);
        }

        /** The place before an index. */
        private void moveTo(long index) {
            long rest = index;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                indices[axis] = rest % Math.max(1, shape[axis]);
                rest /= Math.max(1, shape[axis]);
            }
            indices[shape.length - 1]--;
        }

        @Override
        public boolean hasNext() {
            return left > 0;
        }

        @Override
        public Value next() {
            left--;
            int axis = shape.length - 1;
            while (++indices[axis] == shape[axis] && axis > 0) {
                indices[axis--] = 0;
            }
            return this;
        }

        @Override
        public double getDouble() {
            return array.getDouble(indices);
        }

        @Override
        public float getFloat() {
            return array.getFloat(indices);
        }

        @Override
        public long getLong() {
            return array.getLong(indices);
        }

        @Override
        public int getInt() {
            return array.getInt(indices);
        }

        @Override
        public boolean getBoolean() {
            return array.getBoolean(indices);
        }

        @Override
        public String getString() {
            return array.getString(indices);
        }

        @Override
        public void set(double value) {
            writable(array).at(indices).set(value);
        }

        @Override
        public void set(long value) {
            writable(array).at(indices).set(value);
        }

        @Override
        public void set(boolean value) {
            writable(array).at(indices).set(value);
        }

        @Override
        public void set(String value) {
            writable(array).at(indices).set(value);
        }
    }
}
