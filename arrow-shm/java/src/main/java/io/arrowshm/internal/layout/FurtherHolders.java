package io.arrowshm.internal.layout;

/**
 * The two words of a slot's record with the holds of the participants that have no bit in the ownership word: bit p of
 * both together is the hold of participant {@link OwnershipWord#IN_WORD} + p. A bit alone is no hold yet: the word has to
 * say that there are some.
 */
public final class FurtherHolders {
    private FurtherHolders() {}

    /** Where in the record the participant's bit is; it has none in the ownership word. */
    public static int offset(int participant) {
        return SlotRecord.FURTHER_HOLDERS + index(participant) / Long.SIZE * Long.BYTES;
    }

    /** The bit of that word. */
    public static long bit(int participant) {
        return 1L << index(participant) % Long.SIZE;
    }

    private static int index(int participant) {
        if (participant < OwnershipWord.IN_WORD || participant >= OwnershipWord.PARTICIPANTS) {
            throw new IllegalArgumentException("participant=" + participant + " has no bit here");
        }
        return participant - OwnershipWord.IN_WORD;
    }
}
