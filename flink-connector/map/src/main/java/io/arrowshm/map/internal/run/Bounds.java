package io.arrowshm.map.internal.run;

/** Where the ranges of a call begin and end: one behind the other, all indices in one of them. Immutable. */
public sealed interface Bounds {
    /** How many ranges there are. */
    int count();

    /** The first index of a range; of the range behind the last one, how many indices there are. */
    long from(int range);

    /** Indices of all ranges together. */
    default long size() {
        return from(count());
    }

    /** As many ranges as asked for, which differ by one index at most: range r begins at r * size / count. */
    record Shares(long ofSize, int count) implements Bounds {
        @Override
        public long from(int range) {
            // The same as range * size / count, without a product that is too large.
            return count == 0 ? ofSize : ofSize / count * range + ofSize % count * range / count;
        }
    }

    /** Ranges of one length; the last one has what is left. */
    record Chunks(long ofSize, long length) implements Bounds {
        @Override
        public int count() {
            return (int) ((ofSize + length - 1) / length);
        }

        @Override
        public long from(int range) {
            return Math.min(ofSize, range * length);
        }
    }

    /** Any ranges: the first index of each, and the end of the last. */
    final class Listed implements Bounds {
        private final long[] starts;

        /** Takes the array over. */
        public Listed(long[] starts) {
            this.starts = starts;
        }

        @Override
        public int count() {
            return starts.length - 1;
        }

        @Override
        public long from(int range) {
            return starts[range];
        }
    }
}
