package io.arrowshm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.flink.api.common.JobID;
import org.jspecify.annotations.Nullable;

/**
 * Reads a Flink cluster's REST server. Any thread. Every method throws {@link ClusterException} if the server does not
 * answer, or answers with an error.
 */
public final class ClusterRest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int ATTEMPTS = 3;
    private static final int SERVER_ERROR = 500;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT)
            .build();

    private final URI server;

    public ClusterRest(URI server) {
        this.server = server;
    }

    /** @param runningJobs jobs that have not ended */
    public record Overview(int taskManagers, int slotsTotal, int slotsAvailable, int runningJobs) {}

    /**
     * A job now.
     *
     * @param state Flink's JobStatus, for instance RUNNING
     * @param vertices in topological order
     */
    public record Job(String state, List<Vertex> vertices) {
        /**
         * @throws IllegalArgumentException if not exactly one vertex has the text in its name
         */
        public Vertex vertex(String namePart) {
            List<Vertex> matching =
                    vertices.stream().filter(v -> v.name().contains(namePart)).toList();
            if (matching.size() != 1) {
                throw new IllegalArgumentException(
                        "exactly one vertex must match: namePart=" + namePart + ", vertices=" + vertices);
            }
            return matching.get(0);
        }

        /** Whether every subtask of every vertex runs. */
        public boolean allRunning() {
            return state.equals("RUNNING")
                    && vertices.stream().allMatch(vertex -> vertex.runningTasks() == vertex.parallelism());
        }
    }

    /**
     * A vertex of a job.
     *
     * @param readRecords records read by its subtasks, 0 for a source
     * @param writtenRecords records written by its subtasks
     */
    public record Vertex(
            String id,
            String name,
            int parallelism,
            String state,
            int runningTasks,
            long readRecords,
            long writtenRecords,
            long readBytes,
            long writtenBytes) {}

    /**
     * Where and how often a subtask runs.
     *
     * @param attempt 0 at first; counts within one life of the JobManager
     */
    public record Subtask(int index, int attempt, String state, String taskManagerId) {}

    /**
     * Back pressure of one subtask; ratios are of the last second, and sum to about 1.
     */
    public record BackPressure(int subtask, double backPressuredRatio, double idleRatio, double busyRatio) {}

    public Overview overview() {
        JsonNode overview = get("/overview");
        return new Overview(
                overview.path("taskmanagers").asInt(),
                overview.path("slots-total").asInt(),
                overview.path("slots-available").asInt(),
                overview.path("jobs-running").asInt());
    }

    /** Slots by resource id of the TaskManagers that the JobManager believes in. */
    public Map<String, Integer> slotsByTaskManager() {
        Map<String, Integer> slots = new LinkedHashMap<>();
        for (JsonNode taskManager : get("/taskmanagers").path("taskmanagers")) {
            slots.put(
                    taskManager.path("id").asText(),
                    taskManager.path("slotsNumber").asInt());
        }
        return slots;
    }

    public Job job(JobID id) {
        JsonNode job = get("/jobs/" + id);
        List<Vertex> vertices = new ArrayList<>();
        for (JsonNode vertex : job.path("vertices")) {
            JsonNode metrics = vertex.path("metrics");
            vertices.add(new Vertex(
                    vertex.path("id").asText(),
                    vertex.path("name").asText(),
                    vertex.path("parallelism").asInt(),
                    vertex.path("status").asText(),
                    vertex.path("tasks").path("RUNNING").asInt(),
                    metrics.path("read-records").asLong(),
                    metrics.path("write-records").asLong(),
                    metrics.path("read-bytes").asLong(),
                    metrics.path("write-bytes").asLong()));
        }
        return new Job(job.path("state").asText(), vertices);
    }

    /** The current attempts of a vertex's subtasks. */
    public List<Subtask> subtasks(JobID job, Vertex vertex) {
        List<Subtask> subtasks = new ArrayList<>();
        for (JsonNode subtask : get("/jobs/" + job + "/vertices/" + vertex.id()).path("subtasks")) {
            subtasks.add(new Subtask(
                    subtask.path("subtask").asInt(),
                    subtask.path("attempt").asInt(),
                    subtask.path("status").asText(),
                    subtask.path("taskmanager-id").asText()));
        }
        return subtasks;
    }

    /**
     * Back pressure by subtask. Empty at first: the JobManager begins to collect when asked, and has an answer after its
     * next round of fetching metrics (by default every 10 s, option {@code metrics.fetcher.update-interval}).
     */
    public List<BackPressure> backPressure(JobID job, Vertex vertex) {
        List<BackPressure> subtasks = new ArrayList<>();
        for (JsonNode subtask : get("/jobs/" + job + "/vertices/" + vertex.id() + "/backpressure")
                .path("subtasks")) {
            subtasks.add(new BackPressure(
                    subtask.path("subtask").asInt(),
                    subtask.path("ratio").asDouble(),
                    subtask.path("idleRatio").asDouble(),
                    subtask.path("busyRatio").asDouble()));
        }
        return subtasks;
    }

    /**
     * Metrics of a vertex, each name with its subtask in front ({@code 0.numBytesInRemote}). As old as the last round of
     * fetching; names that are not there yet are left out.
     */
    public Map<String, String> vertexMetrics(JobID job, Vertex vertex, Collection<String> names) {
        String query = URLEncoder.encode(String.join(",", names), StandardCharsets.UTF_8);
        Map<String, String> values = new LinkedHashMap<>();
        for (JsonNode metric : get("/jobs/" + job + "/vertices/" + vertex.id() + "/metrics?get=" + query)) {
            values.put(metric.path("id").asText(), metric.path("value").asText());
        }
        return values;
    }

    /** Any other path of the server, as JSON. */
    public JsonNode get(String path) {
        for (int attempt = 1; ; attempt++) {
            try {
                return send(path)
                        .orElseThrow(() -> new ClusterException("the REST server does not listen: server=" + server));
            } catch (ServerFailure e) {
                // A busy JobManager cancels what it was about to answer, and the next time has the answer.
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Whether the server listens, is ready, and was configured by the cluster with this id. */
    boolean isServerOf(String clusterId) {
        Optional<JsonNode> configuration;
        try {
            configuration = send("/jobmanager/config");
        } catch (ClusterException notReady) {
            return false;
        }
        if (configuration.isEmpty()) {
            return false;
        }
        for (JsonNode option : configuration.get()) {
            if (option.path("key").asText().equals(ClusterConfiguration.CLUSTER_ID)) {
                return option.path("value").asText().equals(clusterId);
            }
        }
        return false;
    }

    /** Empty if nobody listens. */
    private Optional<JsonNode> send(String path) {
        URI uri = server.resolve(path);
        CompletableFuture<HttpResponse<byte[]>> answer =
                HTTP.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray());
        try {
            // The request's own time-out ends with the headers: a body that never ends would be awaited for ever.
            HttpResponse<byte[]> response = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != 200) {
                String message = "the REST server refused: uri=" + uri + ", status=" + response.statusCode() + ", body="
                        + new String(response.body(), StandardCharsets.UTF_8);
                throw response.statusCode() < SERVER_ERROR
                        ? new ClusterException(message)
                        : new ServerFailure(message, null);
            }
            return Optional.of(JSON.readTree(response.body()));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ConnectException) {
                return Optional.empty();
            }
            throw new ServerFailure("the REST server did not answer: uri=" + uri, e.getCause());
        } catch (IOException | TimeoutException e) {
            throw new ServerFailure("the REST server did not answer: uri=" + uri, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("interrupted while asking the REST server: uri=" + uri, e);
        } finally {
            answer.cancel(true);
        }
    }

    /** It may be different the next time. */
    private static final class ServerFailure extends ClusterException {
        private static final long serialVersionUID = 1L;

        ServerFailure(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }
}
