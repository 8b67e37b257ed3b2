package io.arrowshm.shm.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.shm.registry.OwnershipExplorer.Bounds;
import io.arrowshm.shm.registry.OwnershipExplorer.Fault;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OwnershipExplorerTest {
    private static final int[] SENDER_AND_TWO_RECEIVERS = {0, 1, 2};
    private static final int[] SENDER_AND_A_RECEIVER_OF_TWO_THREADS = {0, 1, 1};

    @Test
    void nothingIsLostOrFreedEarlyWithASenderAndAReceiver() {
        explore(new int[] {0, 1}, new Bounds(2, 2, 2));
    }

    @Test
    void nothingIsLostOrFreedEarlyWithTwoReceivers() {
        explore(SENDER_AND_TWO_RECEIVERS, new Bounds(1, 1, 1));
    }

    @Test
    void nothingIsLostOrFreedEarlyWithTwoThreadsInOneReceiver() {
        explore(SENDER_AND_A_RECEIVER_OF_TWO_THREADS, new Bounds(2, 2, 1));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aFaultIsFound(Fault fault) {
        assertThatThrownBy(() -> new OwnershipExplorer(new int[] {0, 1}, new Bounds(2, 2, 1), fault).explore())
                .isInstanceOf(OwnershipExplorer.Violation.class);
    }

    private static void explore(int[] participantOfThread, Bounds bounds) {
        int states = new OwnershipExplorer(participantOfThread, bounds, Fault.NONE).explore();
        System.out.printf("%,d states of %d threads explored, %s%n", states, participantOfThread.length, bounds);
        assertThat(states).isGreaterThan(10_000);
    }
}
