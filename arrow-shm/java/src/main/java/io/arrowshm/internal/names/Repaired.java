package io.arrowshm.internal.names;

import java.util.BitSet;

/**
 * What a repair of names has done.
 *
 * @param datasets removed, since their creators have ended
 * @param freedSlots that only a name had held
 */
public record Repaired(int datasets, BitSet freedSlots) {
    static Repaired nothing() {
        return new Repaired(0, new BitSet());
    }
}
