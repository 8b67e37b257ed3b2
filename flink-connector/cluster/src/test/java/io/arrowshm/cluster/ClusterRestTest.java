package io.arrowshm.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterRestTest {
    private static final int WITHOUT_END = -1;

    private final Queue<Integer> statuses = new ArrayDeque<>();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;
    private ClusterRest rest;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            byte[] body = "{\"answer\": 42}".getBytes(StandardCharsets.UTF_8);
            int status = statuses.remove();
            if (status == WITHOUT_END) {
                exchange.sendResponseHeaders(200, body.length + 1);
                exchange.getResponseBody().write(body);
                exchange.getResponseBody().flush();
            } else {
                exchange.sendResponseHeaders(status, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            }
        });
        server.start();
        rest = new ClusterRest(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()));
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void aFailureOfTheServerIsAskedAboutAgain() {
        statuses.addAll(List.of(500, 503, 200));
        assertThat(rest.get("/jobs").path("answer").asInt()).isEqualTo(42);
    }

    @Test
    void anAnswerThatNeverEndsIsAskedForAgain() {
        statuses.addAll(List.of(WITHOUT_END, 200));
        assertThat(rest.get("/jobs").path("answer").asInt()).isEqualTo(42);
    }

    @Test
    void aServerThatKeepsFailingIsReported() {
        statuses.addAll(List.of(500, 500, 500));
        assertThatThrownBy(() -> rest.get("/jobs"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("status=500");
        assertThat(requests).hasValue(3);
    }

    @Test
    void whatIsNotThereIsAskedForOnce() {
        statuses.add(404);
        assertThatThrownBy(() -> rest.get("/jobs/none")).hasMessageContaining("status=404");
        assertThat(requests).hasValue(1);
    }
}
