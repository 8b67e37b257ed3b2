package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.ORPHAN;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.internal.layout.OwnershipWord.of;
import static io.arrowshm.internal.layout.OwnershipWord.state;
import static io.arrowshm.internal.registry.model.Program.END;
import static io.arrowshm.internal.registry.model.Program.NEXT;

import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.Setting.Feature;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfSlot;
import java.util.function.Predicate;

/** Lending to runtimes that are no JVMs, what those do, and taking memory away and giving it back. */
final class LendPrograms {
    private final Setting setting;

    LendPrograms(Setting setting) {
        this.setting = setting;
    }

    /** {@code Ownership.lend}: the mark, the bit, and only then somebody outside is told. */
    Program lend() {
        Program program = setting.program("lend", Setting.holding());
        program.step("remember", turn -> turn.spend(Of.LOANS), turn -> {
            turn.set(OfSlot.LENT, setting.has(Fault.LEND_WITHOUT_MARK) ? 0 : 1);
            // Never taken back, and needed only from the bit on: no step of its own.
            turn.state().set(Of.EVER_LENT, 1);
            return NEXT;
        });
        return program.change(
                        "set the bit",
                        (turn, word) -> ShippedTransitions.lend(word, turn.place()),
                        (turn, lent) -> lent ? NEXT : END)
                .step("tell the generation", turn -> {
                    turn.set(OfSlot.TOLD, turn.get(OfSlot.TOLD) | 1 << turn.get(OfSlot.GENERATION));
                    return END;
                });
    }

    /** A reader outside: its lock first, the generation then; if that is the one it was told of, it reads. */
    Program read() {
        Program program = setting.program("read", setting.anyOf(OfSlot.TOLD));
        if (setting.has(Fault.READER_COMPARES_BEFORE_IT_LOCKS)) {
            addComparisonAndLock(program);
        } else {
            addLock(program);
            addComparison(program);
        }
        return program.step("unlock", turn -> unlock(turn, END));
    }

    /**
     * A reader outside that nobody has told: it knows the generation from a name, and does for itself what a participant
     * does to lend, but for the bit.
     */
    Program readByName() {
        Program program = setting.program("read by name", setting.anyOf(OfSlot.PUBLISHED))
                .step("compare", turn -> turn.isSameGeneration() ? NEXT : END);
        switch (setting.fault()) {
            case READER_BY_NAME_COMPARES_BEFORE_IT_LOCKS -> {
                addMark(program);
                addFlag(program);
                addComparisonAndLock(program);
            }
            case READER_BY_NAME_LOCKS_BEFORE_IT_MARKS -> {
                addLock(program);
                addMark(program);
                addFlag(program);
                addComparison(program);
            }
            case READER_BY_NAME_MARKS_AFTER_IT_COMPARED -> {
                addFlag(program);
                addLock(program);
                addComparison(program);
                addMark(program);
            }
            case READER_BY_NAME_MARKS_NOTHING -> {
                addFlag(program);
                addLock(program);
                addComparison(program);
            }
            case READER_BY_NAME_LEAVES_THE_FLAG_OUT -> {
                addMark(program);
                addLock(program);
                addComparison(program);
            }
            default -> {
                addMark(program);
                addFlag(program);
                addLock(program);
                addComparison(program);
            }
        }
        if (!setting.has(Fault.READER_BY_NAME_TAKES_ITS_MARK_BACK)) {
            return program.step("unlock", turn -> unlock(turn, END));
        }
        return program.step("unlock", turn -> unlock(turn, NEXT)).step("take the mark back", turn -> {
            turn.set(OfSlot.LENT, 0);
            return END;
        });
    }

    private static void addMark(Program program) {
        program.step("mark", turn -> {
            turn.set(OfSlot.LENT, 1);
            return NEXT;
        });
    }

    private static void addFlag(Program program) {
        program.step("set the flag", turn -> {
            turn.state().set(Of.EVER_LENT, 1);
            return NEXT;
        });
    }

    static void addLock(Program program) {
        program.step("lock", turn -> {
            lease(turn, true);
            return NEXT;
        });
    }

    static void addComparison(Program program) {
        program.step("compare, with the lock", turn -> {
            turn.set(OfActor.HANDLE, turn.isSameGeneration() ? turn.wanted() : 0);
            return NEXT;
        });
    }

    private static void addComparisonAndLock(Program program) {
        program.step("compare, without the lock", turn -> turn.isSameGeneration() ? NEXT : END)
                .step("lock", turn -> {
                    lease(turn, true);
                    turn.set(OfActor.HANDLE, turn.wanted());
                    return NEXT;
                });
    }

    static String unlock(Turn turn, String then) {
        turn.set(OfActor.HANDLE, 0);
        lease(turn, false);
        return then;
    }

    /** A reader outside that copies what a name says, and has no lease: what it copied counts if it is not stale then. */
    Program copyByName() {
        Program program = setting.program("copy by name", setting.anyOf(OfSlot.PUBLISHED));
        boolean comparesBefore = setting.has(Fault.COPY_COMPARED_ONLY_BEFORE);
        if (comparesBefore) {
            program.step("compare", turn -> turn.isSameGeneration() ? NEXT : END);
        }
        return program.step("look for the slab", turn -> {
                    turn.set(OfActor.SLAB, turn.get(OfSlot.SLAB));
                    return NEXT;
                })
                .step("copy", turn -> {
                    boolean isThere = turn.get(OfActor.SLAB) == turn.get(OfSlot.SLAB);
                    turn.set(OfActor.SLAB, 0);
                    turn.set(OfActor.REGISTER, isThere ? turn.get(OfSlot.BYTES) : 0);
                    return NEXT;
                })
                .step("compare again", turn -> {
                    if (comparesBefore || turn.isSameGeneration()) {
                        Properties.checkCopy(turn.state(), turn.slot(), turn.wanted(), turn.get(OfActor.REGISTER));
                    }
                    return END;
                });
    }

    /** {@code Ownership.returnLent}; its look at the bit is left out, as the transition looks again. */
    Program returnLent() {
        return setting.program("return lent", setting.anySlot())
                .step("is it leased?", turn -> turn.get(OfSlot.LEASES) != 0 ? END : NEXT)
                .change("return", (turn, word) -> ShippedTransitions.returnLent(word), (turn, returned) -> END);
    }

    /** Under the creation lock: a free slot is unbacked and loses its memory; so does one whose trimmer died in between. */
    Program trim() {
        Program program = setting.program("trim", setting.anySlot(Of.TRIMS));
        addUnback(program, Of.TRIMS, "punch", turn -> turn.get(OfSlot.BACKED) == 1);
        return addSetAside(program.step("punch", turn -> {
            turn.set(OfSlot.BACKED, 0);
            turn.set(OfSlot.BYTES, 0);
            return END;
        }));
    }

    /**
     * Under the creation lock: a slot that is unbacked, if need be for this, becomes a block of another slab, which has
     * other bytes.
     */
    Program move() {
        Program program = setting.program("move", setting.anySlot(Of.MOVES));
        if (setting.has(Fault.MOVE_WHILE_FREE)) {
            program.step(
                    "look for a free slot",
                    turn -> state(turn.word()) == FREE && turn.lock(Of.CREATION_LOCK),
                    turn -> turn.spend(Of.MOVES) ? "move" : END);
        }
        addUnback(program, Of.MOVES, "move", turn -> true);
        return addSetAside(program.step("move", turn -> {
            turn.set(OfSlot.SLAB, 1 - turn.get(OfSlot.SLAB));
            turn.set(OfSlot.BACKED, setting.has(Fault.MOVE_WHILE_FREE) ? 1 : 0);
            turn.set(OfSlot.BYTES, 0);
            return END;
        }));
    }

    /**
     * {@code Ownership.unback}: the slot is allocated for it, so that it is freed if its holder dies before it has looked
     * whether somebody outside reads.
     *
     * @param then the step for a slot that was unbacked, or is already and is to be taken on
     */
    private void addUnback(Program program, Of budget, String then, Predicate<Turn> takesOn) {
        if (setting.has(Fault.UNBACK_BEFORE_THE_LEASE_TEST)) {
            program.change(
                    "unback",
                    turn -> turn.lock(Of.CREATION_LOCK),
                    (turn, word) -> turn.within(budget, state(word) == FREE ? of(UNBACKED, 0, 0, 0, 0) : Turn.REFUSED),
                    (turn, unbacked) -> state(turn.word()) == UNBACKED && turn.spend(budget) ? NEXT : END);
            addNewGenerationAndLeaseTest(program, false);
            return;
        }
        OwnershipPrograms ownership = new OwnershipPrograms(setting);
        ownership.addLookAtOwnHandles(program);
        ownership.addAnnouncement(program);
        program.change(
                "take",
                turn -> turn.lock(Of.CREATION_LOCK) && turn.lockStripe(),
                (turn, word) -> turn.within(budget, ShippedTransitions.allocate(word, turn.place())),
                (turn, taken) -> {
                    boolean unbacked = state(turn.word()) == UNBACKED && takesOn.test(turn);
                    if (!(taken || unbacked) || !turn.spend(budget)) {
                        return ownership.refused(turn);
                    }
                    return taken ? NEXT : "clear the bit of who unbacked it";
                });
        if (setting.has(Fault.UNBACK_WITHOUT_NEW_GENERATION)) {
            addLeaseTest(program, false);
        } else {
            addNewGenerationAndLeaseTest(program, setting.has(Fault.UNBACK_WITHOUT_LEASE_TEST));
        }
        program.change(
                "unback", (turn, word) -> ShippedTransitions.unback(word, turn.place()), (turn, unbacked) -> NEXT);
        program.step("clear the bit of who unbacked it", turn -> {
            turn.setFurther(turn.participant(), false);
            return then;
        });
    }

    /** Under the creation lock: an unbacked slot gets memory and is free then. */
    Program back() {
        Program program = setting.program("back", setting.anySlot());
        Program.Step fallocate = turn -> {
            turn.set(OfSlot.BACKED, 1);
            return NEXT;
        };
        program.step(
                "look for an unbacked slot",
                turn -> state(turn.word()) == UNBACKED && turn.lock(Of.CREATION_LOCK),
                turn -> NEXT);
        if (!setting.has(Fault.FREE_BEFORE_BACKED)) {
            program.step("back", fallocate);
        }
        return program.change("free", (turn, word) -> ShippedTransitions.back(word), (turn, backed) -> END);
    }

    /**
     * {@code Ownership.makeUnknownOutside}. The caller adds the step that follows, and {@link #addSetAside} last.
     */
    Program addNewGenerationAndLeaseTest(Program program, boolean withoutTest) {
        if (setting.has(Fault.LEASE_TEST_BEFORE_THE_NEW_GENERATION)) {
            addLeaseTest(program, withoutTest);
            return addNewGeneration(program);
        }
        addNewGeneration(program);
        return addLeaseTest(program, withoutTest);
    }

    /** A bit among the further holders goes then, too. */
    Program addSetAside(Program program) {
        boolean ofUnbacked = setting.has(Fault.UNBACK_BEFORE_THE_LEASE_TEST);
        OwnershipPrograms ownership = new OwnershipPrograms(setting);
        program.change(
                "set aside",
                (turn, word) -> ofUnbacked && state(word) == UNBACKED
                        ? of(ORPHAN, 0, 0, 0, FOREIGN)
                        : ShippedTransitions.setAside(word, turn.place()),
                (turn, aside) -> ownership.refused(turn));
        return ownership.addGiveUp(program, turn -> END);
    }

    private static Program addNewGeneration(Program program) {
        return program.step("read the generation", turn -> {
                    turn.set(OfActor.REGISTER, turn.get(OfSlot.GENERATION));
                    return NEXT;
                })
                .step("store the next generation", turn -> {
                    turn.set(OfSlot.GENERATION, turn.get(OfActor.REGISTER) + 1);
                    turn.set(OfActor.REGISTER, 0);
                    return NEXT;
                });
    }

    private Program addLeaseTest(Program program, boolean without) {
        if (!setting.has(Feature.LENDS) || without) {
            return program;
        }
        Program.Step test = turn -> {
            boolean wasLent = turn.get(OfActor.REGISTER) != 0;
            turn.set(OfActor.REGISTER, 0);
            return wasLent && turn.get(OfSlot.LEASES) != 0 ? "set aside" : NEXT;
        };
        Program.Step forget = turn -> {
            turn.set(OfSlot.LENT, 0);
            return NEXT;
        };
        program.step("was it lent?", turn -> {
            turn.set(OfActor.REGISTER, turn.get(OfSlot.LENT));
            return NEXT;
        });
        boolean tooEarly = setting.has(Fault.LENT_MARK_FORGOTTEN_BEFORE_THE_LEASE_TEST);
        return tooEarly
                ? program.step("forget the mark", forget).step("is it leased?", test)
                : program.step("is it leased?", test).step("forget the mark", forget);
    }

    static void lease(Turn turn, boolean taken) {
        int bit = 1 << turn.actor();
        int others = turn.get(OfSlot.LEASES) & ~bit;
        turn.set(OfSlot.LEASES, taken ? others | bit : others);
    }
}
