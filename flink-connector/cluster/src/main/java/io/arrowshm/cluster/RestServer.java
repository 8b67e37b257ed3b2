package io.arrowshm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The REST server of a cluster, which is asked until it has an answer. Any thread.
 *
 * <p>While a cluster starts or recovers, nobody listens, a job is not known yet, or a handler misses something that has
 * not been reported yet and answers with an error of the server: all that may be different the next time.
 */
final class RestServer {
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;
    private static final int SERVER_ERROR = 500;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final URI address;
    private final Patience patience;
    private final Runnable requireAlive;

    /** @param requireAlive throws if the server will never answer again */
    RestServer(URI address, Patience patience, Runnable requireAlive) {
        this.address = address;
        this.patience = patience;
        this.requireAlive = requireAlive;
    }

    /**
     * How long a server is waited for.
     *
     * @param request until one request is given up
     * @param answer until an answer is given up that several requests did not get
     */
    record Patience(Duration request, Duration answer) {
        static final Patience DEFAULT = new Patience(Duration.ofSeconds(10), Duration.ofSeconds(60));
    }

    /** @throws ClusterException if the server refuses the request, or has no answer when the deadline has passed */
    JsonNode get(String path) {
        long deadline = System.nanoTime() + patience.answer().toNanos();
        while (true) {
            try {
                return ask(path);
            } catch (NotYet e) {
                requireAlive.run();
                if (System.nanoTime() - deadline >= 0) {
                    throw new ClusterException(
                            "not within the deadline: an answer of the REST server, timeout=" + patience.answer()
                                    + ", last: " + e.getMessage(),
                            e);
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    /** Asks once; empty if there is no answer, perhaps because somebody else's server refuses the request. */
    Optional<JsonNode> getIfReady(String path) {
        try {
            return Optional.of(ask(path));
        } catch (ClusterException e) {
            return Optional.empty();
        }
    }

    private JsonNode ask(String path) {
        URI uri = address.resolve(path);
        CompletableFuture<HttpResponse<byte[]>> answer =
                HTTP.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            // The request's own time-out ends with the headers: a body that never ends would be awaited for ever.
            HttpResponse<byte[]> response = answer.get(patience.request().toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() == OK) {
                return JSON.readTree(response.body());
            }
            String message = "the REST server refused: uri=" + uri + ", status=" + response.statusCode() + ", body="
                    + new String(response.body(), StandardCharsets.UTF_8);
            if (response.statusCode() == NOT_FOUND || response.statusCode() >= SERVER_ERROR) {
                throw new NotYet(message, null);
            }
            throw new ClusterException(message);
        } catch (ExecutionException e) {
            throw new NotYet("the REST server did not answer: uri=" + uri + ", cause=" + e.getCause(), e.getCause());
        } catch (IOException | TimeoutException e) {
            throw new NotYet("the REST server did not answer: uri=" + uri + ", cause=" + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted while asking the REST server: uri=" + uri, e);
        } finally {
            answer.cancel(true);
        }
    }

    /** It may be different the next time. */
    private static final class NotYet extends ClusterException {
        private static final long serialVersionUID = 1L;

        NotYet(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
