package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.registry.model.Setting.Feature.ALL_FURTHER;
import static io.arrowshm.internal.registry.model.Setting.Feature.FORKS;
import static io.arrowshm.internal.registry.model.Setting.Feature.FURTHER;
import static io.arrowshm.internal.registry.model.Setting.Feature.IN_TWO_STEPS;
import static io.arrowshm.internal.registry.model.Setting.Feature.LENDS;
import static io.arrowshm.internal.registry.model.Setting.Feature.MOVES;
import static io.arrowshm.internal.registry.model.Setting.Feature.NAMES;
import static io.arrowshm.internal.registry.model.Setting.Feature.READS_BY_NAME;
import static io.arrowshm.internal.registry.model.Setting.Feature.REQUESTS;
import static io.arrowshm.internal.registry.model.Setting.Feature.SENDS;
import static io.arrowshm.internal.registry.model.Setting.Feature.SHARES;
import static io.arrowshm.internal.registry.model.Setting.Feature.TWO_NAMES;
import static io.arrowshm.internal.registry.model.Setting.Feature.TWO_SWEEPERS;
import static io.arrowshm.internal.registry.model.Setting.Feature.WRITES_OUTSIDE;

import io.arrowshm.internal.registry.model.Setting.Feature;
import io.arrowshm.internal.registry.model.State.Of;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A small model for each part of the protocol. {@code -Darrow-shm.model.more=1} lets everything happen once more on any
 * path, which makes many times the states.
 */
@SuppressWarnings("ImmutableEnumChecker") // Nobody changes what a scenario was made from.
enum Scenario {
    SENDER_AND_RECEIVER(1, new int[] {0, 1}, Set.of(SENDS), Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 3, Of.DEATHS, 3)),
    SENDER_AND_RECEIVER_IN_TWO_STEPS(
            1, new int[] {0, 1}, Set.of(SENDS, IN_TWO_STEPS), Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 2, Of.DEATHS, 1)),
    SENDER_AND_TWO_RECEIVERS(
            1, new int[] {0, 1, 2}, Set.of(SENDS), Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 2, Of.DEATHS, 1)),
    SENDER_AND_A_RECEIVER_OF_TWO_THREADS(
            1, new int[] {0, 1, 1}, Set.of(SENDS), Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 3, Of.DEATHS, 2)),
    SHARED_BY_SENDING(1, new int[] {0, 1}, Set.of(SHARES, SENDS), Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 2, Of.DEATHS, 2)),
    SHARED_BY_NAME(
            1, new int[] {0, 0, 1}, Set.of(SHARES, NAMES), Map.of(Of.ALLOCATIONS, 1, Of.PUBLICATIONS, 1, Of.DEATHS, 1)),
    NAME_OF_A_SLOT_USED_AGAIN(
            1, new int[] {0, 1}, Set.of(NAMES), Map.of(Of.ALLOCATIONS, 3, Of.PUBLICATIONS, 3, Of.DEATHS, 2)),
    NAME_TAKEN_OVER_BY_ANOTHER_SLOT(
            2, new int[] {0, 1}, Set.of(NAMES), Map.of(Of.ALLOCATIONS, 2, Of.PUBLICATIONS, 2, Of.DEATHS, 1)),
    NAME_OPENED_BY_TWO_THREADS(
            1, new int[] {0, 1, 1}, Set.of(NAMES), Map.of(Of.ALLOCATIONS, 2, Of.PUBLICATIONS, 2, Of.DEATHS, 1)),
    ONE_SLOT_UNDER_TWO_NAMES(
            1, new int[] {0, 1}, Set.of(NAMES, TWO_NAMES), Map.of(Of.ALLOCATIONS, 2, Of.PUBLICATIONS, 3, Of.DEATHS, 2)),
    TWO_SLOTS_UNDER_TWO_NAMES(
            2, new int[] {0, 1}, Set.of(NAMES, TWO_NAMES), Map.of(Of.ALLOCATIONS, 2, Of.PUBLICATIONS, 3, Of.DEATHS, 1)),
    LENT_TO_A_READER(
            1, new int[] {0, 1}, Set.of(LENDS), Map.of(Of.ALLOCATIONS, 3, Of.LOANS, 2, Of.TRIMS, 1, Of.DEATHS, 1)),
    READ_BY_NAME(1, new int[] {0}, Set.of(LENDS, READS_BY_NAME), Map.of(Of.ALLOCATIONS, 2, Of.TRIMS, 1, Of.DEATHS, 1)),
    COPIED_BY_NAME(
            1,
            new int[] {0},
            Set.of(LENDS, READS_BY_NAME, MOVES),
            Map.of(Of.ALLOCATIONS, 2, Of.TRIMS, 1, Of.MOVES, 1, Of.DEATHS, 1)),
    MOVED_TO_ANOTHER_SLAB(
            1,
            new int[] {0, 1},
            Set.of(LENDS, MOVES),
            Map.of(Of.ALLOCATIONS, 2, Of.LOANS, 1, Of.TRIMS, 1, Of.MOVES, 1, Of.DEATHS, 1)),
    SHARED_AND_LENT(
            1,
            new int[] {0, 1},
            Set.of(SHARES, LENDS, SENDS),
            Map.of(Of.ALLOCATIONS, 1, Of.LOANS, 1, Of.SENDS, 1, Of.DEATHS, 1)),
    WRITTEN_UNDER_A_LEASE(
            1,
            new int[] {0, 1},
            Set.of(SHARES, LENDS, WRITES_OUTSIDE, SENDS),
            Map.of(Of.ALLOCATIONS, 1, Of.LOANS, 1, Of.SENDS, 1, Of.DEATHS, 1)),
    /** One participant, and a slot that is used again. */
    WRITTEN_UNDER_A_LEASE_THAT_OUTLIVES_ITS_SEGMENT(
            1,
            new int[] {0},
            Set.of(SHARES, LENDS, WRITES_OUTSIDE),
            Map.of(Of.ALLOCATIONS, 2, Of.LOANS, 2, Of.TRIMS, 1, Of.DEATHS, 2)),
    ALL_FURTHER_AND_WRITTEN_UNDER_A_LEASE(
            1,
            new int[] {0},
            Set.of(SHARES, LENDS, WRITES_OUTSIDE, ALL_FURTHER),
            Map.of(Of.ALLOCATIONS, 1, Of.LOANS, 1, Of.DEATHS, 1)),
    FORKED_WHILE_IT_WRITES(
            1,
            new int[] {0, 1},
            Set.of(SHARES, LENDS, FORKS, SENDS),
            Map.of(Of.ALLOCATIONS, 1, Of.FORKS, 1, Of.SENDS, 1, Of.DEATHS, 1)),
    REQUEST_CARRIED_OUT_BY_EITHER(2, new int[] {0, 1}, Set.of(REQUESTS), Map.of(Of.ALLOCATIONS, 2, Of.DEATHS, 2)),
    FURTHER_SENDER_AND_RECEIVER(
            1, new int[] {0, 1}, Set.of(SENDS, FURTHER), Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 2, Of.DEATHS, 2)),
    SENDER_AND_TWO_FURTHER_RECEIVERS(
            1, new int[] {0, 1, 2}, Set.of(SENDS, FURTHER), Map.of(Of.ALLOCATIONS, 1, Of.SENDS, 2, Of.DEATHS, 1)),
    FURTHER_PARTICIPANT_OF_TWO_THREADS(
            1, new int[] {0, 0}, Set.of(SENDS, ALL_FURTHER), Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 1, Of.DEATHS, 1)),
    ALL_FURTHER_IN_TWO_STEPS(
            1,
            new int[] {0, 1},
            Set.of(SENDS, ALL_FURTHER, IN_TWO_STEPS),
            Map.of(Of.ALLOCATIONS, 1, Of.SENDS, 2, Of.DEATHS, 1)),
    ALL_FURTHER_AND_SHARED(
            1,
            new int[] {0, 1},
            Set.of(SHARES, SENDS, ALL_FURTHER),
            Map.of(Of.ALLOCATIONS, 1, Of.SENDS, 2, Of.DEATHS, 1)),
    ALL_FURTHER_AND_NAMED(
            1,
            new int[] {0, 1},
            Set.of(NAMES, ALL_FURTHER),
            Map.of(Of.ALLOCATIONS, 2, Of.PUBLICATIONS, 2, Of.DEATHS, 1)),
    ALL_FURTHER_AND_LENT(
            1,
            new int[] {0, 1},
            Set.of(LENDS, ALL_FURTHER),
            Map.of(Of.ALLOCATIONS, 2, Of.LOANS, 1, Of.TRIMS, 1, Of.DEATHS, 1)),
    ALL_FURTHER_SWEPT_BY_TWO(
            1,
            new int[] {0, 1},
            Set.of(SENDS, ALL_FURTHER, TWO_SWEEPERS),
            Map.of(Of.ALLOCATIONS, 2, Of.SENDS, 1, Of.DEATHS, 1)),
    /** As in a pool, where every participant sweeps. */
    SWEPT_BY_TWO(
            1,
            new int[] {0, 1},
            Set.of(LENDS, SENDS, TWO_SWEEPERS),
            Map.of(Of.ALLOCATIONS, 2, Of.LOANS, 1, Of.SENDS, 1, Of.DEATHS, 1));

    private static final int MORE = Integer.getInteger("arrow-shm.model.more", 0);

    private final int slots;
    private final int[] participantOfThread;
    private final Set<Feature> features;
    private final Map<Of, Integer> budgets;

    Scenario(int slots, int[] participantOfThread, Set<Feature> features, Map<Of, Integer> budgets) {
        this.slots = slots;
        this.participantOfThread = participantOfThread;
        this.features = features;
        this.budgets = budgets;
    }

    /** The one that is to find a fault. */
    static Scenario thatFinds(Fault fault) {
        return switch (fault) {
            case NONE -> throw new IllegalArgumentException("nothing is to be found");
            case RECEIVE_WITHOUT_SECOND_COMPARISON, REAP_WITHOUT_LOCK, FREE_OUTSIDE_COMPARE_AND_SET ->
                SENDER_AND_RECEIVER;
            case RECEIVE_OUTSIDE_THE_STRIPE -> SENDER_AND_A_RECEIVER_OF_TWO_THREADS;
            case SEAL_WITHOUT_LOOKING_AT_OTHERS,
                    LENGTH_WRITTEN_BY_WHO_MAY_NOT_SEAL,
                    LOOK_FOR_WRITE_ACCESS_BEFORE_THE_HOLD -> SHARED_BY_SENDING;
            case SEAL_BESIDE_ANOTHER_THREAD -> SHARED_BY_NAME;
            case OPEN_WITHOUT_SECOND_COMPARISON -> NAME_OF_A_SLOT_USED_AGAIN;
            case BIT_OF_A_NAME_CLEARED_BEFORE_THE_FILE_IS_GONE,
                    NAME_FILE_WRITTEN_BEFORE_THE_BIT_IS_SET,
                    REPAIR_WITHOUT_LOCK,
                    NO_REPAIR_OF_NAMES -> NAME_TAKEN_OVER_BY_ANOTHER_SLOT;
            case NAME_COUNTED_AFTER_ITS_FILE_IS_WRITTEN,
                    BIT_CLEARED_WHILE_ANOTHER_NAME_IS_COUNTED,
                    BIT_CLEARED_BEFORE_THE_COUNT -> ONE_SLOT_UNDER_TWO_NAMES;
            case REQUEST_NOT_LOOKED_FOR_AGAIN,
                    ANSWER_WRITTEN_AFTER_THE_MANIFEST,
                    FILE_OF_A_REQUEST_DELETED_BEFORE_IT_IS_PUBLISHED,
                    NAMES_CHANGED_BEFORE_THE_REPAIR -> REQUEST_CARRIED_OUT_BY_EITHER;
            case ANNOUNCED_AFTER_THE_CLAIM,
                    CLAIM_LEAVES_THE_MARK_OF_WHO_LOOKS,
                    NONE_LEFT_WHATEVER_THE_MARK,
                    NOBODY_LOOKS_AFTER_A_REFUSED_CLAIM,
                    REAPER_DOES_NOT_LOOK -> FURTHER_SENDER_AND_RECEIVER;
            case BIT_OF_ANOTHER_THREAD_WITHDRAWN -> FURTHER_PARTICIPANT_OF_TWO_THREADS;
            case TWO_LOOK_IN_ONE_NAME -> ALL_FURTHER_SWEPT_BY_TWO;
            case LOCKS_IN_TWO_ORDERS -> NAME_OPENED_BY_TWO_THREADS;
            case ALLOCATE_WITHOUT_LEASE_TEST,
                    LEASE_TEST_BEFORE_THE_NEW_GENERATION,
                    LENT_MARK_FORGOTTEN_BEFORE_THE_LEASE_TEST,
                    LEND_WITHOUT_MARK,
                    READER_COMPARES_BEFORE_IT_LOCKS,
                    UNBACK_WITHOUT_LEASE_TEST,
                    UNBACK_WITHOUT_NEW_GENERATION,
                    FREE_BEFORE_BACKED -> LENT_TO_A_READER;
            case READER_BY_NAME_MARKS_NOTHING,
                    READER_BY_NAME_COMPARES_BEFORE_IT_LOCKS,
                    READER_BY_NAME_LOCKS_BEFORE_IT_MARKS,
                    READER_BY_NAME_MARKS_AFTER_IT_COMPARED,
                    READER_BY_NAME_TAKES_ITS_MARK_BACK,
                    READER_BY_NAME_LEAVES_THE_FLAG_OUT -> READ_BY_NAME;
            case WRITER_OUTSIDE_LOOKS_BEFORE_IT_LOCKS,
                    SEAL_WITHOUT_KEEPING_WRITERS_OFF,
                    NOT_LENT_AGAIN_AFTER_A_REFUSED_SEAL -> WRITTEN_UNDER_A_LEASE;
            case ONLY_WHAT_IS_LENT_IS_SEALED_UNDER_THE_LOCK -> FORKED_WHILE_IT_WRITES;
            case COPY_COMPARED_ONLY_BEFORE, UNBACK_BEFORE_THE_LEASE_TEST -> COPIED_BY_NAME;
            case MOVE_WHILE_FREE, LOOK_FOR_THE_SLAB_BEFORE_THE_CLAIM -> MOVED_TO_ANOTHER_SLAB;
        };
    }

    Model model(Fault fault) {
        Setting setting = new Setting(fault, slots, features);
        int participants = participantOfThread[participantOfThread.length - 1] + 1;
        List<Actor> actors = new ArrayList<>();
        List<Program> ofThreads = programsOfThreads(setting);
        for (int thread = 0; thread < participantOfThread.length; thread++) {
            int participant = participantOfThread[thread];
            actors.add(new Actor("thread " + thread + " of participant " + participant, participant, ofThreads));
        }
        List<Program> ofSweepers = programsOfSweeper(setting);
        actors.add(new Actor("sweeper", participants, ofSweepers));
        if (features.contains(TWO_SWEEPERS)) {
            actors.add(new Actor("second sweeper", participants + 1, ofSweepers));
        }
        if (features.contains(LENDS)) {
            actors.addAll(readersOutside(setting, participants + 2));
        }
        Map<Of, Integer> enlarged = new HashMap<>(budgets);
        enlarged.replaceAll((budget, times) -> times + MORE);
        return new Model(setting, participants, actors, enlarged);
    }

    private List<Actor> readersOutside(Setting setting, int process) {
        LendPrograms lending = new LendPrograms(setting);
        if (features.contains(FORKS)) {
            return List.of(new Actor("child", process, List.of(new WritePrograms(setting).end())));
        }
        if (features.contains(WRITES_OUTSIDE)) {
            return List.of(new Actor("writer outside", process, List.of(new WritePrograms(setting).write())));
        }
        if (!features.contains(READS_BY_NAME)) {
            return List.of(new Actor("reader outside", process, List.of(lending.read())));
        }
        if (features.contains(MOVES)) {
            return List.of(new Actor("reader outside", process, List.of(lending.readByName(), lending.copyByName())));
        }
        List<Program> reading = List.of(lending.readByName());
        return List.of(
                new Actor("reader outside", process, reading),
                new Actor("second reader outside", process + 1, reading));
    }

    private List<Program> programsOfThreads(Setting setting) {
        OwnershipPrograms ownership = new OwnershipPrograms(setting);
        List<Program> programs = new ArrayList<>(List.of(ownership.allocate(), ownership.seal(), ownership.release()));
        if (features.contains(SENDS)) {
            programs.addAll(List.of(ownership.send(), ownership.receive()));
        }
        if (features.contains(SHARES)) {
            programs.add(ownership.share());
        }
        if (features.contains(NAMES)) {
            NamePrograms names = new NamePrograms(setting);
            programs.addAll(List.of(names.publish(), names.unname(), names.open()));
        }
        if (features.contains(REQUESTS)) {
            RequestPrograms requests = new RequestPrograms(setting);
            programs.addAll(List.of(requests.carryOut(), requests.delete()));
        }
        if (features.contains(LENDS)) {
            LendPrograms lending = new LendPrograms(setting);
            programs.addAll(List.of(lending.lend(), lending.trim(), lending.back()));
            if (features.contains(MOVES)) {
                programs.add(lending.move());
            }
            if (features.contains(FORKS)) {
                int child = participantOfThread.length + (features.contains(TWO_SWEEPERS) ? 2 : 1);
                programs.add(new WritePrograms(setting).fork(child));
            }
        }
        return programs;
    }

    private List<Program> programsOfSweeper(Setting setting) {
        SweepPrograms sweep = new SweepPrograms(setting);
        List<Program> programs = new ArrayList<>(List.of(sweep.reap()));
        if (features.contains(SENDS)) {
            programs.add(sweep.voidEpoch());
        }
        if (features.contains(NAMES)) {
            programs.add(new NamePrograms(setting).repair());
        }
        if (features.contains(REQUESTS)) {
            programs.addAll(List.of(new RequestPrograms(setting).settle(), new NamePrograms(setting).repair()));
        }
        if (features.contains(LENDS)) {
            programs.add(new LendPrograms(setting).returnLent());
        }
        return programs;
    }
}
