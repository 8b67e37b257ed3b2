package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.registry.model.Program.END;
import static io.arrowshm.internal.registry.model.Program.NEXT;

import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.Setting.Feature;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfSlot;
import java.util.function.Supplier;

/**
 * Names: files that say slot and generation, the slot's bit, and how many names it has. They change under the names lock
 * alone, which falls with its holder; a file is replaced and removed in one step and read without the lock.
 */
final class NamePrograms {
    static final int NAMES = 2;

    private final Setting setting;

    NamePrograms(Setting setting) {
        this.setting = setting;
    }

    /** The slot that a name points to, plus 1; 0 if it has no file. */
    static int slot(State state, int name) {
        return state.get(name == 0 ? Of.NAME_SLOT : Of.SECOND_NAME_SLOT);
    }

    static int generation(State state, int name) {
        return state.get(name == 0 ? Of.NAME_GENERATION : Of.SECOND_NAME_GENERATION);
    }

    /** How many point to a slot. */
    static int names(State state, int slot) {
        int names = 0;
        for (int name = 0; name < NAMES; name++) {
            names += slot(state, name) == slot + 1 ? 1 : 0;
        }
        return names;
    }

    /**
     * The bit, the count, the file, then the same backwards for what it named before; the publisher has its handle all the
     * time. Which name it is stands in {@code WANTED}.
     */
    Program publish() {
        boolean fileFirst = setting.has(Fault.NAME_FILE_WRITTEN_BEFORE_THE_BIT_IS_SET);
        boolean fileBeforeCount = setting.has(Fault.NAME_COUNTED_AFTER_ITS_FILE_IS_WRITTEN);
        Program program = setting.program("publish", (turn, choice) -> {
            for (int name = 0;
                    name < names() && turn.isHolding() && turn.state().get(Of.PUBLICATIONS) > 0;
                    name++) {
                choice.take(turn.slot(), name);
            }
        });
        Program.Step rename = turn -> {
            turn.set(OfActor.REGISTER, slot(turn.state(), turn.wanted()));
            setFile(turn, turn.slot() + 1, turn.get(OfActor.HANDLE));
            return NEXT;
        };
        if (fileFirst) {
            program.step("rename the file, too early", turn -> turn.lock(Of.NAMES_LOCK), rename);
        }
        program.change(
                "set the bit",
                turn -> turn.lock(Of.NAMES_LOCK),
                (turn, word) -> turn.within(Of.PUBLICATIONS, ShippedTransitions.name(word, turn.place())),
                (turn, named) -> named && turn.spend(Of.PUBLICATIONS) ? NEXT : END);
        if (fileBeforeCount) {
            program.step("rename the file, before it is counted", rename);
        }
        program.step("count it", turn -> {
            turn.set(OfSlot.NAMES, turn.get(OfSlot.NAMES) + 1);
            return NEXT;
        });
        if (!fileFirst && !fileBeforeCount) {
            program.step("rename the file", rename);
        }
        return addUncount(
                program.step("was there one?", turn -> turn.get(OfActor.REGISTER) == 0 ? END : NEXT), () -> END);
    }

    /** The file, the count, and if that was the last one, the bit. */
    Program unname() {
        Program program = setting.program("unname", (turn, choice) -> {
            for (int name = 0; name < NAMES && !turn.isHolding(); name++) {
                if (slot(turn.state(), name) != 0) {
                    choice.take(slot(turn.state(), name) - 1, name);
                }
            }
        });
        if (setting.has(Fault.LOCKS_IN_TWO_ORDERS)) {
            program.step("take the names lock", turn -> turn.lock(Of.NAMES_LOCK), turn -> NEXT)
                    .step("take the stripe", Turn::lockStripe, turn -> END);
            return program;
        }
        Program.Step remove = turn -> {
            turn.set(OfActor.REGISTER, turn.slot() + 1);
            boolean isThere = slot(turn.state(), turn.wanted()) == turn.slot() + 1;
            if (isThere) {
                setFile(turn, 0, 0);
            }
            return isThere ? NEXT : END;
        };
        if (setting.has(Fault.BIT_OF_A_NAME_CLEARED_BEFORE_THE_FILE_IS_GONE)) {
            program.step("look at the file", turn -> turn.lock(Of.NAMES_LOCK), turn -> {
                turn.set(OfActor.REGISTER, turn.slot() + 1);
                return slot(turn.state(), turn.wanted()) == turn.slot() + 1 ? NEXT : END;
            });
            return addUncount(program, () -> "remove the file, too late").step("remove the file, too late", remove);
        }
        return addUncount(program.step("remove the file", turn -> turn.lock(Of.NAMES_LOCK), remove), () -> END);
    }

    /** What a name says, then {@code Ownership.openNamed}. */
    Program open() {
        OwnershipPrograms ownership = new OwnershipPrograms(setting);
        Program program = setting.program("open by name", (turn, choice) -> {
                    for (int name = 0; name < NAMES && !turn.isHolding(); name++) {
                        if (slot(turn.state(), name) != 0) {
                            choice.take(slot(turn.state(), name) - 1, generation(turn.state(), name));
                        }
                    }
                })
                .step("read the file", turn -> NEXT)
                .step("compare", Turn::lockStripe, turn -> {
                    turn.set(OfActor.HELD_BEFORE, turn.localCount() > 0 ? 1 : 0);
                    return turn.isSameGeneration() ? NEXT : END;
                });
        ownership.addLookBefore(program);
        ownership.addAnnouncement(program);
        boolean secondComparison = !setting.has(Fault.OPEN_WITHOUT_SECOND_COMPARISON);
        program.change(
                "open",
                turn -> !setting.has(Fault.LOCKS_IN_TWO_ORDERS) || turn.lock(Of.NAMES_LOCK),
                (turn, word) -> setting.claimed(ShippedTransitions.openNamed(word, turn.place()), word),
                (turn, opened) -> {
                    if (!opened) {
                        return OwnershipPrograms.isHeldBefore(turn) ? END : ownership.refused(turn);
                    }
                    return OwnershipPrograms.isHeldBefore(turn) || !secondComparison ? ownership.opened(turn) : NEXT;
                });
        if (secondComparison) {
            program.step("compare again", turn -> turn.isSameGeneration() ? ownership.opened(turn) : "give up");
        }
        ownership.addLook(program);
        return ownership.addGiveUp(program, turn -> END);
    }

    /** Counts the files that name a slot anew: somebody died between two steps. */
    Program repair() {
        boolean locks = !setting.has(Fault.REPAIR_WITHOUT_LOCK);
        return setting.program("repair names", setting.anySlot())
                .step("read the files", turn -> !locks || turn.lock(Of.NAMES_LOCK), turn -> {
                    int names = names(turn.state(), turn.slot());
                    turn.set(OfActor.REGISTER, names);
                    boolean right = names == turn.get(OfSlot.NAMES) && (names > 0 || (turn.word() & NAMED) == 0);
                    return right ? END : NEXT;
                })
                .step("set the count", turn -> {
                    turn.set(OfSlot.NAMES, turn.get(OfActor.REGISTER));
                    return turn.get(OfActor.REGISTER) == 0 ? NEXT : END;
                })
                .change("clear the bit", (turn, word) -> ShippedTransitions.unname(word), (turn, unnamed) -> END);
    }

    /** {@code Slots.removeName}, of the slot whose number plus 1 is in {@code REGISTER}. */
    Program addUncount(Program program, Supplier<String> then) {
        boolean bitFirst = setting.has(Fault.BIT_CLEARED_BEFORE_THE_COUNT);
        boolean bitAnyway = setting.has(Fault.BIT_CLEARED_WHILE_ANOTHER_NAME_IS_COUNTED);
        Program.Step uncount = turn -> {
            int slot = turn.get(OfActor.REGISTER) - 1;
            int left = Math.max(0, turn.state().get(OfSlot.NAMES, slot) - 1);
            turn.state().set(OfSlot.NAMES, slot, left);
            return left == 0 || bitAnyway ? NEXT : then.get();
        };
        if (!bitFirst) {
            program.step("uncount it", uncount);
        }
        program.change(
                "clear the bit",
                turn -> true,
                turn -> turn.get(OfActor.REGISTER) - 1,
                (turn, word) -> bitFirst && turn.state().get(OfSlot.NAMES, turn.get(OfActor.REGISTER) - 1) > 1
                        ? Turn.REFUSED
                        : ShippedTransitions.unname(word),
                (turn, unnamed) -> bitFirst ? NEXT : then.get());
        return bitFirst
                ? program.step("uncount it, too late", turn -> {
                    uncount.run(turn);
                    return then.get();
                })
                : program;
    }

    private int names() {
        return setting.has(Feature.TWO_NAMES) ? NAMES : 1;
    }

    static void setFile(Turn turn, int slot, int generation) {
        boolean isFirst = turn.wanted() == 0;
        turn.state().set(isFirst ? Of.NAME_SLOT : Of.SECOND_NAME_SLOT, slot);
        turn.state().set(isFirst ? Of.NAME_GENERATION : Of.SECOND_NAME_GENERATION, generation);
    }
}
