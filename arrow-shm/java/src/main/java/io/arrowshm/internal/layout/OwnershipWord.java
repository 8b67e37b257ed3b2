package io.arrowshm.internal.layout;

/**
 * The one 64-bit word that is the truth about a slot.
 *
 * <pre>
 *  63  61 60        49 48        38 37       26 25     24      23          0
 * +------+------------+------------+-----------+-----+-------+--------------+
 * |state | tag        | epoch      | in flight |named|foreign| holder bits  |
 * +------+------------+------------+-----------+-----+-------+--------------+
 * </pre>
 *
 * Holder bit p is the hold of participant p. The epoch is the index of the epoch that sent what is in flight, 0 if
 * nothing is. The tag changes with every allocation and makes false successes of a compare-and-set rare; identity is
 * the slot's generation, not the tag.
 */
public final class OwnershipWord {
    /** Participants a pool can have. */
    public static final int PARTICIPANTS = 24;

    public static final int MAX_IN_FLIGHT = (1 << 12) - 1;

    /** Largest index of an epoch; 0 means none. */
    public static final int MAX_EPOCH = (1 << 11) - 1;

    public static final long HOLDERS = (1L << PARTICIPANTS) - 1;
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
    /** Several participants write disjoint parts of it; its creator can seal it once nobody else holds it. */
    public static final int MUTABLE = 4;
    /** Was mutable when its creator gave it up, or is only lent: no new hold, never sealed, freed with the last claim. */
    public static final int ORPHAN = 5;

    /** Numbers of states that a word has room for. */
    public static final int STATES = 8;

    private static final int IN_FLIGHT_SHIFT = 26;
    private static final int EPOCH_SHIFT = 38;
    private static final int TAG_SHIFT = 49;
    private static final int STATE_SHIFT = 61;
    private static final int TAGS = 1 << 12;
    private static final long CLAIMS = HOLDERS | FOREIGN | NAMED | ((long) MAX_IN_FLIGHT << IN_FLIGHT_SHIFT);

    private OwnershipWord() {}

    public static long of(int state, int tag, int epoch, int inFlight, long holdersAndFlags) {
        return (long) state << STATE_SHIFT
                | (long) (tag & TAGS - 1) << TAG_SHIFT
                | (long) epoch << EPOCH_SHIFT
                | (long) inFlight << IN_FLIGHT_SHIFT
                | holdersAndFlags;
    }

    public static long holderBit(int participant) {
        return 1L << participant;
    }

    public static int state(long word) {
        return (int) (word >>> STATE_SHIFT);
    }

    public static int tag(long word) {
        return (int) (word >>> TAG_SHIFT) & TAGS - 1;
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

    /** The holder bits together with the foreign and the named flag. */
    public static long holdersAndFlags(long word) {
        return word & (HOLDERS | FOREIGN | NAMED);
    }

    public static boolean isHeldBy(long word, int participant) {
        return (word & holderBit(participant)) != 0;
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
        return String.format(
                "%s holders=%s inFlight=%d epoch=%d%s%s tag=%d",
                state < names.length ? names[state] : "state " + state,
                Long.toBinaryString(holders(word)),
                inFlight(word),
                epoch(word),
                (word & FOREIGN) != 0 ? " foreign" : "",
                (word & NAMED) != 0 ? " named" : "",
                tag(word));
    }
}
