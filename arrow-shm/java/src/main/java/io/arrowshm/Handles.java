package io.arrowshm;

import io.arrowshm.internal.core.OpenEpoch;
import io.arrowshm.internal.core.PoolCore;
import io.arrowshm.internal.core.SegmentHandle;
import io.arrowshm.internal.core.SegmentMemory;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.secrets.PoolSecrets;
import java.util.function.Function;

/** What lies behind the handles of this package, for the packages above it. Stateless. */
final class Handles implements PoolSecrets<SharedMemoryPool, Segment, Epoch> {
    @Override
    public <T> T whileOpen(SharedMemoryPool pool, Function<PoolCore, T> action) {
        return pool.whileOpen(action);
    }

    @Override
    public SegmentHandle handle(Segment segment) {
        return segment.handle();
    }

    @Override
    public Segment segment(SegmentMemory memory) {
        return new Segment(memory);
    }

    @Override
    public Segment unwatchedSegment(SegmentMemory memory) {
        return Segment.unwatched(memory);
    }

    @Override
    public ArrayMemory arrayMemory(Segment segment) {
        return segment.arrayMemory();
    }

    @Override
    public OpenEpoch epoch(Epoch epoch) {
        return epoch.epoch();
    }
}
