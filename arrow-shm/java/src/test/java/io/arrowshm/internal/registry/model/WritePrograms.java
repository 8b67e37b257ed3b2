package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.MUTABLE;
import static io.arrowshm.internal.layout.OwnershipWord.state;
import static io.arrowshm.internal.registry.model.Program.END;
import static io.arrowshm.internal.registry.model.Program.NEXT;

import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.Setting.Feature;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfSlot;

/** Writing under a lease, by runtimes that are no participants and by forked children, and sealing beside them. */
final class WritePrograms {
    private final Setting setting;

    WritePrograms(Setting setting) {
        this.setting = setting;
    }

    /** A runtime outside that writes what is shared: a lease, the lock of those who write, and a look at the word then. */
    Program write() {
        Program program = setting.program("write", setting.anyOf(OfSlot.TOLD));
        boolean looksBefore = setting.has(Fault.WRITER_OUTSIDE_LOOKS_BEFORE_IT_LOCKS);
        LendPrograms.addLock(program);
        LendPrograms.addComparison(program);
        if (looksBefore) {
            program.step("look, without the lock", turn -> {
                turn.set(OfActor.REGISTER, isWritable(turn) ? 1 : 0);
                return NEXT;
            });
        }
        return addUnlock(program.step("lock to write", Turn::lockToWrite, turn -> NEXT)
                .step("look", turn -> {
                    boolean may = looksBefore ? turn.get(OfActor.REGISTER) == 1 : isWritable(turn);
                    turn.set(OfActor.REGISTER, 0);
                    turn.set(OfActor.WRITABLE, may && turn.isHolding() ? 1 : 0);
                    return NEXT;
                }));
    }

    /**
     * A participant forks, and its child goes on writing what it may write: under locks that the parent takes for it
     * before, which are the child's alone then.
     */
    Program fork(int child) {
        return setting.program("fork", Setting.holding(Of.FORKS))
                .step("remember", turn -> turn.get(OfActor.WRITABLE) == 1 && turn.spend(Of.FORKS), turn -> {
                    turn.set(OfSlot.LENT, 1);
                    turn.state().set(Of.EVER_LENT, 1);
                    return NEXT;
                })
                .change(
                        "lend, if it is shared",
                        (turn, word) -> ShippedTransitions.lend(word, turn.place()),
                        (turn, lent) -> NEXT)
                .step("lease for the child", turn -> {
                    LendPrograms.lease(turn, true);
                    return NEXT;
                })
                .step("lock to write for the child", Turn::lockToWrite, turn -> NEXT)
                .step("fork", turn -> {
                    turn.set(OfSlot.LEASES, 1 << child);
                    turn.set(OfSlot.WRITERS, 1 << child);
                    turn.state().set(OfActor.SLOT, child, turn.slot());
                    turn.state().set(OfActor.HANDLE, child, turn.get(OfActor.HANDLE));
                    turn.state().set(OfActor.WRITABLE, child, 1);
                    return END;
                });
    }

    /** The end of a child that was forked. */
    Program end() {
        return addUnlock(setting.program("end", Setting.holding()));
    }

    /** {@code Ownership.trySealWithoutWriters}, before it seals. The caller adds the step "seal", which follows. */
    void addRecall(Program program) {
        if (!isModelled()) {
            return;
        }
        String ifBuilt = setting.has(Feature.FORKS) ? "may a child write it?" : "seal";
        String ifShared = setting.has(Fault.SEAL_WITHOUT_KEEPING_WRITERS_OFF) ? "recall" : "keep writers off";
        program.step("was it shared?", turn -> {
            if (state(turn.word()) == BUILDING) {
                return ifBuilt;
            }
            boolean isLent = (turn.word() & FOREIGN) != 0;
            return isLent || !setting.has(Fault.ONLY_WHAT_IS_LENT_IS_SEALED_UNDER_THE_LOCK) ? ifShared : "seal";
        });
        if (setting.has(Feature.FORKS)) {
            program.step("may a child write it?", turn -> turn.get(OfSlot.WRITERS) == 0 ? "seal" : END);
        }
        if (!setting.has(Fault.SEAL_WITHOUT_KEEPING_WRITERS_OFF)) {
            program.step("keep writers off", turn -> turn.tryKeepWritersOff() ? NEXT : END);
        }
        program.change("recall", (turn, word) -> ShippedTransitions.recall(word, turn.place()), (turn, recalled) -> {
            turn.set(OfActor.REGISTER, recalled ? 1 : 0);
            return NEXT;
        });
    }

    /** What it does when it has sealed or was refused. */
    Program addLendAgain(Program program) {
        if (!isModelled()) {
            return program;
        }
        return program.change(
                        "lend again", (turn, word) -> ShippedTransitions.lend(word, turn.place()), (turn, lent) -> NEXT)
                .step("let writers on", turn -> {
                    turn.unlockWriters();
                    return END;
                });
    }

    /** The step that follows then. */
    String afterSeal(Turn turn, boolean isSealed) {
        boolean isForgotten = setting.has(Fault.NOT_LENT_AGAIN_AFTER_A_REFUSED_SEAL) && !isSealed;
        if (turn.get(OfActor.REGISTER) == 1 && !isForgotten) {
            return "lend again";
        }
        return turn.keepsWritersOff() ? "let writers on" : END;
    }

    /** Else nobody outside can write. */
    private boolean isModelled() {
        return setting.has(Feature.LENDS) && setting.has(Feature.SHARES);
    }

    private static boolean isWritable(Turn turn) {
        return state(turn.word()) == MUTABLE && (turn.word() & FOREIGN) != 0;
    }

    private static Program addUnlock(Program program) {
        return program.step("unlock what was locked to write", turn -> {
                    turn.set(OfActor.WRITABLE, 0);
                    turn.unlockWriters();
                    return NEXT;
                })
                .step("unlock", turn -> LendPrograms.unlock(turn, END));
    }
}
