package io.arrowshm.shm.registry;

import static io.arrowshm.shm.layout.OwnershipWord.FREE;
import static io.arrowshm.shm.layout.OwnershipWord.epoch;
import static io.arrowshm.shm.layout.OwnershipWord.holderBit;
import static io.arrowshm.shm.layout.OwnershipWord.holdersAndFlags;
import static io.arrowshm.shm.layout.OwnershipWord.inFlight;
import static io.arrowshm.shm.layout.OwnershipWord.isHeldBy;
import static io.arrowshm.shm.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.shm.layout.OwnershipWord.of;
import static io.arrowshm.shm.layout.OwnershipWord.state;
import static io.arrowshm.shm.registry.Transitions.REFUSED;

import io.arrowshm.shm.layout.OwnershipWord;
import java.nio.IntBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Walks, breadth first, every state that one slot and some threads of some participants can reach: each access to shared
 * memory is a step of its own, as in {@link Ownership}, any participant may die between any two steps (to stall is to take
 * no step), places are taken again, and a sweeper, which may die too, reaps and voids. The transitions are the shipped
 * ones. The tag is blanked: identity must not rest on it.
 */
@SuppressWarnings("EnumOrdinal") // A state is an array of ints.
final class OwnershipExplorer {
    /** Something left out or done wrong on purpose, to show that the explorer finds it. */
    enum Fault {
        NONE,
        NO_SECOND_GENERATION_CHECK,
        REAP_WITHOUT_LOCK,
        FREE_OUTSIDE_COMPARE_AND_SET
    }

    /** How many of each there may be on any path. */
    record Bounds(int allocations, int sends, int deaths) {}

    static final class Violation extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Violation(String message) {
            super(message);
        }
    }

    private static final int EPOCH = 1;
    /** Participant 0 sends. */
    private static final int SENDER = 0;

    // A state is one array: the slot, the counters, the sweeper, then participants, then threads.
    private static final int WORD = 0;
    private static final int GENERATION = 1;
    private static final int ALLOCATIONS = 2;
    private static final int SENDS = 3;
    private static final int DEATHS = 4;
    private static final int EPOCH_USED = 5;
    private static final int SENT_GENERATIONS = 6;
    private static final int SWEEPER_STEP = 7;
    private static final int SWEPT = 8;
    private static final int SWEEPER_READ = 9;
    private static final int PARTICIPANTS = 10;

    private static final int ALIVE = 0;
    private static final int MARKED = 1;
    private static final int LOCKED_BY_SWEEPER = 2;
    private static final int LOCAL_COUNT = 3;
    private static final int STRIPE = 4;
    private static final int EPOCH_OVER = 5;
    private static final int PARTICIPANT_INTS = 6;

    private static final int STEP = 0;
    private static final int WANTED = 1;
    private static final int HELD_BEFORE = 2;
    private static final int READ = 3;
    private static final int HANDLE = 4;
    private static final int THREAD_INTS = 5;

    private enum Step {
        GONE,
        JOIN_READ,
        JOIN_SET,
        IDLE,
        ALLOCATE_READ,
        ALLOCATE_SET,
        NEW_GENERATION,
        BUILDING,
        SEAL_READ,
        SEAL_SET,
        HOLDING,
        SEND_READ,
        SEND_SET,
        COMPARE,
        CLAIM_READ,
        CLAIM_SET,
        COMPARE_AGAIN,
        TAKE_READ,
        TAKE_SET,
        RELEASE_READ,
        RELEASE_SET,
        FREE_LATE
    }

    private static final Step[] STEPS = Step.values();

    private enum Sweep {
        NOTHING,
        REAP_READ,
        REAP_SET,
        UNMARK,
        VOID_READ,
        VOID_SET,
        FORGET_EPOCH
    }

    private static final Sweep[] SWEEPS = Sweep.values();

    private final int[] participantOfThread;
    private final int participants;
    private final Bounds bounds;
    private final Fault fault;
    private final Set<IntBuffer> seen = new HashSet<>();
    private final Deque<int[]> open = new ArrayDeque<>();

    OwnershipExplorer(int[] participantOfThread, Bounds bounds, Fault fault) {
        this.participantOfThread = participantOfThread;
        this.participants = participantOfThread[participantOfThread.length - 1] + 1;
        this.bounds = bounds;
        this.fault = fault;
    }

    /** Returns the number of states, or throws the first violation. */
    int explore() {
        int[] start =
                new int[PARTICIPANTS + participants * PARTICIPANT_INTS + participantOfThread.length * THREAD_INTS];
        start[WORD] = pack(of(FREE, 0, 0, 0, 0));
        start[EPOCH_USED] = 1;
        for (int p = 0; p < participants; p++) {
            start[at(p) + ALIVE] = 1;
            start[at(p) + MARKED] = 1;
        }
        for (int t = 0; t < participantOfThread.length; t++) {
            start[ofThread(t) + STEP] = Step.IDLE.ordinal();
        }
        visit(start);
        while (!open.isEmpty()) {
            int[] state = open.poll();
            for (int t = 0; t < participantOfThread.length; t++) {
                stepThread(state, t);
            }
            for (int p = 0; p < participants; p++) {
                stepParticipant(state, p);
            }
            stepSweeper(state);
        }
        return seen.size();
    }

    private void visit(int[] state) {
        if (seen.add(IntBuffer.wrap(state))) {
            check(state);
            open.add(state);
        }
    }

    private void check(int[] s) {
        long word = unpack(s[WORD]);
        for (int t = 0; t < participantOfThread.length; t++) {
            int handle = s[ofThread(t) + HANDLE];
            if (handle != 0 && (s[GENERATION] != handle || !isHeldBy(word, participantOfThread[t]))) {
                throw new Violation(
                        "thread " + t + " has a handle on generation " + handle + ", the slot is " + describe(s));
            }
        }
        // If everybody died now, would the sweeps bring the slot back?
        for (int p = 0; p < participants; p++) {
            long reaped = s[at(p) + MARKED] == 1 ? Transitions.release(word, p, false) : REFUSED;
            word = reaped == REFUSED ? word : reaped;
        }
        long voided = s[EPOCH_USED] == 1 ? Transitions.voidEpoch(word, EPOCH) : REFUSED;
        word = voided == REFUSED ? word : voided;
        if (state(word) != FREE) {
            throw new Violation("lost after all have died and were swept: " + describe(s));
        }
    }

    private void stepThread(int[] s, int t) {
        int p = participantOfThread[t];
        int thread = ofThread(t);
        if (s[at(p) + ALIVE] == 0) {
            return;
        }
        boolean stripeIsFree = s[at(p) + STRIPE] == 0;
        switch (STEPS[s[thread + STEP]]) {
            case GONE -> {}
            case IDLE -> {
                if (stripeIsFree && s[ALLOCATIONS] < bounds.allocations) {
                    int[] n = lock(s, t, Step.ALLOCATE_READ);
                    n[ALLOCATIONS]++;
                    visit(n);
                }
                for (int generation = 1; stripeIsFree && generation <= s[GENERATION]; generation++) {
                    if ((s[SENT_GENERATIONS] & 1 << generation) != 0) {
                        int[] n = lock(s, t, Step.COMPARE);
                        n[thread + WANTED] = generation;
                        n[thread + HELD_BEFORE] = s[at(p) + LOCAL_COUNT] > 0 ? 1 : 0;
                        visit(n);
                    }
                }
            }
            case ALLOCATE_READ -> read(s, t, Transitions.allocate(unpack(s[WORD]), p), Step.ALLOCATE_SET, Step.IDLE);
            case ALLOCATE_SET ->
                set(s, t, Transitions.allocate(readWord(s, t), p), Step.NEW_GENERATION, Step.ALLOCATE_READ);
            case NEW_GENERATION -> {
                int[] n = s.clone();
                n[GENERATION]++;
                n[thread + WANTED] = n[GENERATION];
                visit(opened(n, t, Step.BUILDING));
            }
            case BUILDING -> {
                visit(at(s, t, Step.SEAL_READ));
                release(s, t);
            }
            case SEAL_READ -> read(s, t, Transitions.seal(unpack(s[WORD]), p), Step.SEAL_SET, Step.GONE);
            case SEAL_SET -> set(s, t, Transitions.seal(readWord(s, t), p), Step.HOLDING, Step.SEAL_READ);
            case HOLDING -> {
                if (p == SENDER && s[at(p) + EPOCH_OVER] == 0 && s[SENDS] < bounds.sends) {
                    int[] n = at(s, t, Step.SEND_READ);
                    n[SENDS]++;
                    visit(n);
                }
                release(s, t);
            }
            case SEND_READ -> read(s, t, Transitions.send(unpack(s[WORD]), p, EPOCH, 1), Step.SEND_SET, Step.HOLDING);
            case SEND_SET -> {
                int[] n = set(s, t, Transitions.send(readWord(s, t), p, EPOCH, 1), Step.HOLDING, Step.SEND_READ);
                if (n[thread + STEP] == Step.HOLDING.ordinal()) {
                    n = n.clone();
                    n[SENT_GENERATIONS] |= 1 << n[thread + HANDLE];
                    visit(n);
                }
            }
            case COMPARE -> {
                boolean same = s[GENERATION] == s[thread + WANTED];
                Step next = s[thread + HELD_BEFORE] == 1 ? Step.TAKE_READ : Step.CLAIM_READ;
                visit(same ? at(s, t, next) : unlock(at(s, t, Step.IDLE), t));
            }
            case CLAIM_READ -> read(s, t, Transitions.claim(unpack(s[WORD]), p, EPOCH), Step.CLAIM_SET, Step.IDLE);
            case CLAIM_SET -> {
                Step next = fault == Fault.NO_SECOND_GENERATION_CHECK ? Step.TAKE_READ : Step.COMPARE_AGAIN;
                set(s, t, Transitions.claim(readWord(s, t), p, EPOCH), next, Step.CLAIM_READ);
            }
            case COMPARE_AGAIN -> {
                boolean same = s[GENERATION] == s[thread + WANTED];
                visit(at(s, t, same ? Step.TAKE_READ : Step.RELEASE_READ));
            }
            case TAKE_READ -> {
                Step refused = s[thread + HELD_BEFORE] == 1 ? Step.IDLE : Step.RELEASE_READ;
                read(s, t, Transitions.take(unpack(s[WORD]), p, EPOCH), Step.TAKE_SET, refused);
            }
            case TAKE_SET -> {
                long word = Transitions.take(readWord(s, t), p, EPOCH);
                if (s[WORD] != s[thread + READ]) {
                    visit(at(s, t, Step.TAKE_READ));
                } else {
                    int[] n = s.clone();
                    n[WORD] = pack(word);
                    visit(opened(n, t, Step.HOLDING));
                }
            }
            case JOIN_READ, RELEASE_READ -> {
                Step set = STEPS[s[thread + STEP]] == Step.JOIN_READ ? Step.JOIN_SET : Step.RELEASE_SET;
                read(s, t, released(unpack(s[WORD]), p), set, Step.IDLE);
            }
            case JOIN_SET, RELEASE_SET -> {
                boolean joining = STEPS[s[thread + STEP]] == Step.JOIN_SET;
                long word = released(readWord(s, t), p);
                boolean late = fault == Fault.FREE_OUTSIDE_COMPARE_AND_SET && isUnclaimed(word);
                Step next = late ? Step.FREE_LATE : Step.IDLE;
                set(s, t, word, next, joining ? Step.JOIN_READ : Step.RELEASE_READ);
            }
            case FREE_LATE -> {
                int[] n = s.clone();
                n[WORD] = pack(of(FREE, 0, 0, 0, 0));
                visit(unlock(at(n, t, Step.IDLE), t));
            }
        }
    }

    private void release(int[] s, int t) {
        int p = participantOfThread[t];
        if (s[at(p) + STRIPE] == 0) {
            int[] n = lock(s, t, Step.RELEASE_READ);
            n[ofThread(t) + HANDLE] = 0;
            visit(--n[at(p) + LOCAL_COUNT] == 0 ? n : unlock(at(n, t, Step.IDLE), t));
        }
    }

    private long released(long word, int p) {
        if (fault == Fault.FREE_OUTSIDE_COMPARE_AND_SET) {
            return isHeldBy(word, p) ? word & ~holderBit(p) : REFUSED;
        }
        return Transitions.release(word, p, false);
    }

    /** Death, another process on the place of a dead one, and the end of an epoch. */
    private void stepParticipant(int[] s, int p) {
        if (s[at(p) + ALIVE] == 1) {
            if (s[DEATHS] < bounds.deaths) {
                int[] n = s.clone();
                n[DEATHS]++;
                n[at(p) + ALIVE] = 0;
                n[at(p) + EPOCH_OVER] = 1;
                n[at(p) + LOCAL_COUNT] = 0;
                n[at(p) + STRIPE] = 0;
                forThreadsOf(p, n, Step.GONE, Step.GONE);
                visit(n);
            }
            boolean sending = false;
            for (int t = 0; t < participantOfThread.length; t++) {
                Step step = STEPS[s[ofThread(t) + STEP]];
                sending |= participantOfThread[t] == p && (step == Step.SEND_READ || step == Step.SEND_SET);
            }
            if (s[at(p) + EPOCH_OVER] == 0 && !sending) {
                int[] n = s.clone();
                n[at(p) + EPOCH_OVER] = 1;
                visit(n);
            }
        } else if (s[at(p) + LOCKED_BY_SWEEPER] == 0) {
            int[] n = s.clone();
            n[at(p) + ALIVE] = 1;
            n[at(p) + MARKED] = 1;
            forThreadsOf(p, n, Step.JOIN_READ, Step.GONE);
            visit(n);
        }
    }

    private void stepSweeper(int[] s) {
        int[] n = s.clone();
        int p = s[SWEPT];
        n[SWEEPER_READ] = 0;
        switch (SWEEPS[s[SWEEPER_STEP]]) {
            case NOTHING -> {
                boolean over = true;
                for (int q = 0; q < participants; q++) {
                    over &= s[at(q) + EPOCH_OVER] == 1;
                    if (s[at(q) + ALIVE] == 0 && s[at(q) + MARKED] == 1) {
                        int[] reaping = s.clone();
                        reaping[SWEPT] = q;
                        reaping[at(q) + LOCKED_BY_SWEEPER] = fault == Fault.REAP_WITHOUT_LOCK ? 0 : 1;
                        visit(at(reaping, Sweep.REAP_READ));
                    }
                }
                if (over && s[EPOCH_USED] == 1) {
                    visit(at(n, Sweep.VOID_READ));
                }
                return;
            }
            case REAP_READ ->
                sweepRead(n, Transitions.release(unpack(s[WORD]), p, false), Sweep.REAP_SET, Sweep.UNMARK);
            case REAP_SET ->
                sweepSet(n, s, Transitions.release(unpack(s[SWEEPER_READ]), p, false), Sweep.REAP_READ, Sweep.UNMARK);
            case UNMARK -> {
                n[at(p) + MARKED] = 0;
                n[at(p) + LOCKED_BY_SWEEPER] = 0;
                n[SWEPT] = 0;
                visit(at(n, Sweep.NOTHING));
            }
            case VOID_READ ->
                sweepRead(n, Transitions.voidEpoch(unpack(s[WORD]), EPOCH), Sweep.VOID_SET, Sweep.FORGET_EPOCH);
            case VOID_SET ->
                sweepSet(
                        n,
                        s,
                        Transitions.voidEpoch(unpack(s[SWEEPER_READ]), EPOCH),
                        Sweep.VOID_READ,
                        Sweep.FORGET_EPOCH);
            case FORGET_EPOCH -> {
                n[EPOCH_USED] = 0;
                visit(at(n, Sweep.NOTHING));
            }
        }
        // It may die as well: its locks fall, and another begins again.
        int[] dead = s.clone();
        dead[at(p) + LOCKED_BY_SWEEPER] = 0;
        dead[SWEPT] = 0;
        dead[SWEEPER_READ] = 0;
        visit(at(dead, Sweep.NOTHING));
    }

    private void sweepRead(int[] n, long next, Sweep set, Sweep refused) {
        n[SWEEPER_READ] = next == REFUSED ? 0 : n[WORD];
        visit(at(n, next == REFUSED ? refused : set));
    }

    private void sweepSet(int[] n, int[] s, long next, Sweep again, Sweep done) {
        boolean set = s[WORD] == s[SWEEPER_READ];
        n[WORD] = set ? pack(next) : n[WORD];
        visit(at(n, set ? done : again));
    }

    private void read(int[] s, int t, long next, Step set, Step refused) {
        if (next == REFUSED && refused == Step.GONE) {
            throw new Violation(
                    "thread " + t + " cannot " + STEPS[s[ofThread(t) + STEP]] + ", the slot is " + describe(s));
        }
        int[] n = at(s, t, next == REFUSED ? refused : set);
        n[ofThread(t) + READ] = next == REFUSED ? 0 : s[WORD];
        visit(next == REFUSED && refused == Step.IDLE ? unlock(n, t) : n);
    }

    private int[] set(int[] s, int t, long next, Step done, Step again) {
        boolean unchanged = s[WORD] == s[ofThread(t) + READ];
        int[] n = at(s, t, unchanged ? done : again);
        n[ofThread(t) + READ] = 0;
        n[WORD] = unchanged ? pack(next) : n[WORD];
        n = unchanged && done == Step.IDLE ? unlock(n, t) : n;
        visit(n);
        return n;
    }

    /** The handle is the thread's: counted, and the stripe is left. */
    private int[] opened(int[] n, int t, Step step) {
        n[at(participantOfThread[t]) + LOCAL_COUNT]++;
        n[ofThread(t) + HANDLE] = n[ofThread(t) + WANTED];
        return unlock(at(n, t, step), t);
    }

    private int[] lock(int[] s, int t, Step step) {
        int[] n = at(s, t, step);
        n[at(participantOfThread[t]) + STRIPE] = 1;
        return n;
    }

    private int[] unlock(int[] n, int t) {
        n[at(participantOfThread[t]) + STRIPE] = 0;
        n[ofThread(t) + WANTED] = 0;
        n[ofThread(t) + HELD_BEFORE] = 0;
        n[ofThread(t) + READ] = 0;
        return n;
    }

    private int[] at(int[] s, int t, Step step) {
        int[] n = s.clone();
        n[ofThread(t) + STEP] = step.ordinal();
        return n;
    }

    private static int[] at(int[] s, Sweep sweep) {
        int[] n = s.clone();
        n[SWEEPER_STEP] = sweep.ordinal();
        return n;
    }

    private void forThreadsOf(int p, int[] n, Step first, Step others) {
        boolean isFirst = true;
        for (int t = 0; t < participantOfThread.length; t++) {
            if (participantOfThread[t] == p) {
                java.util.Arrays.fill(n, ofThread(t), ofThread(t) + THREAD_INTS, 0);
                n[ofThread(t) + STEP] = (isFirst ? first : others).ordinal();
                isFirst = false;
            }
        }
    }

    private long readWord(int[] s, int t) {
        return unpack(s[ofThread(t) + READ]);
    }

    private int at(int participant) {
        return PARTICIPANTS + participant * PARTICIPANT_INTS;
    }

    private int ofThread(int thread) {
        return PARTICIPANTS + participants * PARTICIPANT_INTS + thread * THREAD_INTS;
    }

    /** Without the tag a word of these small models fits into an int. */
    private static int pack(long word) {
        return state(word) << 16 | epoch(word) << 12 | inFlight(word) << 8 | (int) holdersAndFlags(word);
    }

    private static long unpack(int word) {
        return of(word >>> 16, 0, word >>> 12 & 15, word >>> 8 & 15, word & 255);
    }

    private static String describe(int[] s) {
        return OwnershipWord.toString(unpack(s[WORD])) + ", generation " + s[GENERATION];
    }
}
