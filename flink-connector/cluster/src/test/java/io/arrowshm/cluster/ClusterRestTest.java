package io.arrowshm.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterRestTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final int WITHOUT_END = -1;

    private final Queue<Integer> statuses = new ArrayDeque<>();
    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stopServer() {
        server.stop(0);
    }

    @Test
    void whatTheServerCannotTellYetIsAskedForUntilItCan() {
        statuses.addAll(List.of(404, 500, 503, 200));
        assertAnswered(rest(LONG, LONG));
    }

    @Test
    void anAnswerThatNeverEndsIsAskedForAgain() {
        statuses.addAll(List.of(WITHOUT_END, 200));
        assertAnswered(rest(SHORT, LONG));
    }

    @Test
    void aServerThatDoesNotListenYetIsAwaited() throws Exception {
        statuses.add(200);
        InetSocketAddress address = server.getAddress();
        server.stop(0);
        ClusterRest rest = new ClusterRest(
                new RestServer(uri(address.getPort()), new RestServer.Patience(LONG, LONG), () -> startAgain(address)));
        assertAnswered(rest);
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 500, 503})
    void aServerThatNeverCanTellIsReportedWithItsLastAnswer(int status) {
        for (int i = 0; i < 1000; i++) {
            statuses.add(status);
        }
        assertThatThrownBy(() -> rest(LONG, SHORT).get("/jobs/none"))
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("timeout=PT0.3S")
                .hasMessageContaining("/jobs/none, status=" + status + ", body={\"answer\": 42}");
        assertThat(requests).hasValueGreaterThan(1);
    }

    @Test
    void nobodyListeningIsReportedWithTheAddress() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        ClusterRest rest = new ClusterRest(new RestServer(uri(port), new RestServer.Patience(LONG, SHORT), () -> {}));
        assertThatThrownBy(rest::overview)
                .isInstanceOf(ClusterException.class)
                .hasMessageContaining("uri=http://127.0.0.1:" + port + "/overview")
                .hasMessageContaining("ConnectException");
    }

    @Test
    void aServerThatWillNeverAnswerAgainIsNotAwaited() {
        statuses.add(503);
        RestServer dead =
                new RestServer(uri(server.getAddress().getPort()), new RestServer.Patience(LONG, LONG), () -> {
                    throw new ClusterException("it is dead");
                });
        assertThatThrownBy(() -> dead.get("/jobs")).hasMessage("it is dead");
        assertThat(requests).hasValue(1);
    }

    @Test
    void whatTheServerRefusesIsAskedForOnce() {
        statuses.add(400);
        assertThatThrownBy(() -> rest(LONG, LONG).get("/jobs/none")).hasMessageContaining("status=400");
        assertThat(requests).hasValue(1);
    }

    private ClusterRest rest(Duration request, Duration answer) {
        return new ClusterRest(
                new RestServer(uri(server.getAddress().getPort()), new RestServer.Patience(request, answer), () -> {}));
    }

    private static void assertAnswered(ClusterRest rest) {
        assertThat(rest.get("/jobs").path("answer").asInt()).isEqualTo(42);
    }

    private static URI uri(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    private void startAgain(InetSocketAddress address) {
        try {
            server = HttpServer.create(address, 0);
        } catch (IOException stillListening) {
            return;
        }
        server.createContext("/", this::answer);
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
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
    }
}
