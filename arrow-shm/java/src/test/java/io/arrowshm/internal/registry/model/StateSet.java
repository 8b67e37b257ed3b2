package io.arrowshm.internal.registry.model;

import java.util.Arrays;

/** The states that were seen, numbered from 0 in the order in which they were added. */
final class StateSet {
    private byte[][] states = new byte[1 << 10][];
    private int[] table = new int[1 << 12];
    private int size;

    int size() {
        return size;
    }

    byte[] get(int number) {
        return states[number];
    }

    /** The number of a state, which is the size before if it is new. */
    int add(byte[] state) {
        if (size * 2 > table.length) {
            grow();
        }
        int at = find(state);
        if (table[at] == 0) {
            if (size == states.length) {
                states = Arrays.copyOf(states, size * 2);
            }
            states[size++] = state;
            table[at] = size;
        }
        return table[at] - 1;
    }

    private int find(byte[] state) {
        int mask = table.length - 1;
        int at = hash(state) & mask;
        while (table[at] != 0 && !Arrays.equals(states[table[at] - 1], state)) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        table = new int[table.length * 2];
        for (int number = 0; number < size; number++) {
            table[find(states[number])] = number + 1;
        }
    }

    private static int hash(byte[] state) {
        long hash = 0;
        for (byte b : state) {
            hash = (hash + b) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash ^ hash >>> 32);
    }
}
