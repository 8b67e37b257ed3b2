package io.arrowshm.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.Test;

class SubmissionsTest {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    @Test
    void thePlanOfAJobThatTheClusterNeverTookIsDeleted() throws Exception {
        Submissions submissions = new Submissions();
        Thread submitting;
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StreamExecutionEnvironment env = submissions.environment(clientOf(silent));
            env.fromSequence(1, 2).sinkTo(new DiscardingSink<>());
            StreamGraph graph = env.getStreamGraph();
            submitting = new Thread(() -> submit(env, graph), "submitting");
            submitting.start();
            Await.until(
                    "Flink's client has written the plan",
                    TIMEOUT,
                    () -> !submissions.plans().isEmpty(),
                    () -> "still submitting: " + submitting.isAlive());
            submissions.close();
            submissions.deletePlans();
            assertThat(submissions.plans()).isEmpty();
        }
        submitting.join(TIMEOUT.toMillis());
        assertThat(submitting.isAlive()).isFalse();
    }

    @Test
    void nothingIsSubmittedToAClusterThatIsClosed() throws Exception {
        Submissions submissions = new Submissions();
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            StreamExecutionEnvironment env = submissions.environment(clientOf(silent));
            env.fromSequence(1, 2).sinkTo(new DiscardingSink<>());
            submissions.close();
            assertThatIllegalStateException().isThrownBy(env::execute).withMessage("the cluster is closed");
        }
    }

    private static Configuration clientOf(ServerSocket server) {
        Configuration client = new Configuration();
        client.set(RestOptions.ADDRESS, server.getInetAddress().getHostAddress());
        client.set(RestOptions.PORT, server.getLocalPort());
        client.set(RestOptions.RETRY_MAX_ATTEMPTS, 0);
        client.setString("execution.target", "remote");
        return client;
    }

    private static void submit(StreamExecutionEnvironment env, StreamGraph graph) {
        try {
            env.executeAsync(graph);
        } catch (Exception refused) {
            // There is no cluster.
        }
    }
}
