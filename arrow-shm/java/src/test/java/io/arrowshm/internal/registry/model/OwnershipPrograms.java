package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.MUTABLE;
import static io.arrowshm.internal.layout.OwnershipWord.NONE;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.epoch;
import static io.arrowshm.internal.layout.OwnershipWord.further;
import static io.arrowshm.internal.layout.OwnershipWord.holderBit;
import static io.arrowshm.internal.layout.OwnershipWord.holdersAndFlags;
import static io.arrowshm.internal.layout.OwnershipWord.inFlight;
import static io.arrowshm.internal.layout.OwnershipWord.isHeldBy;
import static io.arrowshm.internal.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.internal.layout.OwnershipWord.lookedAtBy;
import static io.arrowshm.internal.layout.OwnershipWord.of;
import static io.arrowshm.internal.layout.OwnershipWord.state;
import static io.arrowshm.internal.layout.OwnershipWord.withFurther;
import static io.arrowshm.internal.registry.model.Program.END;
import static io.arrowshm.internal.registry.model.Program.NEXT;

import io.arrowshm.internal.registry.ShippedTransitions;
import io.arrowshm.internal.registry.model.Setting.Feature;
import io.arrowshm.internal.registry.model.State.Of;
import io.arrowshm.internal.registry.model.State.OfActor;
import io.arrowshm.internal.registry.model.State.OfProcess;
import io.arrowshm.internal.registry.model.State.OfSlot;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** Building, sharing, sealing, sending, receiving and releasing: step by step as {@code Ownership} has them. */
final class OwnershipPrograms {
    static final int EPOCH = 1;
    /** The participant who sends. */
    static final int SENDER = 0;

    private final Setting setting;

    OwnershipPrograms(Setting setting) {
        this.setting = setting;
    }

    /** {@code Ownership.tryAllocate}. From the last step on the bytes may be written. */
    Program allocate() {
        Program program = setting.program("allocate", setting.anySlot(Of.ALLOCATIONS));
        if (setting.has(Fault.LOOK_FOR_THE_SLAB_BEFORE_THE_CLAIM)) {
            program.step("look for the slab", turn -> {
                turn.set(OfActor.SLAB, turn.get(OfSlot.SLAB));
                return NEXT;
            });
        }
        addLookAtOwnHandles(program);
        addAnnouncement(program);
        program.change(
                "take",
                Turn::lockStripe,
                (turn, word) -> turn.within(Of.ALLOCATIONS, ShippedTransitions.allocate(word, turn.place())),
                (turn, taken) -> taken && turn.spend(Of.ALLOCATIONS) ? NEXT : refused(turn));
        LendPrograms lending = new LendPrograms(setting);
        lending.addNewGenerationAndLeaseTest(program, setting.has(Fault.ALLOCATE_WITHOUT_LEASE_TEST));
        program.step("begin to write", turn -> {
            if (setting.has(Fault.ANNOUNCED_AFTER_THE_CLAIM)) {
                turn.setFurther(turn.participant(), !turn.isInWord(turn.participant()));
            }
            turn.set(OfSlot.BYTES, turn.get(OfSlot.GENERATION));
            turn.opened(turn.get(OfSlot.GENERATION));
            turn.set(OfActor.WRITABLE, 1);
            if (!setting.has(Fault.LOOK_FOR_THE_SLAB_BEFORE_THE_CLAIM)) {
                turn.set(OfActor.SLAB, turn.get(OfSlot.SLAB));
            }
            return END;
        });
        return setting.has(Feature.LENDS) ? lending.addSetAside(program) : addGiveUp(program, turn -> END);
    }

    /** {@code Ownership.share}. */
    Program share() {
        return addLength(setting.program("share", Setting.holding()))
                .change("share", (turn, word) -> ShippedTransitions.share(word, turn.place()), (turn, shared) -> END);
    }

    /** {@code Ownership.seal}. */
    Program seal() {
        Program program = addLength(setting.program("seal", Setting.holding()))
                .step("is it mine alone?", Turn::lockStripe, turn -> {
                    boolean alone = turn.localCount() == 1 || setting.has(Fault.SEAL_BESIDE_ANOTHER_THREAD);
                    return alone ? NEXT : END;
                });
        WritePrograms writing = new WritePrograms(setting);
        writing.addRecall(program);
        program.change("seal", this::seal, (turn, done) -> {
            boolean isOver = done || !setting.hasFurther() || turn.isInWord(turn.participant());
            return isOver ? sealed(turn, done) : NEXT;
        });
        if (setting.hasFurther()) {
            addLookForFurther(program, true, turn -> sealed(turn, false))
                    .change(
                            "seal what is looked at",
                            (turn, word) -> ShippedTransitions.sealLookedAt(word, turn.place()),
                            this::sealed);
        }
        return writing.addLendAgain(program);
    }

    /** {@code Ownership.trySend}, by an operator whose epoch is open. */
    Program send() {
        return setting.program("send", Setting.holding(Of.SENDS))
                .change(
                        "send",
                        turn -> turn.participant() == SENDER && turn.state().get(OfProcess.EPOCH_OVER, SENDER) == 0,
                        (turn, word) -> turn.within(Of.SENDS, ShippedTransitions.send(word, turn.place(), EPOCH)),
                        (turn, sent) -> {
                            if (sent && turn.spend(Of.SENDS)) {
                                turn.set(OfSlot.SENT, turn.get(OfSlot.SENT) | 1 << turn.get(OfActor.HANDLE));
                            }
                            return END;
                        });
    }

    /** {@code Ownership.receive}, of a reference that was ever sent. */
    Program receive() {
        boolean sameStripe = !setting.has(Fault.RECEIVE_OUTSIDE_THE_STRIPE);
        Program program = setting.program("receive", setting.anyOf(OfSlot.SENT))
                .step("compare", turn -> !sameStripe || turn.lockStripe(), turn -> {
                    turn.set(OfActor.HELD_BEFORE, turn.localCount() > 0 ? 1 : 0);
                    String then = isHeldBefore(turn) ? "take" : NEXT;
                    return turn.isSameGeneration() ? then : END;
                });
        addLookBefore(program);
        addAnnouncement(program);
        program.change(
                "claim",
                (turn, word) -> setting.claimed(ShippedTransitions.claim(word, turn.place(), EPOCH), word),
                (turn, claimed) -> claimed ? NEXT : refused(turn));
        if (!setting.has(Fault.RECEIVE_WITHOUT_SECOND_COMPARISON)) {
            program.step("compare again", turn -> turn.isSameGeneration() ? NEXT : "give up");
        }
        program.change("take", (turn, word) -> ShippedTransitions.take(word, turn.place(), EPOCH), (turn, taken) -> {
            if (taken) {
                return opened(turn);
            }
            return isHeldBefore(turn) ? END : "give up";
        });
        addLook(program);
        return addGiveUp(program, turn -> END);
    }

    /** {@code Ownership.release}, of the handle that the actor has. */
    Program release() {
        Program program = setting.program("release", Setting.holding())
                .step("close the handle", Turn::lockStripe, turn -> turn.closed() > 0 ? END : NEXT);
        return addGiveUp(program, turn -> END);
    }

    /** The handle is there; what follows is whether it may write, which is no more under the JVM's lock. */
    String opened(Turn turn) {
        if (setting.has(Fault.ANNOUNCED_AFTER_THE_CLAIM)) {
            turn.setFurther(turn.participant(), !turn.isInWord(turn.participant()));
        }
        turn.opened(turn.wanted());
        turn.unlockStripe();
        if (setting.has(Fault.LOOK_FOR_WRITE_ACCESS_BEFORE_THE_HOLD) && !isHeldBefore(turn)) {
            turn.set(OfActor.WRITABLE, turn.get(OfActor.REGISTER));
            return END;
        }
        return setting.has(Feature.SHARES) ? "look whether it may write" : END;
    }

    /** A participant with a hold on what is mutable may write until it gives the hold up. */
    Program addLook(Program program) {
        if (setting.has(Feature.SHARES)) {
            program.step("look whether it may write", turn -> {
                turn.set(OfActor.WRITABLE, state(turn.word()) == MUTABLE ? 1 : 0);
                return END;
            });
        }
        return program;
    }

    Program addLookBefore(Program program) {
        if (setting.has(Fault.LOOK_FOR_WRITE_ACCESS_BEFORE_THE_HOLD)) {
            program.step("look whether it may write, too early", turn -> {
                turn.set(OfActor.REGISTER, state(turn.word()) == MUTABLE ? 1 : 0);
                return NEXT;
            });
        }
        return program;
    }

    /** {@code Ownership.take}: what handles of this JVM hold is not free, and its bit is theirs. */
    Program addLookAtOwnHandles(Program program) {
        if (setting.hasFurther() && !setting.has(Fault.BIT_OF_ANOTHER_THREAD_WITHDRAWN)) {
            program.step("is it held here?", Turn::lockStripe, turn -> turn.localCount() > 0 ? END : NEXT);
        }
        return program;
    }

    /** {@code Slots.announce}. */
    Program addAnnouncement(Program program) {
        if (setting.hasFurther() && !setting.has(Fault.ANNOUNCED_AFTER_THE_CLAIM)) {
            program.step("announce", Turn::lockStripe, turn -> {
                if (!turn.isInWord(turn.participant())) {
                    turn.setFurther(turn.participant(), true);
                }
                return NEXT;
            });
        }
        return program;
    }

    /** A step was refused that may have been announced. */
    String refused(Turn turn) {
        if (!setting.hasFurther() || turn.isInWord(turn.participant())) {
            return END;
        }
        if (setting.has(Fault.NOBODY_LOOKS_AFTER_A_REFUSED_CLAIM)) {
            turn.setFurther(turn.participant(), false);
            return END;
        }
        return "give up";
    }

    /** {@code Slots.releaseHold}. Begins with the step "give up". */
    Program addGiveUp(Program program, Function<Turn, String> then) {
        return addGiveUp(program, Turn::participant, then, then);
    }

    /** {@code Slots.reap}, of the participant that is wanted. Begins with the step "give up". */
    Program addReap(Program program, Function<Turn, String> then) {
        return addGiveUp(
                program,
                Turn::wanted,
                then,
                turn -> state(turn.word()) != FREE && setting.hasFurther() ? "look" : then.apply(turn));
    }

    /** @param thenInWord what follows after the holder's bit in the word */
    private Program addGiveUp(
            Program program,
            ToIntFunction<Turn> holder,
            Function<Turn, String> then,
            Function<Turn, String> thenInWord) {
        if (setting.has(Fault.FREE_OUTSIDE_COMPARE_AND_SET)) {
            return program.change(
                            "give up",
                            (turn, word) -> isHeldBy(word, holder.applyAsInt(turn))
                                    ? word & ~holderBit(holder.applyAsInt(turn))
                                    : Turn.REFUSED,
                            (turn, done) -> done && isUnclaimed(turn.word()) ? NEXT : then.apply(turn))
                    .step("free it", turn -> {
                        turn.write(turn.slot(), of(FREE, 0, 0, 0, 0));
                        return then.apply(turn);
                    });
        }
        program.change(
                "give up",
                (turn, word) -> ShippedTransitions.release(word, setting.place(holder.applyAsInt(turn))),
                (turn, done) -> turn.isInWord(holder.applyAsInt(turn)) ? thenInWord.apply(turn) : NEXT);
        if (!setting.hasFurther()) {
            return program;
        }
        program.step("clear the bit", turn -> {
            turn.setFurther(holder.applyAsInt(turn), false);
            boolean isOwn = holder.applyAsInt(turn) == turn.participant();
            return isOwn || !setting.has(Fault.REAPER_DOES_NOT_LOOK) ? NEXT : then.apply(turn);
        });
        return addLookForFurther(program, false, then)
                .change(
                        "none left",
                        (turn, word) -> ShippedTransitions.noneLeft(
                                setting.has(Fault.NONE_LEFT_WHATEVER_THE_MARK) && further(word) != NONE
                                        ? withFurther(word, lookedAtBy(turn.place()))
                                        : word,
                                mark(turn)),
                        (turn, freed) -> then.apply(turn));
    }

    /** {@code Slots.hasFurtherHolder}, which reads one word after the other. Begins with the step "look". */
    private Program addLookForFurther(Program program, boolean exceptOwn, Function<Turn, String> otherwise) {
        program.change(
                "look",
                (turn, word) -> ShippedTransitions.look(word, mark(turn)),
                (turn, looks) -> looks ? NEXT : otherwise.apply(turn));
        for (int word = 0; word < 2; word++) {
            int which = word;
            program.step("read word " + word + " of the further holders", turn -> {
                int own = exceptOwn ? 1 << turn.participant() : 0;
                int bits = turn.get(OfSlot.FURTHER) & ~own & (which == 0 ? 0b010101 : 0b101010);
                return bits == 0 ? NEXT : otherwise.apply(turn);
            });
        }
        return program;
    }

    /** In whose name the actor looks. */
    private int mark(Turn turn) {
        return setting.has(Fault.TWO_LOOK_IN_ONE_NAME) ? setting.place(0) : turn.place();
    }

    private String sealed(Turn turn, boolean done) {
        turn.set(OfActor.WRITABLE, done ? 0 : turn.get(OfActor.WRITABLE));
        if (done && setting.has(Feature.READS_BY_NAME)) {
            turn.set(OfSlot.PUBLISHED, turn.get(OfSlot.PUBLISHED) | 1 << turn.get(OfSlot.GENERATION));
        }
        return new WritePrograms(setting).afterSeal(turn, done);
    }

    /** {@code Ownership.setLengthWhileBuilding}. */
    private Program addLength(Program program) {
        if (setting.has(Feature.SHARES)) {
            program.step("write the length", turn -> {
                if (state(turn.word()) == BUILDING || setting.has(Fault.LENGTH_WRITTEN_BY_WHO_MAY_NOT_SEAL)) {
                    turn.set(OfSlot.LENGTH, turn.actor() + 1);
                }
                return NEXT;
            });
        }
        return program;
    }

    static boolean isHeldBefore(Turn turn) {
        return turn.get(OfActor.HELD_BEFORE) == 1;
    }

    private long seal(Turn turn, long word) {
        if (setting.has(Fault.SEAL_WITHOUT_LOOKING_AT_OTHERS) && state(word) == MUTABLE) {
            return of(SEALED, 0, epoch(word), inFlight(word), holdersAndFlags(word));
        }
        return ShippedTransitions.seal(word, turn.place());
    }
}
