package io.arrowshm.internal.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RotationTest {
    @Test
    void aRoundLooksAtSoManyPlacesInUseAndTheNextOneAtThoseThatFollow() {
        Rotation rotation = new Rotation(1, 101);
        List<Integer> looked = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            rotation.forUpTo(10, place -> place % 2 == 0, looked::add);
        }
        assertThat(looked).hasSize(50).doesNotHaveDuplicates().allMatch(place -> place % 2 == 0);
    }

    @Test
    void noPlaceIsLookedAtTwiceInARoundHoweverFewThereAre() {
        Rotation rotation = new Rotation(0, 8);
        List<Integer> looked = new ArrayList<>();
        rotation.forUpTo(Integer.MAX_VALUE, place -> place < 3, looked::add);
        assertThat(looked).containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void whatComesIntoUseIsLookedAtWithinASecondOfRoundsAndAtOnceByWhoLooksAtAll() {
        BitSet inUse = new BitSet();
        Rotation rotation = new Rotation(0, 4_096);
        List<Integer> looked = new ArrayList<>();
        rotation.forUpTo(10, inUse::get, looked::add);
        inUse.set(4_000);
        for (int round = 0; round < 10; round++) {
            rotation.forUpTo(10, inUse::get, looked::add);
        }
        assertThat(looked).isNotEmpty().containsOnly(4_000);
        inUse.set(17);
        rotation.forUpTo(4_096, inUse::get, looked::add);
        assertThat(looked).contains(17);
        inUse.clear(17);
        looked.clear();
        rotation.forUpTo(10, inUse::get, looked::add);
        assertThat(looked).containsExactly(4_000);
    }
}
