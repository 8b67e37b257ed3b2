package io.arrowshm.internal.layout;

/**
 * The one 64-bit word that is the truth about a slot.
 *
 * <pre>
 *  63  61 60        49 48        38 37       26 25     24      23          0
 * +------+------------+------------+-----------+-----+-------+--------------+
 * |state | further    | epoch      | in flight |named|foreign| holder bits  |
 * +------+------------+------------+-----------+-----+-------+--------------+
 * </pre>
 *
 * Holder bit p is the hold of participant p, for the first {@value #IN_WORD}; those of the others are in {@link
 * FurtherHolders}. Further is {@link #NONE} if none of these holds the slot, {@link #SOME} if some may, and 2 + p if some
 * may and participant p is looking whether one does. The epoch is the index of the epoch that sent what is in flight, 0 if
 * nothing is.
 */
public final class OwnershipWord {
    /** Participants a pool can have. */
    public static final int PARTICIPANTS = 128;

    /** Participants whose holds are in the word. */
    public static final int IN_WORD = 24;

    /** No participant whose holds are not in the word holds the slot. */
    public static final int NONE = 0;
    /** Some may. */
    public static final int SOME = 1;

    public static final int MAX_IN_FLIGHT = (1 << 12) - 1;

    /** Largest index of an epoch; 0 means none. */
    public static final int MAX_EPOCH = (1 << 11) - 1;

    public static final long HOLDERS = (1L << IN_WORD) - 1;
    public static final long FOREIGN = 1L << 24;
    public static final long NAMED = 1L << 25;

    /** No memory behind the slot. */
    public static final int UNBACKED = 0;
    /** Memory that nobody owns. */
    public static final int FREE = 1;
    /** One participant writes it. */
    public static final int BUILDING = 2;
    /** Immutable, readable by everybody who holds it. */
    public static final int SEALED = 3;
    /** Several participants write disjoint parts of it; whoever holds it alone can seal it. */
    public static final int MUTABLE = 4;
    /** Was to be used again while somebody outside had a lease: no new hold, freed when the lease falls. */
    public static final int ORPHAN = 5;

    /** Numbers of states that a word has room for. */
    public static final int STATES = 8;

    private static final int IN_FLIGHT_SHIFT = 26;
    private static final int EPOCH_SHIFT = 38;
    private static final int FURTHER_SHIFT = 49;
    private static final int STATE_SHIFT = 61;
    private static final long FURTHER = (1L << (STATE_SHIFT - FURTHER_SHIFT)) - 1;
    private static final int FIRST_LOOKING = 2;
    private static final long CLAIMS =
            HOLDERS | FOREIGN | NAMED | ((long) MAX_IN_FLIGHT << IN_FLIGHT_SHIFT) | (FURTHER << FURTHER_SHIFT);

    private OwnershipWord() {}

    public static long of(int state, int further, int epoch, int inFlight, long holdersAndFlags) {
        return (long) state << STATE_SHIFT
                | (long) further << FURTHER_SHIFT
                | (long) epoch << EPOCH_SHIFT
                | (long) inFlight << IN_FLIGHT_SHIFT
                | holdersAndFlags;
    }

    /** The participant's bit in the word, 0 if it has none there. */
    public static long holderBit(int participant) {
        return isInWord(participant) ? 1L << participant : 0;
    }

    /** Whether the participant's holds are in the word. */
    public static boolean isInWord(int participant) {
        return participant < IN_WORD;
    }

    public static int state(long word) {
        return (int) (word >>> STATE_SHIFT);
    }

    /** {@link #NONE}, {@link #SOME}, or {@link #lookedAtBy} somebody. */
    public static int further(long word) {
        return (int) ((word >>> FURTHER_SHIFT) & FURTHER);
    }

    /** What stands in the word while a participant looks whether any of the further holders is left. */
    public static int lookedAtBy(int participant) {
        return FIRST_LOOKING + participant;
    }

    public static int epoch(long word) {
        return (int) (word >>> EPOCH_SHIFT) & MAX_EPOCH;
    }

    public static int inFlight(long word) {
        return (int) (word >>> IN_FLIGHT_SHIFT) & MAX_IN_FLIGHT;
    }

    public static long holders(long word) {
        return word & HOLDERS;
    }

    /** The same word with another mark for the further holders. */
    public static long withFurther(long word, int further) {
        return (word & ~(FURTHER << FURTHER_SHIFT)) | ((long) further << FURTHER_SHIFT);
    }

    /** The holder bits together with the foreign and the named flag. */
    public static long holdersAndFlags(long word) {
        return word & (HOLDERS | FOREIGN | NAMED);
    }

    /**
     * Whether the participant holds the slot, as far as the word can say: of one whose holds are not in it, it says only
     * whether some of these may.
     */
    public static boolean isHeldBy(long word, int participant) {
        return isInWord(participant) ? (word & holderBit(participant)) != 0 : further(word) != NONE;
    }

    /** Whether any participant holds the slot, or one of the further holders may. */
    public static boolean mayHaveHolders(long word) {
        return holders(word) != 0 || further(word) != NONE;
    }

    /** Whether a name holds the slot. */
    public static boolean isNamed(long word) {
        return (word & NAMED) != 0;
    }

    /** Whether no participant, no foreign reader, no name and nothing in flight claims the slot. */
    public static boolean isUnclaimed(long word) {
        return (word & CLAIMS) == 0;
    }

    public static String toString(long word) {
        String[] names = {"unbacked", "free", "building", "sealed", "mutable", "orphan"};
        int state = state(word);
        int further = further(word);
        return String.format(
                "%s holders=%s inFlight=%d epoch=%d%s%s%s",
                state < names.length ? names[state] : "state " + state,
                Long.toBinaryString(holders(word)),
                inFlight(word),
                epoch(word),
                (word & FOREIGN) != 0 ? " foreign" : "",
                (word & NAMED) != 0 ? " named" : "",
                further == NONE
                        ? ""
                        : further == SOME ? " further" : " further, looked at by " + (further - FIRST_LOOKING));
    }
}
