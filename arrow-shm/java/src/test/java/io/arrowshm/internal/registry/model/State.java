package io.arrowshm.internal.registry.model;

import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.IN_WORD;
import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.layout.OwnershipWord.SOME;
import static io.arrowshm.internal.layout.OwnershipWord.epoch;
import static io.arrowshm.internal.layout.OwnershipWord.further;
import static io.arrowshm.internal.layout.OwnershipWord.holders;
import static io.arrowshm.internal.layout.OwnershipWord.inFlight;
import static io.arrowshm.internal.layout.OwnershipWord.lookedAtBy;
import static io.arrowshm.internal.layout.OwnershipWord.state;

import io.arrowshm.internal.layout.OwnershipWord;
import java.util.Arrays;

/**
 * One state of a model: shared memory, files, locks, and every actor's place in its program, a byte each. What is kept
 * for the properties alone is marked so.
 */
@SuppressWarnings("EnumOrdinal") // The order of the constants is the order of the bytes.
final class State {
    /** What there is once. A lock is the actor that has it, plus 1. */
    enum Of {
        /** The slot that the first name points to, plus 1; 0 if there is no such file. */
        NAME_SLOT,
        NAME_GENERATION,
        /** The same of the second name. */
        SECOND_NAME_SLOT,
        SECOND_NAME_GENERATION,
        NAMES_LOCK,
        CREATION_LOCK,
        /** Whether there is the file of a request, and that which it names. */
        REQUEST,
        REQUEST_FILE,
        REQUEST_LOCK,
        /** What an answer that is written aside says that it is about to publish; 0 if there is none. */
        DECIDED_SLOT,
        DECIDED_GENERATION,
        ANSWERED,
        REPAIR_DUE,
        /** For the properties: how often the request was carried out. */
        TIMES_PUBLISHED,
        /** Shared: a bit for each sweeper that has it. */
        EPOCH_LOCK,
        EPOCH_USED,
        /** The flag in {@code leases}: else nobody looks for slots whose lease has fallen. */
        EVER_LENT,
        // What may still happen on this path.
        ALLOCATIONS,
        SENDS,
        PUBLICATIONS,
        LOANS,
        FORKS,
        TRIMS,
        MOVES,
        DEATHS
    }

    enum OfSlot {
        WORD,
        WORD_LOW,
        WORD_FURTHER,
        /** The bits of the further holders, by process. */
        FURTHER,
        GENERATION,
        /** How many names are counted in the record. */
        NAMES,
        /** The record's mark that it was lent. */
        LENT,
        /** A bit for each reader outside that has the slot's lock. */
        LEASES,
        /** The lock of those outside who write: a bit for each actor that has it, and one more if it is one that seals. */
        WRITERS,
        /** For the properties: the generation that the bytes are of; 0 if punched or never written. */
        BYTES,
        /** Whether there is memory behind it. */
        BACKED,
        /** The slab that it lies in, of two. */
        SLAB,
        /** A bit for each generation of which a reference was sent, or a runtime outside was told. */
        SENT,
        TOLD,
        /** A bit for each generation that was sealed: a name may have said so to anybody. */
        PUBLISHED,
        /** Who wrote the length, plus 1: it stands for the length. */
        LENGTH,
        /** For the properties: the length with which it was sealed or shared; 0 if it was not yet. */
        KNOWN_LENGTH
    }

    /** Participants come first, then the processes that are none. */
    enum OfProcess {
        ALIVE,
        /** Whether the participant's record has a process id: it is to be reaped if it is dead. */
        MARKED,
        /** The shared lock of a dead participant's byte: a bit for each sweeper that has it. */
        SWEPT,
        EPOCH_OVER
    }

    /** Of a process, for each slot. */
    enum OfProcessSlot {
        LOCAL_COUNT,
        /** The actor that has the stripe, plus 1. */
        STRIPE
    }

    enum OfActor {
        PLACE,
        SLOT,
        WANTED,
        HELD_BEFORE,
        /** Whatever the program has read and still needs. */
        REGISTER,
        /** The slab in which it touches the bytes that it has a handle on. */
        SLAB,
        READ,
        READ_LOW,
        READ_FURTHER,
        /** The generation that it has a handle on, or reads under a lease; 0 if none. */
        HANDLE,
        WRITABLE
    }

    static final int EXCLUSIVE = 1 << 7;

    private static final int EPOCH_SHIFT = 10;
    private static final int IN_FLIGHT_SHIFT = 8;
    private static final int STATE_SHIFT = 12;
    private static final int NAMED_BIT = 1 << 7;
    private static final int FOREIGN_BIT = 1 << 6;
    private static final int MOST = 3;

    private static final int GLOBALS = Of.values().length;
    private static final int SLOT_BYTES = OfSlot.values().length;
    private static final int PROCESS_BYTES = OfProcess.values().length;
    private static final int PROCESS_SLOT_BYTES = OfProcessSlot.values().length;
    private static final int ACTOR_BYTES = OfActor.values().length;

    private final Model model;
    private final byte[] bytes;

    private State(Model model, byte[] bytes) {
        this.model = model;
        this.bytes = bytes;
    }

    static State zero(Model model) {
        return new State(
                model,
                new byte
                        [GLOBALS
                                + model.slots() * SLOT_BYTES
                                + model.processes() * processBytes(model)
                                + model.actors() * ACTOR_BYTES]);
    }

    static State of(Model model, byte[] bytes) {
        return new State(model, bytes);
    }

    int participants() {
        return model.participants();
    }

    State copy() {
        return new State(model, bytes.clone());
    }

    byte[] bytes() {
        return bytes;
    }

    int get(Of field) {
        return bytes[field.ordinal()];
    }

    void set(Of field, int value) {
        bytes[field.ordinal()] = (byte) value;
    }

    int get(OfSlot field, int slot) {
        return bytes[at(field, slot)] & 255;
    }

    void set(OfSlot field, int slot, int value) {
        bytes[at(field, slot)] = (byte) value;
    }

    int get(OfProcess field, int process) {
        return bytes[ofProcess(process) + field.ordinal()];
    }

    void set(OfProcess field, int process, int value) {
        bytes[ofProcess(process) + field.ordinal()] = (byte) value;
    }

    int get(OfProcessSlot field, int process, int slot) {
        return bytes[at(field, process, slot)];
    }

    void set(OfProcessSlot field, int process, int slot, int value) {
        bytes[at(field, process, slot)] = (byte) value;
    }

    int get(OfActor field, int actor) {
        return bytes[ofActor(actor) + field.ordinal()] & 255;
    }

    void set(OfActor field, int actor, int value) {
        bytes[ofActor(actor) + field.ordinal()] = (byte) value;
    }

    long word(int slot) {
        return unpack(at(OfSlot.WORD, slot));
    }

    void setWord(int slot, long word) {
        pack(at(OfSlot.WORD, slot), word);
    }

    /** The word that the actor has read for a compare-and-set. */
    long readWord(int actor) {
        return unpack(ofActor(actor) + OfActor.READ.ordinal());
    }

    void setReadWord(int actor, long word) {
        pack(ofActor(actor) + OfActor.READ.ordinal(), word);
    }

    /** The actor has nothing, knows nothing, and is at the given place. */
    void forget(int actor, int place) {
        Arrays.fill(bytes, ofActor(actor), ofActor(actor) + ACTOR_BYTES, (byte) 0);
        set(OfActor.PLACE, actor, place);
    }

    /** Whether the participant holds the slot. */
    boolean holds(int slot, int participant) {
        boolean isInWord = OwnershipWord.isInWord(model.setting().place(participant));
        boolean hasBit = isInWord || (get(OfSlot.FURTHER, slot) & 1 << participant) != 0;
        return hasBit && OwnershipWord.isHeldBy(word(slot), model.setting().place(participant));
    }

    /** Every lock of the actor falls, but for leases. */
    void unlockAll(int actor) {
        for (Of lock : new Of[] {Of.NAMES_LOCK, Of.CREATION_LOCK, Of.REQUEST_LOCK}) {
            set(lock, get(lock) == actor + 1 ? 0 : get(lock));
        }
        set(Of.EPOCH_LOCK, get(Of.EPOCH_LOCK) & ~(1 << actor));
        for (int process = 0; process < model.processes(); process++) {
            set(OfProcess.SWEPT, process, get(OfProcess.SWEPT, process) & ~(1 << actor));
            for (int slot = 0; slot < model.slots(); slot++) {
                if (get(OfProcessSlot.STRIPE, process, slot) == actor + 1) {
                    set(OfProcessSlot.STRIPE, process, slot, 0);
                }
            }
        }
    }

    String describe(int slot) {
        return "slot " + slot + " is " + OwnershipWord.toString(word(slot)) + ", generation "
                + get(OfSlot.GENERATION, slot) + ", names "
                + get(OfSlot.NAMES, slot) + ", bits of further holders "
                + Integer.toBinaryString(get(OfSlot.FURTHER, slot)) + ", bytes of generation "
                + get(OfSlot.BYTES, slot) + ", leases " + get(OfSlot.LEASES, slot)
                + ", locks of writers " + Integer.toBinaryString(get(OfSlot.WRITERS, slot));
    }

    private int at(OfSlot field, int slot) {
        return GLOBALS + slot * SLOT_BYTES + field.ordinal();
    }

    private int at(OfProcessSlot field, int process, int slot) {
        return ofProcess(process) + PROCESS_BYTES + slot * PROCESS_SLOT_BYTES + field.ordinal();
    }

    private int ofProcess(int process) {
        return GLOBALS + model.slots() * SLOT_BYTES + process * processBytes(model);
    }

    private int ofActor(int actor) {
        return ofProcess(model.processes()) + actor * ACTOR_BYTES;
    }

    private static int processBytes(Model model) {
        return PROCESS_BYTES + model.slots() * PROCESS_SLOT_BYTES;
    }

    /** A word of these small models fits into three bytes: whoever looks for further holders is one of few processes. */
    private void pack(int at, long word) {
        if (inFlight(word) > MOST || epoch(word) > MOST || holders(word) >= FOREIGN_BIT) {
            throw new IllegalStateException("too large for the model: " + OwnershipWord.toString(word));
        }
        int packed = state(word) << STATE_SHIFT
                | epoch(word) << EPOCH_SHIFT
                | inFlight(word) << IN_FLIGHT_SHIFT
                | ((word & NAMED) != 0 ? NAMED_BIT : 0)
                | ((word & FOREIGN) != 0 ? FOREIGN_BIT : 0)
                | (int) holders(word);
        bytes[at] = (byte) (packed >> 8);
        bytes[at + 1] = (byte) packed;
        int further = further(word);
        bytes[at + 2] = (byte) (further <= SOME ? further : lookedAtBy((further - lookedAtBy(0)) % IN_WORD));
    }

    private long unpack(int at) {
        int packed = (bytes[at] & 255) << 8 | (bytes[at + 1] & 255);
        long claims = (packed & (FOREIGN_BIT - 1))
                | ((packed & NAMED_BIT) != 0 ? NAMED : 0)
                | ((packed & FOREIGN_BIT) != 0 ? FOREIGN : 0);
        int further = bytes[at + 2] <= SOME
                ? bytes[at + 2]
                : lookedAtBy(model.setting().place(bytes[at + 2] - lookedAtBy(0)));
        return OwnershipWord.of(
                packed >> STATE_SHIFT, further, packed >> EPOCH_SHIFT & MOST, packed >> IN_FLIGHT_SHIFT & MOST, claims);
    }
}
