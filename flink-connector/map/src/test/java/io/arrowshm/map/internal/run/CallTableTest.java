package io.arrowshm.map.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTableTest {
    @ParameterizedTest
    @CsvSource({"1,1", "3,10", "3,3", "8,3", "4,0", "5,1", "7,100"})
    void everyRangeIsAssignedToOneOfTheWorkersThatAreNeeded(int workers, int ranges) {
        CallTable table = table(workers, ranges);
        table.assign();
        List<Integer> needed = IntStream.range(0, table.workersNeeded())
                .map(table::workerOf)
                .boxed()
                .toList();
        List<Integer> claimed = new ArrayList<>();
        for (int worker : needed) {
            for (int range = 0; range < ranges; range++) {
                if (table.tryClaim(range, worker)) {
                    claimed.add(range);
                }
            }
        }
        assertThat(needed).doesNotHaveDuplicates().allMatch(worker -> worker < workers);
        assertThat(claimed)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, ranges).boxed().toList());
    }

    @Test
    void whatADeadWorkerHadIsKnownExactly() {
        CallTable table = table(2, 6);
        table.assign();
        assertThat(table.tryClaim(3, 0)).isFalse();
        assertThat(table.tryClaim(0, 0)).isTrue();
        table.done(0, 0);
        assertThat(table.tryClaim(1, 0)).isTrue();
        assertThat(table.unfinished(0, range -> false)).isEqualTo(1);
        assertThat(table.unfinished(0, range -> true)).isEqualTo(2);
        assertThat(table.release(0, false, range -> false)).isEqualTo(1);
        assertThat(table.tryClaim(2, 1)).isTrue();
        assertThat(table.tryClaim(1, 1)).isFalse();
        assertThat(table.release(0, true, range -> false)).isEqualTo(1);
        assertThat(table.tryClaim(1, 1)).isTrue();
        assertThat(table.release(0, true, range -> true)).isEqualTo(1);
        assertThat(table.tryClaim(0, 1)).isTrue();
        assertThat(table.left()).isEqualTo(6);
    }

    @Test
    void rangesAreHandedOutInOrderAndOnce() {
        CallTable table = table(2, 3);
        assertThat(table.nextHinted()).isZero();
        assertThat(table.nextHinted()).isEqualTo(1);
        assertThat(table.nextHinted()).isEqualTo(2);
        assertThat(table.nextHinted()).isEqualTo(3);
        assertThat(table.nextHinted()).isEqualTo(3);
        table.stop();
        assertThat(table.isStopped()).isTrue();
    }

    private static CallTable table(int workers, int ranges) {
        return new CallTable(new HeapCells(CallTable.cells(workers, ranges)), workers, ranges);
    }
}
