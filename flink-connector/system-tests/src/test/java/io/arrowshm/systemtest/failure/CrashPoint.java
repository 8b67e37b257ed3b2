package io.arrowshm.systemtest.failure;

import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.SegmentSnapshot;
import io.arrowshm.inspect.SegmentState;
import io.arrowshm.systemtest.failure.Trouble.Effect;
import io.arrowshm.systemtest.failure.Trouble.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the source or the workers are doing when their process is killed. */
enum CrashPoint {
    /** Segments are between serialise and deserialise: their sender is killed. */
    SENDER_OF_REFERENCES_IN_FLIGHT(FailureCluster.SOURCE, null, Place.MAKING, Place.WORKING),
    /** The same, and their receivers are killed. */
    RECEIVER_OF_REFERENCES_IN_FLIGHT(FailureCluster.WORKERS, null, Place.MAKING, Place.WORKING),
    /** A reference was put in flight and is in no buffer yet. */
    SENDING(FailureCluster.SOURCE, "SENT"),
    /** A receiver holds the segment, and its reference is in flight as well. */
    CLAIMING(FailureCluster.WORKERS, "CLAIMED"),
    /** A receiver holds the segment, and no code has it. */
    RECEIVED(FailureCluster.WORKERS, "TAKEN"),
    /** The user's function has a segment on loan. */
    IN_USER_CODE(FailureCluster.WORKERS, null, Place.WORKING),
    /** The credit of the sender is used up. */
    WAITING_FOR_CREDIT(FailureCluster.SOURCE, null, Place.WORKING),
    /** The same, and who would have to give credit is killed. */
    OWING_CREDIT(FailureCluster.WORKERS, null, Place.WORKING),
    /** The user's function writes a segment. */
    BUILDING(FailureCluster.SOURCE, null, Place.BUILDING),
    /** All of a segment is written but its state. */
    SEALING(FailureCluster.SOURCE, "SEALING"),
    /** The sender has taken part in a checkpoint, its receivers have not. */
    SENDER_DURING_CHECKPOINT(FailureCluster.SOURCE, null, Place.CHECKPOINT),
    /** The same, and a receiver is killed. */
    RECEIVER_DURING_CHECKPOINT(FailureCluster.WORKERS, null, Place.CHECKPOINT);

    static final int REACHED_BEFORE = 100;
    private static final long CREDIT_BYTES = 1 << 20;

    private final int victim;
    private final @Nullable String fault;

    @SuppressWarnings("ImmutableEnumChecker") // List.of makes an immutable one
    private final List<Place> places;

    CrashPoint(int victim, @Nullable String fault, Place... places) {
        this.victim = victim;
        this.fault = fault;
        this.places = List.of(places);
    }

    /** Which TaskManager is killed. */
    int victim() {
        return victim;
    }

    /** The place at which the victim's process stops itself, or null if it stands still in user code. */
    @Nullable
    String fault() {
        return fault;
    }

    /** Where tasks stand still, and in what order one has to wait for them. */
    List<Trouble> troubles(Path directory) {
        List<Trouble> troubles = new ArrayList<>();
        for (Place place : places) {
            switch (place) {
                case CHECKPOINT -> {
                    // So that something is on its way.
                    troubles.add(Trouble.in(directory, Place.MAKING, 0, Effect.TAKES_ITS_TIME));
                    troubles.add(Trouble.in(directory, place, 3, Effect.STANDS_STILL));
                }
                // Less is on its way than there is credit for.
                case MAKING -> troubles.add(Trouble.in(directory, place, 2 * REACHED_BEFORE, Effect.STANDS_STILL));
                case BUILDING, WORKING ->
                    troubles.add(Trouble.in(directory, place, REACHED_BEFORE, Effect.STANDS_STILL));
            }
        }
        return troubles;
    }

    /** Bytes of credit of the source; 0 for the default. */
    long creditBytes() {
        return this == WAITING_FOR_CREDIT || this == OWING_CREDIT ? CREDIT_BYTES : 0;
    }

    /**
     * Whether the pool shows that the job is there.
     *
     * @param job its name
     */
    boolean isReached(PoolSnapshot pool, String job, long sourceProcessId, long workersProcessId) {
        List<SegmentSnapshot> inFlight = PoolWatch.inFlight(pool, job);
        List<SegmentSnapshot> heldBySource = PoolWatch.heldBy(pool, sourceProcessId);
        List<SegmentSnapshot> heldByWorkers = PoolWatch.heldBy(pool, workersProcessId);
        return switch (this) {
            case SENDER_OF_REFERENCES_IN_FLIGHT, RECEIVER_OF_REFERENCES_IN_FLIGHT ->
                inFlight.size() >= REACHED_BEFORE - FailureCluster.PARALLELISM;
            case SENDING -> heldBySource.stream().anyMatch(segment -> segment.inFlight() > 0);
            case CLAIMING -> heldByWorkers.stream().anyMatch(segment -> segment.inFlight() > 0);
            case RECEIVED -> !heldByWorkers.isEmpty();
            case IN_USER_CODE -> heldByWorkers.size() == FailureCluster.PARALLELISM;
            case WAITING_FOR_CREDIT, OWING_CREDIT ->
                creditIsUsedUp(inFlight) && heldBySource.stream().anyMatch(segment -> segment.inFlight() == 0);
            case BUILDING, SEALING ->
                heldBySource.stream().anyMatch(segment -> segment.state() == SegmentState.BUILDING);
            case SENDER_DURING_CHECKPOINT, RECEIVER_DURING_CHECKPOINT -> !inFlight.isEmpty();
        };
    }

    private static boolean creditIsUsedUp(List<SegmentSnapshot> inFlight) {
        if (inFlight.isEmpty()) {
            return false;
        }
        long window = CREDIT_BYTES / FailureCluster.PARALLELISM;
        return inFlight.size()
                == FailureCluster.PARALLELISM * (window / inFlight.get(0).lengthBytes());
    }
}
