package io.arrowshm.jobs.images.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.PoolStatistics;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.jobs.images.ImageTestData;
import io.arrowshm.jobs.images.data.Images;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;

class SlowConsumerIT {
    private static final long POOL_BYTES = 256L << 20;
    private static final long BATCH_BYTES = 1L << 20;
    private static final String BACK_PRESSURED = "0.backPressuredTimeMsPerSecond";
    private static final int SLOW_MS = 10;
    /** A quarter of the pool may be on its way, in the smallest batches: the test job's, of 1,338 and 662 images in turn. */
    private static final int MOST_IN_FLIGHT = (int) (POOL_BYTES / 4 / (1_000 * Images.PAYLOAD_BYTES)) + 1;
    /** How many times the bundled images are sent, which makes 2,000 batches. */
    private static final int PASSES = 250;

    @Test
    void theSourceIsHeldBackAndThePoolIsNeverExceeded() throws Exception {
        ImagesPlan plan = ImagesCluster.plan(1_338, 1, PASSES, SLOW_MS);
        assertThat(plan.batches()).isEqualTo(2_000);
        Watch watch;
        ImagesResult result;
        try (ImagesCluster images = ImagesCluster.start(SlowConsumerIT.class, POOL_BYTES, 2, 1);
                SharedMemoryPool pool = images.openPool()) {
            watch = new Watch(pool, images.cluster().rest());
            result = images.run(plan, watch);
        }
        System.out.println(watch);
        ImagesResult.Answer answer = result.answer();
        assertThat(answer).isNotNull();
        assertThat(answer.correct()).isEqualTo(ImageTestData.BUNDLED_CORRECT);
        assertThat(answer.pixelSum()).isEqualTo(ImageTestData.BUNDLED_PIXEL_SUM);
        assertThat(result.byValueReasons()).isEmpty();
        assertThat(result.references()).isEqualTo(2_000);
        assertThat(watch.samples).isGreaterThan(50);
        assertThat(watch.mostBackedBytes).isBetween(BATCH_BYTES, POOL_BYTES);
        assertThat(watch.mostInFlight).isBetween(2, MOST_IN_FLIGHT);
        // Besides, one in the making, one waiting for credit and one at work.
        assertThat(watch.mostSegments).isBetween(2, MOST_IN_FLIGHT + 3);
        assertThat(watch.mostBackPressuredMs).as("milliseconds of a second").isGreaterThan(500);
    }

    /** Looks at pool and back-pressure whenever the progress is told. */
    private static final class Watch implements LongConsumer {
        private final SharedMemoryPool pool;
        private final ClusterRest rest;
        private int samples;
        private long mostBackedBytes;
        private int mostSegments;
        private int mostInFlight;
        private double mostBackPressuredMs;

        Watch(SharedMemoryPool pool, ClusterRest rest) {
            this.pool = pool;
            this.rest = rest;
        }

        @Override
        public void accept(long processed) {
            samples++;
            PoolStatistics now = pool.statistics();
            mostBackedBytes = Math.max(mostBackedBytes, now.backedBytes());
            mostSegments = Math.max(mostSegments, now.segments());
            mostInFlight = Math.max(mostInFlight, now.segmentsInFlight());
            for (JsonNode job : rest.get("/jobs").path("jobs")) {
                if (job.path("status").asText().equals("RUNNING")) {
                    lookAtSource(JobID.fromHexString(job.path("id").asText()));
                }
            }
        }

        private void lookAtSource(JobID job) {
            // Not the address for back-pressure, which fails while a job ends.
            for (String ms : rest.vertexMetrics(job, rest.job(job).vertex("Source"), List.of(BACK_PRESSURED))
                    .values()) {
                mostBackPressuredMs = Math.max(mostBackPressuredMs, Double.parseDouble(ms));
            }
        }

        @Override
        public String toString() {
            return "samples=" + samples + " mostBackedBytes=" + mostBackedBytes + " mostSegments=" + mostSegments
                    + " mostInFlight=" + mostInFlight + " mostBackPressuredMs=" + mostBackPressuredMs;
        }
    }
}
