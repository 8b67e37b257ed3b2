package io.arrowshm.systemtest.topology;

/**
 * What is in a record: 64-bit words that all follow from the first one, so that the first one stands for the record
 * wherever records are only reckoned with.
 */
final class Words {
    private static final int FEWEST = 12;
    private static final int MOST = 32_768;
    private static final long FACTOR = 0x9E37_79B9_7F4A_7C15L;

    private Words() {}

    /** Number of words: 100 bytes to 256 KiB, as many records of one power of two as of any other. */
    static int count(long first) {
        double uniform = (mix(first) >>> 11) * 0x1p-53;
        return (int) (FEWEST * StrictMath.pow((double) MOST / FEWEST, uniform));
    }

    static long word(long first, int index) {
        return index == 0 ? first : mix(first + index);
    }

    /** Of a record as it should be. */
    static long digest(long first) {
        long digest = 0;
        for (int i = count(first) - 1; i >= 0; i--) {
            digest = digest(digest, word(first, i));
        }
        return mix(digest);
    }

    /** One step of a digest, to be taken from the last word to the first and then mixed. */
    static long digest(long digest, long word) {
        return digest * FACTOR + word;
    }

    /** A different number for each number, that looks random. */
    static long mix(long number) {
        long mixed = number + FACTOR;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
