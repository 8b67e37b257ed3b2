package io.arrowshm.jobs.images.job;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.cluster.ClusterRest;
import io.arrowshm.jobs.images.ImageTestData;
import io.arrowshm.jobs.images.data.ImageSet;
import java.net.URI;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlinkExchangeTest {
    private static final int MOST_WORKERS = 3;

    private static MiniCluster cluster;
    private static JobRunner jobs;

    @BeforeAll
    static void startCluster() throws Exception {
        Configuration configuration = Configuration.fromMap(Places.together(MOST_WORKERS + 1));
        configuration.addAll(Configuration.fromMap(Map.of(
                "taskmanager.cpu.cores", Integer.toString(2 * MOST_WORKERS),
                "rest.port", "0",
                "rest.bind-address", "127.0.0.1",
                "web.refresh-interval", "100",
                "metrics.reporters", "network-bytes",
                "metrics.reporter.network-bytes.factory.class", "io.arrowshm.cluster.NetworkBytesReporterFactory")));
        cluster = new MiniCluster(new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(MOST_WORKERS + 1)
                .build());
        cluster.start();
        URI rest = cluster.getRestAddress().get();
        jobs = new JobRunner(
                options -> StreamExecutionEnvironment.createRemoteEnvironment(rest.getHost(), rest.getPort(), options),
                new ClusterRest(rest));
    }

    @AfterAll
    static void stopCluster() throws Exception {
        cluster.close();
    }

    @ParameterizedTest(name = "batches of {0}, {1} workers, {2} passes")
    @CsvSource({"1,1,1", "1,3,1", "7,1,1", "7,2,3", "1000,1,2", "1000,3,1", "10000,2,1"})
    void theAnswerDoesNotDependOnHowTheInputIsCut(int batchImages, int workers, long passes) {
        ImagesPlan plan = new ImagesPlan(ImageSet.bundled(), workers, batchImages, passes, ImagesPlan.Reads.ALL, 0);
        ImagesResult result = new ImagesRun(jobs, Exchange.ofFlink(), plan).execute(batches -> {});
        ImagesResult.Answer answer = requireNonNull(result.answer());
        assertThat(answer.correct()).isEqualTo(ImageTestData.BUNDLED_CORRECT);
        assertThat(answer.total()).isEqualTo(2_000);
        assertThat(answer.pixelSum()).isEqualTo(ImageTestData.BUNDLED_PIXEL_SUM);
        assertThat(result.images()).isEqualTo(10_000 * passes);
        assertThat(result.batches()).isEqualTo(plan.batches());
        assertThat(result.payloadBytes()).isEqualTo(10_000L * 789 * passes);
        assertThat(result.references()).isZero();
        assertThat(result.byValueReasons()).isEqualTo(Map.of("exchange flink", plan.batches()));
        assertThat(result.networkBytes()).as("one process, no network").isZero();
        assertThat(result.seconds()).isPositive();
    }

    @Test
    void readingTheFirstImageOnlyCountsAndAnswersNothing() {
        ImagesPlan plan = new ImagesPlan(ImageSet.bundled(), 1, 300, 2, ImagesPlan.Reads.FIRST, 0);
        ImagesResult result = new ImagesRun(jobs, Exchange.ofFlink(), plan).execute(batches -> {});
        assertThat(result.answer()).isNull();
        assertThat(result.images()).isEqualTo(20_000);
        assertThat(result.byValue()).isEqualTo(plan.batches());
    }
}
