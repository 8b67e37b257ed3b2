package io.arrowshm.systemtest.topology;

import java.io.Serializable;

/**
 * What a node makes of records, each given by its first word: the same for whoever runs the node. Nothing depends on the
 * order of records.
 *
 * @param salt makes each node's results its own
 */
record Logic(long salt) implements Serializable {
    /** When what has been gathered by key is emitted: later than all time stamps of sources, before the end of time. */
    static final long END = 1L << 40;

    static final long WINDOW = 1_024;

    private static final int KEYS = 16;

    /** A record that is made of another one. */
    long made(long first, int number) {
        return Words.mix(first ^ Words.mix(salt + number));
    }

    /** How many further ones. */
    int further(long first) {
        return choice(first, 3);
    }

    /** Whether the record itself is passed on. */
    boolean passes(long first) {
        return choice(first, 4) != 0;
    }

    /** Whether the record itself is passed on at the side. */
    boolean passesAtTheSide(long first) {
        return choice(first, 4) < 2;
    }

    long key(long first) {
        return choice(first ^ 1, KEYS);
    }

    /** The record that tells what was gathered for a key. */
    long summary(long key, long... totals) {
        long summary = made(key, KEYS);
        for (long total : totals) {
            summary = Words.mix(summary ^ total);
        }
        return summary;
    }

    static long windowStart(long timestamp) {
        return timestamp - timestamp % WINDOW;
    }

    private int choice(long first, int number) {
        return (int) Math.floorMod(Words.mix(first - salt), (long) number);
    }
}
