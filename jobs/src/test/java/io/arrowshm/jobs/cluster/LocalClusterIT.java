package io.arrowshm.jobs.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalClusterIT {
    @Test
    void runsAJobAndLeavesNoProcessAndNoFile(@TempDir Path temporary) throws Exception {
        Path work = temporary.resolve("cluster");
        long started = System.nanoTime();
        LocalCluster cluster = LocalCluster.start(LocalClusterOptions.builder()
                .taskManagers(2, TaskManagerSpec.DEFAULT)
                .workDirectory(work)
                .build());
        cluster.awaitTaskManagers(Duration.ofSeconds(60));
        report("start to 2 TaskManagers", started);
        for (int i = 0; i < 3; i++) {
            long submitted = System.nanoTime();
            StreamExecutionEnvironment environment = cluster.environment();
            assertThat(environment.fromSequence(1, 10).executeAndCollect(11))
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 10).boxed().toList());
            report("job of 10 records", submitted);
        }
        assertThat(cluster.livingProcesses()).isEqualTo(3);
        long closing = System.nanoTime();
        cluster.close();
        report("close", closing);
        assertThat(cluster.livingProcesses()).isZero();
        assertThat(work).doesNotExist();
    }

    private static void report(String what, long since) {
        System.out.printf("%s: %.1f s%n", what, (System.nanoTime() - since) / 1e9);
    }
}
