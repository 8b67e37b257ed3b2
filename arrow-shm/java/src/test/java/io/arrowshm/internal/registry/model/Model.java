package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.of;

import io.arrowshm.internal.registry.model.Setting.Feature;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfProcess;
import io.arrowshm.internal.registry.model.State.OfProcessSlot;
import io.arrowshm.internal.registry.model.State.OfSlot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Slots, processes and actors, and every step that can be taken from a state: any actor's next one; the death of any
 * process, between any two steps (to stall is to take no step); another process on the place of a dead participant; the
 * end of a participant's epoch. Processes that are no participants die at no cost, and another begins again.
 */
final class Model {
    /** Who takes what comes next from a state. */
    interface Successors {
        void accept(State next, String actor, String step, boolean isDeath);
    }

    private static final int REST = 0;
    private static final int GONE = 1;
    private static final int FIRST_PLACE = 2;

    private final Setting setting;
    private final int participants;
    private final List<Actor> actors;
    private final int processes;
    private final Map<Of, Integer> budgets;
    private final Program join;
    private final Map<Program, Integer> placeOfProgram = new LinkedHashMap<>();
    private final List<Program> programAtPlace = new ArrayList<>();

    Model(Setting setting, int participants, List<Actor> actors, Map<Of, Integer> budgets) {
        this.setting = setting;
        this.participants = participants;
        this.actors = List.copyOf(actors);
        this.processes = 1 + actors.stream().mapToInt(Actor::process).max().orElseThrow();
        this.budgets = Map.copyOf(budgets);
        join = new SweepPrograms(setting).join();
        addPlaces(join);
        actors.forEach(actor -> actor.programs().forEach(this::addPlaces));
    }

    Setting setting() {
        return setting;
    }

    int slots() {
        return setting.slots();
    }

    int participants() {
        return participants;
    }

    int actors() {
        return actors.size();
    }

    Actor actor(int actor) {
        return actors.get(actor);
    }

    int processes() {
        return processes;
    }

    /** All slots free with memory, all participants alive. */
    State start() {
        State state = State.zero(this);
        for (int slot = 0; slot < slots(); slot++) {
            state.setWord(slot, of(FREE, 0, 0, 0, 0));
            state.set(OfSlot.BACKED, slot, 1);
        }
        for (int process = 0; process < processes(); process++) {
            state.set(OfProcess.ALIVE, process, 1);
            state.set(OfProcess.MARKED, process, process < participants ? 1 : 0);
        }
        state.set(Of.EPOCH_USED, 1);
        boolean isAsked = setting.has(Feature.REQUESTS);
        state.set(Of.REQUEST, isAsked ? 1 : 0);
        state.set(Of.REQUEST_FILE, isAsked ? 1 : 0);
        budgets.forEach(state::set);
        return state;
    }

    /** Whether nobody is in the middle of anything and every process lives. */
    boolean isAtRest(State state) {
        boolean rest = true;
        for (int actor = 0; actor < actors(); actor++) {
            rest &= state.get(OfActor.PLACE, actor) <= GONE;
        }
        return rest && allLive(state);
    }

    /** Whether no participant has died yet, on the way to this state. */
    boolean isFirstLife(State state) {
        return state.get(Of.DEATHS) == budgets.getOrDefault(Of.DEATHS, 0);
    }

    boolean allLive(State state) {
        boolean all = true;
        for (int process = 0; process < participants; process++) {
            all &= state.get(OfProcess.ALIVE, process) == 1;
        }
        return all;
    }

    void successors(State state, Successors to) {
        for (int actor = 0; actor < actors(); actor++) {
            int place = state.get(OfActor.PLACE, actor);
            if (place == REST) {
                begin(state, actor, to);
            } else if (place != GONE) {
                Program program = programAtPlace.get(place - FIRST_PLACE);
                run(state.copy(), actor, program, place - placeOfProgram.get(program), to);
            }
            if (place > GONE && actors.get(actor).process() >= participants) {
                State next = state.copy();
                fall(next, actor, REST);
                to.accept(next, actors.get(actor).name(), "dies, and another begins again", true);
            }
        }
        for (int participant = 0; participant < participants; participant++) {
            if (state.get(OfProcess.ALIVE, participant) == 1) {
                die(state, participant, to);
                endEpoch(state, participant, to);
            } else if (state.get(OfProcess.SWEPT, participant) == 0) {
                takePlace(state, participant, to);
            }
        }
    }

    private void begin(State state, int actor, Successors to) {
        Turn turn = new Turn(state, actor, actors.get(actor).process(), setting);
        for (Program program : actors.get(actor).programs()) {
            program.choices().offer(turn, (slot, wanted) -> {
                State next = state.copy();
                next.set(OfActor.SLOT, actor, slot);
                next.set(OfActor.WANTED, actor, wanted);
                run(next, actor, program, 0, to);
            });
        }
    }

    private void run(State next, int actor, Program program, int step, Successors to) {
        Actor who = actors.get(actor);
        String then;
        try {
            then = program.run(step, new Turn(next, actor, who.process(), setting));
        } catch (Violation e) {
            throw new Violation(e.getMessage() + "\n  last: " + who.name() + ' ' + program.describe(step));
        }
        if (then.equals(Program.BLOCKED)) {
            return;
        }
        if (then.equals(Program.END)) {
            rest(next, actor);
        } else {
            next.set(OfActor.PLACE, actor, placeOfProgram.get(program) + program.indexOf(then, step));
        }
        to.accept(next, who.name(), program.describe(step), false);
    }

    /** Only a handle outlasts a program. */
    private static void rest(State state, int actor) {
        int slot = state.get(OfActor.SLOT, actor);
        int handle = state.get(OfActor.HANDLE, actor);
        int writable = state.get(OfActor.WRITABLE, actor);
        int slab = state.get(OfActor.SLAB, actor);
        state.unlockAll(actor);
        state.forget(actor, REST);
        if (handle != 0) {
            state.set(OfActor.SLOT, actor, slot);
            state.set(OfActor.HANDLE, actor, handle);
            state.set(OfActor.WRITABLE, actor, writable);
            state.set(OfActor.SLAB, actor, slab);
        }
    }

    private void fall(State state, int actor, int place) {
        state.unlockAll(actor);
        for (int slot = 0; slot < slots(); slot++) {
            state.set(OfSlot.LEASES, slot, state.get(OfSlot.LEASES, slot) & ~(1 << actor));
            int writers = state.get(OfSlot.WRITERS, slot) & ~(1 << actor);
            state.set(OfSlot.WRITERS, slot, writers == State.EXCLUSIVE ? 0 : writers);
        }
        state.forget(actor, place);
    }

    private void die(State state, int participant, Successors to) {
        if (state.get(Of.DEATHS) == 0) {
            return;
        }
        State next = state.copy();
        next.set(Of.DEATHS, state.get(Of.DEATHS) - 1);
        next.set(OfProcess.ALIVE, participant, 0);
        next.set(OfProcess.EPOCH_OVER, participant, 1);
        for (int actor = 0; actor < actors(); actor++) {
            if (actors.get(actor).process() == participant) {
                fall(next, actor, GONE);
            }
        }
        for (int slot = 0; slot < slots(); slot++) {
            next.set(OfProcessSlot.LOCAL_COUNT, participant, slot, 0);
        }
        to.accept(next, "participant " + participant, "dies", true);
    }

    /** Nobody of that process sends at that moment: an operator ends its epoch when it sends no more. */
    private void endEpoch(State state, int participant, Successors to) {
        if (!setting.has(Feature.SENDS) || state.get(OfProcess.EPOCH_OVER, participant) == 1) {
            return;
        }
        for (int actor = 0; actor < actors(); actor++) {
            boolean busy = state.get(OfActor.PLACE, actor) > GONE && state.get(OfActor.HANDLE, actor) != 0;
            if (busy && actors.get(actor).process() == participant) {
                return;
            }
        }
        State next = state.copy();
        next.set(OfProcess.EPOCH_OVER, participant, 1);
        to.accept(next, "participant " + participant, "ends its epoch", false);
    }

    /** Its first thread takes the place and reaps before the place is used. */
    private void takePlace(State state, int participant, Successors to) {
        State next = state.copy();
        next.set(OfProcess.ALIVE, participant, 1);
        next.set(OfProcess.MARKED, participant, 1);
        for (int actor = 0; actor < actors(); actor++) {
            if (actors.get(actor).process() == participant) {
                next.set(OfActor.PLACE, actor, placeOfProgram.get(join));
                next.set(OfActor.WANTED, actor, participant);
                break;
            }
        }
        to.accept(next, "participant " + participant, "takes the place of a dead one", false);
    }

    private void addPlaces(Program program) {
        if (placeOfProgram.putIfAbsent(program, FIRST_PLACE + programAtPlace.size()) == null) {
            for (int step = 0; step < program.size(); step++) {
                programAtPlace.add(program);
            }
        }
    }
}
