package io.arrowshm.internal.registry.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** The states that were seen, numbered from 0 in the order in which they were added. */
final class StateSet {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private byte[][] states = new byte[1 << 10][];
    /** Numbers plus 1, and the hashes of these states beside them: most that are not equal differ in that. */
    private int[] table = new int[1 << 12];

    private int[] hashes = new int[1 << 12];
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
        int hash = hash(state);
        int at = find(state, hash);
        if (table[at] == 0) {
            if (size == states.length) {
                states = Arrays.copyOf(states, size * 2);
            }
            states[size++] = state;
            table[at] = size;
            hashes[at] = hash;
        }
        return table[at] - 1;
    }

    private int find(byte[] state, int hash) {
        int mask = table.length - 1;
        int at = hash & mask;
        while (table[at] != 0 && !(hashes[at] == hash && Arrays.equals(states[table[at] - 1], state))) {
            at = (at + 1) & mask;
        }
        return at;
    }

    private void grow() {
        int[] oldTable = table;
        int[] oldHashes = hashes;
        table = new int[oldTable.length * 2];
        hashes = new int[table.length];
        int mask = table.length - 1;
        for (int old = 0; old < oldTable.length; old++) {
            if (oldTable[old] != 0) {
                int at = oldHashes[old] & mask;
                while (table[at] != 0) {
                    at = (at + 1) & mask;
                }
                table[at] = oldTable[old];
                hashes[at] = oldHashes[old];
            }
        }
    }

    private static int hash(byte[] state) {
        long hash = 0;
        int at = 0;
        for (; at + Long.BYTES <= state.length; at += Long.BYTES) {
            hash = mixed(hash + (long) LONGS.get(state, at));
        }
        for (; at < state.length; at++) {
            hash = mixed(hash + state[at]);
        }
        return (int) (hash ^ hash >>> 32);
    }

    private static long mixed(long hash) {
        long product = hash * 0x9E3779B97F4A7C15L;
        return product ^ product >>> 29;
    }
}
