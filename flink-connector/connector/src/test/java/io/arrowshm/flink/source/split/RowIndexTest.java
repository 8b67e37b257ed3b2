package io.arrowshm.flink.source.split;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RowIndexTest {
    private static final int BATCHES = 4;
    private static final int MOST_ROWS = 3;

    @Test
    void everyRowLiesInTheBatchThatCountingFindsForAllSmallShapes() {
        int shapes = (int) Math.pow(MOST_ROWS + 1, BATCHES);
        for (int shape = 0; shape < shapes; shape++) {
            long[] rows = new long[BATCHES];
            for (int batch = 0, rest = shape; batch < BATCHES; batch++, rest /= MOST_ROWS + 1) {
                rows[batch] = rest % (MOST_ROWS + 1);
            }
            RowIndex index = RowIndex.ofBatches(rows);
            long row = 0;
            for (int batch = 0; batch < BATCHES; batch++) {
                assertThat(index.start(batch)).isEqualTo(row);
                for (long i = 0; i < rows[batch]; i++) {
                    assertThat(index.batch(row++)).as("row %s of %s", row, rows).isEqualTo(batch);
                }
                assertThat(index.end(batch)).isEqualTo(row);
            }
            assertThat(index.rows()).isEqualTo(row);
        }
        assertThat(RowIndex.ofBatches().rows()).isZero();
    }
}
