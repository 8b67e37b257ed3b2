package io.arrowshm.jobs.images.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchPlanTest {
    @Test
    void everyPassHoldsEveryImageOnceAndInOrder() {
        for (int count = 1; count <= 12; count++) {
            for (int batchImages = 1; batchImages <= 14; batchImages++) {
                BatchPlan plan = new BatchPlan(new ImageSet.Part(ImageFiles.bundled(), 100, count), batchImages, 3);
                List<Integer> sent = new ArrayList<>();
                for (long batch = 0; batch < plan.batches(); batch++) {
                    int first = plan.firstImage(batch);
                    assertThat(plan.images(batch)).isBetween(1, batchImages);
                    IntStream.range(first, first + plan.images(batch)).forEach(sent::add);
                }
                List<Integer> expected = new ArrayList<>();
                for (int pass = 0; pass < 3; pass++) {
                    IntStream.range(100, 100 + count).forEach(expected::add);
                }
                assertThat(sent)
                        .as("count=%d batchImages=%d", count, batchImages)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void manyPassesOfManyBatchesDoNotOverflow() {
        BatchPlan plan = new BatchPlan(new ImageSet.Part(ImageFiles.bundled(), 0, 60_000), 1, 10_000_000);
        assertThat(plan.batches()).isEqualTo(600_000_000_000L);
        assertThat(plan.firstImage(plan.batches() - 1)).isEqualTo(59_999);
    }
}
