package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.registry.model.Program.END;
import static io.arrowshm.internal.registry.model.Program.NEXT;

import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfProcess;

/** Taking back what the dead have left, as {@code Sweeper}, {@code Participants} and {@code Epochs} do. */
final class SweepPrograms {
    private final Setting setting;

    SweepPrograms(Setting setting) {
        this.setting = setting;
    }

    /** {@code Participants.reapDead} with {@code Sweeper.reap}, for one dead participant. */
    Program reap() {
        Program program = setting.program("reap", (turn, choice) -> {
                    for (int participant = 0; participant < turn.participants(); participant++) {
                        boolean dead = turn.state().get(OfProcess.ALIVE, participant) == 0;
                        if (dead && turn.state().get(OfProcess.MARKED, participant) == 1) {
                            choice.take(0, participant);
                        }
                    }
                })
                .step(
                        "lock the place",
                        turn -> setting.has(Fault.REAP_WITHOUT_LOCK) || turn.lockPlace(turn.wanted()),
                        turn -> NEXT);
        return addReap(program).step("clear the mark", turn -> {
            turn.state().set(OfProcess.MARKED, turn.wanted(), 0);
            return END;
        });
    }

    /** {@code PoolCore}: a process that takes a dead participant's place reaps before it uses the place. */
    Program join() {
        return addReap(setting.program("join", (turn, choice) -> {})).step("reaped", turn -> END);
    }

    /** {@code Epochs.voidEnded} with {@code Sweeper.sweep}: the sender's epoch and its receivers' are over. */
    Program voidEpoch() {
        return setting.program("void the epoch", (turn, choice) -> {
                    boolean over = turn.state().get(Of.EPOCH_USED) == 1;
                    for (int participant = 0; participant < turn.participants(); participant++) {
                        over &= turn.state().get(OfProcess.EPOCH_OVER, participant) == 1;
                    }
                    if (over) {
                        choice.take(0, 0);
                    }
                })
                .change(
                        "void",
                        Turn::lockEpoch,
                        (turn, word) -> ShippedTransitions.voidEpoch(word, OwnershipPrograms.EPOCH),
                        (turn, done) -> isAtNextSlot(turn) ? "void" : NEXT)
                .step("give the index back", turn -> {
                    // Else another sweeper is at it: later, by whoever is alone.
                    if (turn.isAloneWithEpoch()) {
                        turn.state().set(Of.EPOCH_USED, 0);
                    }
                    return END;
                });
    }

    private Program addReap(Program program) {
        return new OwnershipPrograms(setting).addReap(program, turn -> isAtNextSlot(turn) ? "give up" : program.last());
    }

    private boolean isAtNextSlot(Turn turn) {
        boolean isLast = turn.slot() + 1 == setting.slots();
        turn.set(OfActor.SLOT, isLast ? 0 : turn.slot() + 1);
        return !isLast;
    }
}
