package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.registry.model.Program.END;
import static io.arrowshm.internal.registry.model.Program.NEXT;

import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;

/**
 * One name: a file that says slot and generation, and the slot's bit. Both change under the names lock alone, which falls
 * with its holder; the file is replaced and removed in one step and read without the lock.
 */
final class NamePrograms {
    private final Setting setting;

    NamePrograms(Setting setting) {
        this.setting = setting;
    }

    /** The bit, then the file, then the bit of what it named before; the publisher has its handle all the time. */
    Program publish() {
        boolean fileFirst = setting.has(Fault.NAME_FILE_WRITTEN_BEFORE_THE_BIT_IS_SET);
        Program program = setting.program("publish", Setting.holding(Of.PUBLICATIONS));
        Program.Step rename = turn -> {
            turn.set(OfActor.REGISTER, turn.state().get(Of.NAME_SLOT));
            turn.state().set(Of.NAME_SLOT, turn.slot() + 1);
            turn.state().set(Of.NAME_GENERATION, turn.get(OfActor.HANDLE));
            return NEXT;
        };
        if (fileFirst) {
            program.step("rename the file, too early", turn -> turn.lock(Of.NAMES_LOCK), rename);
        }
        program.change(
                "set the bit",
                turn -> turn.lock(Of.NAMES_LOCK),
                (turn, word) -> turn.within(Of.PUBLICATIONS, ShippedTransitions.name(word, turn.participant())),
                (turn, named) -> named && turn.spend(Of.PUBLICATIONS) ? NEXT : END);
        if (!fileFirst) {
            program.step("rename the file", rename);
        }
        return program.step("was there one?", turn -> turn.get(OfActor.REGISTER) == 0 ? END : NEXT)
                .change(
                        "clear the bit of the one before",
                        turn -> true,
                        turn -> turn.get(OfActor.REGISTER) - 1,
                        (turn, word) -> ShippedTransitions.unname(word),
                        (turn, unnamed) -> END);
    }

    /** The file, then the bit. */
    Program unname() {
        Program program = setting.program("unname", (turn, choice) -> {
            if (!turn.isHolding() && turn.state().get(Of.NAME_SLOT) != 0) {
                choice.take(turn.state().get(Of.NAME_SLOT) - 1, 0);
            }
        });
        if (setting.has(Fault.LOCKS_IN_TWO_ORDERS)) {
            program.step("take the names lock", turn -> turn.lock(Of.NAMES_LOCK), turn -> NEXT)
                    .step("take the stripe", Turn::lockStripe, turn -> END);
            return program;
        }
        if (setting.has(Fault.BIT_OF_A_NAME_CLEARED_BEFORE_THE_FILE_IS_GONE)) {
            return program.change(
                            "clear the bit",
                            turn -> turn.lock(Of.NAMES_LOCK),
                            (turn, word) -> ShippedTransitions.unname(word),
                            (turn, unnamed) -> NEXT)
                    .step("remove the file", turn -> removeFile(turn, END));
        }
        return program.step("remove the file", turn -> turn.lock(Of.NAMES_LOCK), turn -> removeFile(turn, NEXT))
                .change("clear the bit", (turn, word) -> ShippedTransitions.unname(word), (turn, unnamed) -> END);
    }

    /** What the name says, then {@code Ownership.openNamed}. */
    Program open() {
        OwnershipPrograms ownership = new OwnershipPrograms(setting);
        Program program = setting.program("open by name", (turn, choice) -> {
                    if (!turn.isHolding() && turn.state().get(Of.NAME_SLOT) != 0) {
                        choice.take(
                                turn.state().get(Of.NAME_SLOT) - 1, turn.state().get(Of.NAME_GENERATION));
                    }
                })
                .step("read the file", turn -> NEXT)
                .step("compare", Turn::lockStripe, turn -> {
                    turn.set(OfActor.HELD_BEFORE, turn.localCount() > 0 ? 1 : 0);
                    return turn.isSameGeneration() ? NEXT : END;
                });
        ownership.addLookBefore(program);
        boolean secondComparison = !setting.has(Fault.OPEN_WITHOUT_SECOND_COMPARISON);
        program.change(
                "open",
                turn -> !setting.has(Fault.LOCKS_IN_TWO_ORDERS) || turn.lock(Of.NAMES_LOCK),
                (turn, word) -> ShippedTransitions.openNamed(word, turn.participant()),
                (turn, opened) -> {
                    if (!opened) {
                        return END;
                    }
                    return OwnershipPrograms.isHeldBefore(turn) || !secondComparison ? ownership.opened(turn) : NEXT;
                });
        if (secondComparison) {
            program.step("compare again", turn -> turn.isSameGeneration() ? ownership.opened(turn) : "give up");
        }
        ownership.addLook(program);
        return ownership.addGiveUp(program, Turn::participant, turn -> END);
    }

    /** Clears the bits that no file names: somebody died between the two. */
    Program repair() {
        boolean locks = !setting.has(Fault.REPAIR_WITHOUT_LOCK);
        return setting.program("repair names", setting.anySlot())
                .step("read the files", turn -> !locks || turn.lock(Of.NAMES_LOCK), turn -> {
                    turn.set(OfActor.REGISTER, turn.state().get(Of.NAME_SLOT));
                    return (turn.word() & NAMED) != 0 && turn.get(OfActor.REGISTER) != turn.slot() + 1 ? NEXT : END;
                })
                .change("clear the bit", (turn, word) -> ShippedTransitions.unname(word), (turn, unnamed) -> END);
    }

    private static String removeFile(Turn turn, String then) {
        turn.state().set(Of.NAME_SLOT, 0);
        turn.state().set(Of.NAME_GENERATION, 0);
        return then;
    }
}
