package io.arrowshm.process;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.testing.PoolProcess;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BigIntVector;

/** Segments whose kind, size and every value follow from a seed, so that whoever reads one can tell whether all is right. */
final class StormContent {
    /** Rows of an array that is shared for writing: one for each process that may write. */
    static final int PARTS = 4;

    private static final int SMALLEST_SHIFT = 2;
    private static final int SHIFTS = 17;
    private static final int LARGE_SHIFT = 19;
    private static final long ONE_IN_LARGE = 64;
    private static final int SHARED_COLUMNS = 1000;
    private static final int NUMBER_OF_VALUES = -1;
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private StormContent() {}

    /** What somebody has read is not what the seed says. */
    static final class WrongDataException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WrongDataException(String message) {
            super(message);
        }
    }

    /** A sealed segment: a batch of an even seed, an array of an odd one; 32 bytes to 4 MiB of data. */
    static Segment write(SharedMemoryPool pool, long seed, LongestWaits waits) {
        return (seed & 1) == 0 ? writeBatch(pool, seed, waits) : writeArray(pool, seed, waits);
    }

    /** @throws WrongDataException unless every value is that seed's */
    static void check(Segment segment, long seed) {
        int values = values(seed);
        if ((seed & 1) == 0) {
            BigIntVector numbers = (BigIntVector) segment.root().getVector(0);
            requireSame(seed, NUMBER_OF_VALUES, values, numbers.getValueCount());
            ArrowBuf data = numbers.getDataBuffer();
            for (int i = 0; i < values; i++) {
                requireSame(seed, i, value(seed, i), data.getLong(8L * i));
            }
        } else {
            requireSame(seed, NUMBER_OF_VALUES, 2L * values, segment.array().size());
            long[] found = new long[2 * values];
            segment.array().copyTo(found, 0);
            for (int i = 0; i < found.length; i++) {
                requireSame(seed, i, value(seed, i), found[i]);
            }
        }
    }

    /** A shared array as its creator leaves it to others. */
    static Segment share(SharedMemoryPool pool, long seed, LongestWaits waits) {
        ArraySpec spec = ArraySpec.of(DType.INT64, PARTS, SHARED_COLUMNS);
        try (ArrayWriter writer = waits.time(Operation.ALLOCATE, () -> pool.newArray(spec))) {
            MutableNdArray array = writer.array();
            for (int part = 0; part < PARTS; part++) {
                for (int i = 0; i < SHARED_COLUMNS; i++) {
                    array.at(part, i).set(sharedValue(seed, part, i));
                }
            }
            return waits.time(Operation.SEAL, writer::share);
        }
    }

    /** Writes one part of a shared array: every value the complement of what it was. */
    static void writePart(Segment segment, long seed, int part) {
        MutableNdArray array = segment.mutableArray();
        for (int i = 0; i < SHARED_COLUMNS; i++) {
            array.at(part, i).set(~sharedValue(seed, part, i));
        }
    }

    /** @throws WrongDataException unless every value is what the creator wrote, or a writer of its part */
    static void checkShared(Segment segment, long seed) {
        long[] found = new long[PARTS * SHARED_COLUMNS];
        segment.array().copyTo(found, 0);
        for (int i = 0; i < found.length; i++) {
            long first = sharedValue(seed, i / SHARED_COLUMNS, i % SHARED_COLUMNS);
            if (found[i] != ~first) {
                requireSame(seed, i, first, found[i]);
            }
        }
    }

    private static Segment writeBatch(SharedMemoryPool pool, long seed, LongestWaits waits) {
        int values = values(seed);
        long bytes = (8L * values + 63) & -64;
        try (SegmentWriter writer = waits.time(Operation.ALLOCATE, () -> pool.newSegment(PoolProcess.SCHEMA, bytes))) {
            ArrowBuf data = writer.allocator().buffer(8L * values);
            for (int i = 0; i < values; i++) {
                data.setLong(8L * i, value(seed, i));
            }
            writer.load(writer.root().getVector(0), values, data);
            writer.root().setRowCount(values);
            return waits.time(Operation.SEAL, writer::seal);
        }
    }

    private static Segment writeArray(SharedMemoryPool pool, long seed, LongestWaits waits) {
        int values = values(seed);
        ArraySpec spec = ArraySpec.of(DType.INT64, 2, values);
        try (ArrayWriter writer = waits.time(Operation.ALLOCATE, () -> pool.newArray(spec))) {
            MutableNdArray array = writer.array();
            for (int row = 0; row < 2; row++) {
                for (int i = 0; i < values; i++) {
                    array.at(row, i).set(value(seed, row * values + i));
                }
            }
            return waits.time(Operation.SEAL, writer::seal);
        }
    }

    /** Small ones more often than large ones. */
    private static int values(long seed) {
        long random = mix(seed);
        if (Long.remainderUnsigned(random, ONE_IN_LARGE) == 0) {
            return 1 << (LARGE_SHIFT - (int) (seed & 1));
        }
        int shift = (int)
                Math.min(Long.remainderUnsigned(random >>> 8, SHIFTS), Long.remainderUnsigned(random >>> 20, SHIFTS));
        int most = 1 << (SMALLEST_SHIFT + shift);
        return most + (int) Long.remainderUnsigned(random >>> 40, most);
    }

    private static long value(long seed, int index) {
        return index == 0 ? seed : mix(seed + index * GOLDEN);
    }

    private static long sharedValue(long seed, int part, int index) {
        return value(seed, 1 + part * SHARED_COLUMNS + index);
    }

    private static long mix(long value) {
        long mixed = (value ^ value >>> 30) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94d049bb133111ebL;
        return mixed ^ mixed >>> 31;
    }

    private static void requireSame(long seed, int index, long expected, long found) {
        if (expected != found) {
            String what = index == NUMBER_OF_VALUES ? "number of values" : "value " + index;
            throw new WrongDataException(
                    String.format("WRONG DATA: %s of seed %x is %x, expected %x", what, seed, found, expected));
        }
    }
}
