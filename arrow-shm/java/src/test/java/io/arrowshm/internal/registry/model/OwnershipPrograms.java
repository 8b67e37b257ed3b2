package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.MUTABLE;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.epoch;
import static io.arrowshm.internal.layout.OwnershipWord.holderBit;
import static io.arrowshm.internal.layout.OwnershipWord.holdersAndFlags;
import static io.arrowshm.internal.layout.OwnershipWord.inFlight;
import static io.arrowshm.internal.layout.OwnershipWord.isHeldBy;
import static io.arrowshm.internal.layout.OwnershipWord.isUnclaimed;
import static io.arrowshm.internal.layout.OwnershipWord.of;
import static io.arrowshm.internal.layout.OwnershipWord.state;
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
        program.change(
                "take",
                Turn::lockStripe,
                (turn, word) -> turn.within(Of.ALLOCATIONS, ShippedTransitions.allocate(word, turn.participant())),
                (turn, taken) -> taken && turn.spend(Of.ALLOCATIONS) ? NEXT : END);
        LendPrograms lending = new LendPrograms(setting);
        lending.addNewGenerationAndLeaseTest(program, setting.has(Fault.ALLOCATE_WITHOUT_LEASE_TEST));
        program.step("write the creator", turn -> {
            turn.set(OfSlot.CREATOR, turn.participant() + 1);
            turn.set(OfSlot.BYTES, turn.get(OfSlot.GENERATION));
            turn.opened(turn.get(OfSlot.GENERATION));
            turn.set(OfActor.WRITABLE, 1);
            if (!setting.has(Fault.LOOK_FOR_THE_SLAB_BEFORE_THE_CLAIM)) {
                turn.set(OfActor.SLAB, turn.get(OfSlot.SLAB));
            }
            return END;
        });
        return setting.has(Feature.LENDS) ? lending.addSetAside(program) : program;
    }

    /** {@code Ownership.share}. */
    Program share() {
        return addLength(setting.program("share", Setting.holding()))
                .change(
                        "share",
                        (turn, word) -> ShippedTransitions.share(word, turn.participant()),
                        (turn, shared) -> END);
    }

    /** {@code Ownership.seal}. */
    Program seal() {
        return addLength(setting.program("seal", Setting.holding()))
                .step("is it mine alone?", Turn::lockStripe, turn -> {
                    boolean alone = turn.localCount() == 1 || setting.has(Fault.SEAL_BESIDE_ANOTHER_THREAD);
                    return alone && turn.get(OfSlot.CREATOR) == turn.participant() + 1 ? NEXT : END;
                })
                .change("seal", this::seal, (turn, done) -> {
                    turn.set(OfActor.WRITABLE, done ? 0 : turn.get(OfActor.WRITABLE));
                    if (done && setting.has(Feature.READS_BY_NAME)) {
                        turn.set(OfSlot.PUBLISHED, turn.get(OfSlot.PUBLISHED) | 1 << turn.get(OfSlot.GENERATION));
                    }
                    return END;
                });
    }

    /** {@code Ownership.trySend}, by an operator whose epoch is open. */
    Program send() {
        return setting.program("send", Setting.holding(Of.SENDS))
                .change(
                        "send",
                        turn -> turn.participant() == SENDER && turn.state().get(OfProcess.EPOCH_OVER, SENDER) == 0,
                        (turn, word) -> turn.within(Of.SENDS, ShippedTransitions.send(word, turn.participant(), EPOCH)),
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
        program.change(
                "claim",
                (turn, word) -> ShippedTransitions.claim(word, turn.participant(), EPOCH),
                (turn, claimed) -> claimed ? NEXT : END);
        if (!setting.has(Fault.RECEIVE_WITHOUT_SECOND_COMPARISON)) {
            program.step("compare again", turn -> turn.isSameGeneration() ? NEXT : "give up");
        }
        program.change(
                "take", (turn, word) -> ShippedTransitions.take(word, turn.participant(), EPOCH), (turn, taken) -> {
                    if (taken) {
                        return opened(turn);
                    }
                    return isHeldBefore(turn) ? END : "give up";
                });
        addLook(program);
        return addGiveUp(program, Turn::participant, turn -> END);
    }

    /** {@code Ownership.release}, of the handle that the actor has. */
    Program release() {
        Program program = setting.program("release", Setting.holding())
                .step("close the handle", Turn::lockStripe, turn -> turn.closed() > 0 ? END : NEXT);
        return addGiveUp(program, Turn::participant, turn -> END);
    }

    /** The handle is there; what follows is whether it may write, which is no more under the JVM's lock. */
    String opened(Turn turn) {
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

    /**
     * {@code Ownership.releaseHold}: the creator is read inside the loop, between the word and the compare-and-set. Begins
     * with the step "give up".
     */
    Program addGiveUp(Program program, ToIntFunction<Turn> holder, Function<Turn, String> then) {
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
        if (!setting.has(Feature.SHARES)) {
            return program.change(
                    "give up",
                    (turn, word) -> ShippedTransitions.release(word, holder.applyAsInt(turn), false),
                    (turn, done) -> then.apply(turn));
        }
        return program.step("give up", turn -> {
                    boolean holds = isHeldBy(turn.word(), holder.applyAsInt(turn));
                    turn.state().setReadWord(turn.actor(), holds ? turn.word() : 0);
                    return holds ? NEXT : then.apply(turn);
                })
                .step("read the creator", turn -> {
                    boolean isCreator = turn.get(OfSlot.CREATOR) == holder.applyAsInt(turn) + 1;
                    turn.set(OfActor.REGISTER, isCreator && !setting.has(Fault.CREATOR_LEAVES_IT_MUTABLE) ? 1 : 0);
                    return NEXT;
                })
                .step("give up, set", turn -> {
                    long read = turn.state().readWord(turn.actor());
                    boolean isCreator = turn.get(OfActor.REGISTER) == 1;
                    turn.set(OfActor.REGISTER, 0);
                    turn.state().setReadWord(turn.actor(), 0);
                    if (turn.word() != read) {
                        return "give up";
                    }
                    turn.write(turn.slot(), ShippedTransitions.release(read, holder.applyAsInt(turn), isCreator));
                    return then.apply(turn);
                });
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
        return ShippedTransitions.seal(word, turn.participant());
    }
}
