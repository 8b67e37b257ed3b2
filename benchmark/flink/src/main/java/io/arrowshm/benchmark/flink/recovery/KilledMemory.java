package io.arrowshm.benchmark.flink.recovery;

import io.arrowshm.inspect.ParticipantSnapshot;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.SegmentSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a process holds and what is in flight, seen from outside just before it is killed, and later looked for again. */
final class KilledMemory {
    private final PoolInspector pool;
    private final long processId;
    private final long heldBytes;
    private final List<SegmentSnapshot> inFlight;
    private final Map<Integer, Long> generations;

    KilledMemory(PoolInspector pool, long processId) {
        this.pool = pool;
        this.processId = processId;
        PoolSnapshot before = pool.snapshot();
        heldBytes = participant(before).map(ParticipantSnapshot::bytes).orElse(0L);
        inFlight = before.segments().stream()
                .filter(segment -> segment.inFlight() > 0)
                .toList();
        generations = inFlight.stream().collect(Collectors.toMap(SegmentSnapshot::slot, SegmentSnapshot::generation));
    }

    /** Measures how long it takes until all is given back. */
    Kill.Memory awaitGivenBack(Since kill) {
        double heldBackMs = kill.millisUntil(
                "what the killed process held is given back",
                () -> participant(pool.snapshot()).isEmpty());
        double inFlightBackMs = kill.millisUntil("what was in flight is given back", this::isNothingInFlight);
        return new Kill.Memory(
                heldBytes,
                heldBackMs,
                inFlight.stream().mapToLong(SegmentSnapshot::blockBytes).sum(),
                inFlightBackMs);
    }

    private Optional<ParticipantSnapshot> participant(PoolSnapshot snapshot) {
        return snapshot.participants().stream()
                .filter(participant -> participant.processId() == processId)
                .findFirst();
    }

    /** Another one in the same slot is not the same. */
    private boolean isNothingInFlight() {
        return pool.snapshot().segments().stream()
                .noneMatch(segment -> segment.inFlight() > 0
                        && Long.valueOf(segment.generation()).equals(generations.get(segment.slot())));
    }
}
