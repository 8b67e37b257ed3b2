package io.arrowshm.systemtest.failure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.cluster.Await;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.inspect.ParticipantSnapshot;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.SegmentSnapshot;
import io.arrowshm.inspect.Totals;
import io.arrowshm.inspect.Verifier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** A pool that a test makes, looks at from outside, and removes. One thread. */
final class PoolWatch implements AutoCloseable {
    static final Duration TIMEOUT = Duration.ofMinutes(2);

    private final PoolOptions options;
    private final SharedMemoryPool pool;
    private final PoolInspector inspector;

    /** @param name unique on the host */
    PoolWatch(String name, long sizeBytes) {
        options = PoolOptions.named(name + "-" + ProcessHandle.current().pid())
                .withSizeBytes(sizeBytes)
                .withChecksums(true);
        pool = SharedMemoryPool.open(options);
        inspector = PoolInspector.open(options);
    }

    PoolOptions options() {
        return options;
    }

    SharedMemoryPool pool() {
        return pool;
    }

    PoolSnapshot snapshot() {
        return inspector.snapshot();
    }

    void await(String what, Predicate<PoolSnapshot> condition) {
        Await.until(what, TIMEOUT, () -> condition.test(snapshot()), () -> describe(snapshot()));
    }

    /** The place of a process in the pool, if it has one, or had one and was not swept yet. */
    static Optional<ParticipantSnapshot> participant(PoolSnapshot snapshot, long processId) {
        return snapshot.participants().stream()
                .filter(participant -> participant.processId() == processId)
                .findFirst();
    }

    /** What a process holds or writes. */
    static List<SegmentSnapshot> heldBy(PoolSnapshot snapshot, long processId) {
        return participant(snapshot, processId)
                .map(participant -> snapshot.segments().stream()
                        .filter(segment -> segment.holders().contains(participant.index()))
                        .toList())
                .orElse(List.of());
    }

    /** What attempts of operators with such names have in flight. */
    static List<SegmentSnapshot> inFlight(PoolSnapshot snapshot, String operatorNamePart) {
        return snapshot.segments().stream()
                .filter(segment -> segment.inFlight() > 0
                        && String.valueOf(segment.epochName()).contains(operatorNamePart))
                .toList();
    }

    static long bytes(List<SegmentSnapshot> segments) {
        return segments.stream().mapToLong(SegmentSnapshot::blockBytes).sum();
    }

    /** Waits until none of them is in flight any more; another one in the same slot is not the same. */
    void awaitNotInFlight(List<SegmentSnapshot> segments) {
        Map<Integer, Long> generations =
                segments.stream().collect(Collectors.toMap(SegmentSnapshot::slot, SegmentSnapshot::generation));
        await(
                "what was in flight is back",
                now -> now.segments().stream()
                        .noneMatch(segment -> segment.inFlight() > 0
                                && Long.valueOf(segment.generation()).equals(generations.get(segment.slot()))));
    }

    /**
     * Waits until no segment and no epoch is left, but those of some processes and of operators with such names; then checks
     * every invariant of the pool.
     */
    void awaitNothingLeft(LongPredicate isOther, String otherOperators) {
        await(
                "no segment and no epoch is left",
                now -> now.segments().stream().allMatch(segment -> isOther.test(segment.creatorProcessId()))
                        && now.epochs().stream()
                                .allMatch(epoch -> !otherOperators.isEmpty()
                                        && epoch.name().contains(otherOperators)));
        assertThat(Verifier.verify(options, true).violations()).isEmpty();
    }

    /** Likewise of everybody, and every byte of the pool is accounted for. */
    void awaitEmpty() {
        awaitNothingLeft(processId -> false, "");
        Totals totals = snapshot().totals();
        assertThat(totals.usedBytes()).isZero();
        assertThat(totals.backedBytes() + totals.unbackedBytes()).isEqualTo(totals.sizeBytes());
        assertThat(Verifier.verify(options, true).notVerified()).isEmpty();
    }

    /** Whether nobody gets room for an array now. */
    boolean isFullFor(ArraySpec array) {
        try (ArrayWriter room = pool.newArray(array)) {
            return false;
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(SharedMemoryException.Kind.FULL);
            return true;
        }
    }

    @Override
    public void close() {
        inspector.close();
        pool.close();
        assertThat(SharedMemoryPool.remove(options)).isTrue();
    }

    private static String describe(PoolSnapshot snapshot) {
        return snapshot.totals() + "\n" + snapshot.participants() + "\n" + snapshot.epochs() + "\n"
                + snapshot.segments().stream().limit(20).toList();
    }
}
