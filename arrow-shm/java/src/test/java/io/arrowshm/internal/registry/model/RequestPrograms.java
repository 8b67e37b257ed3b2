package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.state;
import static io.arrowshm.internal.registry.model.Program.END;
import static io.arrowshm.internal.registry.model.Program.NEXT;

import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfSlot;

/**
 * One request of a runtime that is no participant, for a dataset that is called by the first name, as {@code Requests} and
 * {@code Names.carryOut} do it. What a participant holds stands for its copy of the request's file; slot and generation
 * stand for the id and the revision of what is published.
 */
final class RequestPrograms {
    private static final int FIRST_NAME = 0;

    private final Setting setting;

    RequestPrograms(Setting setting) {
        this.setting = setting;
    }

    /** By who has copied the file: the answer aside, the dataset, then what completes the request. */
    Program carryOut() {
        boolean answersLate = setting.has(Fault.ANSWER_WRITTEN_AFTER_THE_MANIFEST);
        boolean deletesEarly = setting.has(Fault.FILE_OF_A_REQUEST_DELETED_BEFORE_IT_IS_PUBLISHED);
        Program program = setting.program("carry out", (turn, choice) -> {
                    boolean hasCopy = turn.isHolding() && state(turn.word()) == SEALED;
                    if (hasCopy && turn.state().get(Of.REQUEST) == 1) {
                        choice.take(turn.slot(), FIRST_NAME);
                    }
                })
                .step(
                        "lock the request",
                        turn -> turn.lock(Of.REQUEST_LOCK),
                        turn -> turn.state().get(Of.REQUEST) == 1 ? NEXT : END)
                .step("ask for a repair", this::takesNamesLock, turn -> {
                    turn.state().set(Of.REPAIR_DUE, 1);
                    boolean isThere = turn.state().get(Of.REQUEST) == 1;
                    return isThere || setting.has(Fault.REQUEST_NOT_LOOKED_FOR_AGAIN) ? NEXT : "withdraw";
                });
        if (deletesEarly) {
            program.step("delete the file, too early", turn -> set(turn, Of.REQUEST_FILE, 0));
        }
        if (!answersLate) {
            program.step("write the answer aside", RequestPrograms::decide);
        }
        program.change(
                        "set the bit",
                        (turn, word) -> ShippedTransitions.name(word, turn.place()),
                        (turn, named) -> named ? NEXT : "withdraw")
                .step("count it", turn -> {
                    turn.set(OfSlot.NAMES, turn.get(OfSlot.NAMES) + 1);
                    return NEXT;
                })
                .step("rename the manifest", turn -> {
                    NamePrograms.setFile(turn, turn.slot() + 1, turn.get(OfActor.HANDLE));
                    turn.state().set(Of.TIMES_PUBLISHED, turn.state().get(Of.TIMES_PUBLISHED) + 1);
                    return NEXT;
                });
        if (answersLate) {
            program.step("write the answer aside, too late", RequestPrograms::decide);
        }
        return addCompletion(program).step("withdraw", RequestPrograms::withdraw);
    }

    /** Somebody deletes what the request has published. */
    Program delete() {
        Program program = setting.program("delete the dataset", (turn, choice) -> {
                    int slot = NamePrograms.slot(turn.state(), FIRST_NAME) - 1;
                    if (!turn.isHolding() && slot >= 0) {
                        choice.take(slot, FIRST_NAME);
                    }
                })
                .step("ask for a repair", this::takesNamesLock, turn -> {
                    turn.state().set(Of.REPAIR_DUE, 1);
                    boolean isThere = NamePrograms.slot(turn.state(), FIRST_NAME) == turn.slot() + 1;
                    turn.set(OfActor.REGISTER, turn.slot() + 1);
                    return isThere ? NEXT : "withdraw";
                })
                .step("remove the manifest", turn -> {
                    NamePrograms.setFile(turn, 0, 0);
                    return NEXT;
                });
        return new NamePrograms(setting)
                .addUncount(program, () -> "withdraw")
                .step("withdraw", RequestPrograms::withdraw);
    }

    /** {@code IncomingFiles.settle}, in a repair that is due: what somebody has decided who died. */
    Program settle() {
        Program program = setting.program("settle", (turn, choice) -> {
                    if (turn.state().get(Of.REPAIR_DUE) == 1) {
                        choice.take(0, FIRST_NAME);
                    }
                })
                .step("look for answers aside", turn -> turn.lock(Of.NAMES_LOCK), turn -> {
                    State state = turn.state();
                    if (state.get(Of.DECIDED_SLOT) == 0) {
                        return "withdraw";
                    }
                    boolean isPublished = state.get(Of.DECIDED_SLOT) == NamePrograms.slot(state, FIRST_NAME)
                            && state.get(Of.DECIDED_GENERATION) == NamePrograms.generation(state, FIRST_NAME);
                    return isPublished ? NEXT : "undo";
                });
        return addCompletion(program)
                .step("withdraw", RequestPrograms::withdraw)
                .step("undo", turn -> {
                    turn.state().set(Of.DECIDED_SLOT, 0);
                    turn.state().set(Of.DECIDED_GENERATION, 0);
                    return "withdraw";
                });
    }

    private static Program addCompletion(Program program) {
        return program.step("delete the file", turn -> set(turn, Of.REQUEST_FILE, 0))
                .step("delete the request", turn -> set(turn, Of.REQUEST, 0))
                .step("show the answer", turn -> {
                    turn.state().set(Of.DECIDED_SLOT, 0);
                    turn.state().set(Of.DECIDED_GENERATION, 0);
                    return set(turn, Of.ANSWERED, 1);
                });
    }

    /** Whoever changes names repairs first: it waits here until somebody has. */
    private boolean takesNamesLock(Turn turn) {
        boolean isRepaired = turn.state().get(Of.REPAIR_DUE) == 0 || setting.has(Fault.NAMES_CHANGED_BEFORE_THE_REPAIR);
        return turn.lock(Of.NAMES_LOCK) && isRepaired;
    }

    private static String decide(Turn turn) {
        turn.state().set(Of.DECIDED_SLOT, turn.slot() + 1);
        return set(turn, Of.DECIDED_GENERATION, turn.get(OfActor.HANDLE));
    }

    private static String withdraw(Turn turn) {
        turn.state().set(Of.REPAIR_DUE, 0);
        return END;
    }

    private static String set(Turn turn, Of field, int value) {
        turn.state().set(field, value);
        return NEXT;
    }
}
