package io.arrowshm.jobs.images.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.jobs.images.ImageTestData;
import io.arrowshm.jobs.images.data.Images;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One source process and two processes of workers. */
class ImagesExchangeIT {
    private static final int MOST_WORKERS = 3;
    private static final int PASSES = 2;
    /** Tag, channel, reference, and what Flink puts around a record; far below the payload of any batch here. */
    private static final long MOST_BYTES_OF_A_REFERENCE = 128;
    /** Invitations, end of data, and the like: a few for each worker and job. */
    private static final long OTHER_BYTES = 10_000;

    private static ImagesCluster images;

    @BeforeAll
    static void start() throws Exception {
        images = ImagesCluster.start(ImagesExchangeIT.class, null, 3, MOST_WORKERS);
    }

    @AfterAll
    static void closeAndFindNothingLeft() throws Exception {
        images.close();
        assertThat(images.cluster().livingProcesses()).isZero();
    }

    @ParameterizedTest(name = "batches of {0}, {1} workers")
    @CsvSource({"100,1", "1338,2", "7,3", "10000,2"})
    void everyBatchGoesByReferenceAndTheAnswerIsTheKnownOne(int batch, int parallelism) {
        ImagesResult result = images.run(ImagesCluster.plan(batch, parallelism, PASSES, 0), processed -> {});
        assertKnownAnswer(result);
        assertThat(result.byValueReasons()).isEmpty();
        assertThat(result.references()).isEqualTo(result.batches()).isEqualTo(batches(batch));
        assertThat(result.networkBytes()).isBetween(1L, result.references() * MOST_BYTES_OF_A_REFERENCE + OTHER_BYTES);
    }

    @ParameterizedTest(name = "batches of {0}, {1} workers")
    @CsvSource({"1338,2", "7,3"})
    void flinksExchangeGivesTheSameAnswerOnTheSameCluster(int batch, int parallelism) {
        ImagesResult result = images.runOverFlink(ImagesCluster.plan(batch, parallelism, PASSES, 0));
        assertKnownAnswer(result);
        assertThat(result.references()).isZero();
        assertThat(result.byValue()).isEqualTo(result.batches()).isEqualTo(batches(batch));
        assertThat(result.networkBytes()).isGreaterThan(result.payloadBytes());
    }

    private static long batches(int batch) {
        return ImagesCluster.plan(batch, 1, PASSES, 0).batches();
    }

    private static void assertKnownAnswer(ImagesResult result) {
        ImagesResult.Answer answer = result.answer();
        assertThat(answer).isNotNull();
        assertThat(answer.correct()).isEqualTo(ImageTestData.BUNDLED_CORRECT);
        assertThat(answer.total()).isEqualTo(2_000);
        assertThat(answer.pixelSum()).isEqualTo(ImageTestData.BUNDLED_PIXEL_SUM);
        assertThat(result.images()).isEqualTo(10_000L * PASSES);
        assertThat(result.payloadBytes()).isEqualTo(10_000L * PASSES * Images.PAYLOAD_BYTES);
    }
}
