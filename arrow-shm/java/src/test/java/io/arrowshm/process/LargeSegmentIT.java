package io.arrowshm.process;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.MuchMemory;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LargeSegmentIT {
    private static final long GIB = 1L << 30;
    private static final long ROOM_NEEDED = 6 * GIB;
    private static final int VALUE_BYTES = 1 << 20;
    private static final int VALUES = 5 * 1024 - 1;
    private static final long BODY_BYTES = (long) VALUES * VALUE_BYTES;
    private static final Schema SCHEMA =
            new Schema(List.of(Field.notNullable("bytes", new ArrowType.FixedSizeBinary(VALUE_BYTES))));

    @RegisterExtension
    static final MuchMemory MUCH_MEMORY = new MuchMemory();

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(5 * GIB, 1024);

    @Test
    void aSegmentOfFiveGibibytesIsReadInPlaceByAnotherProcess() throws IOException {
        Path directory = testPool.parent();
        assumeTrue(FreeSpace.of(directory) >= ROOM_NEEDED, directory + " has less than 6 GiB free");
        SharedMemoryPool pool = testPool.pool();
        try (Epoch epoch = pool.openEpoch("sender");
                Child child = Child.start(testPool.name())) {
            assertThat(child.read()).isEqualTo("pool " + pool.directory());
            SegmentRef reference;
            try (Segment segment = write(pool)) {
                assertThat(segment.length()).isGreaterThan(BODY_BYTES);
                reference = requireNonNull(segment.trySend(epoch));
            }
            StringBuilder question = new StringBuilder("longs " + PoolProcess.format(reference));
            StringBuilder answer = new StringBuilder("longs");
            for (long offset : offsets()) {
                question.append(' ').append(offset);
                answer.append(' ').append(~offset);
            }
            assertThat(child.ask(question.toString())).isEqualTo(answer.toString());
            assertThat(pool.statistics().segments()).isZero();
            // The whole budget, for others now.
            pool.newSegment(PoolProcess.SCHEMA, GIB / 2).close();
            assertThat(pool.statistics().backedBytes()).isBetween(GIB / 2, 5 * GIB);
        }
    }

    private static Segment write(SharedMemoryPool pool) {
        try (SegmentWriter writer = pool.newSegment(SCHEMA, BODY_BYTES)) {
            ArrowBuf bytes = writer.allocator().buffer(BODY_BYTES);
            for (long offset : offsets()) {
                bytes.setLong(offset, ~offset);
            }
            writer.load(writer.root().getVector(0), VALUES, bytes);
            writer.root().setRowCount(VALUES);
            return writer.seal();
        }
    }

    private static long[] offsets() {
        return new long[] {0, 2 * GIB - 8, 2 * GIB, 2 * GIB + 8, 4 * GIB - 8, 4 * GIB, 4 * GIB + 8, BODY_BYTES - 8};
    }
}
