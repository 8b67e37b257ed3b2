package io.arrowshm.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;

/**
 * Reads a Flink cluster's REST server. Any thread. What the server does not know or cannot tell yet is waited for, for up
 * to a minute: a cluster that starts, recovers or is busy answers later. Every method throws {@link ClusterException} if
 * the server refuses the request, or has no answer by then.
 */
public final class ClusterRest {
    private final RestServer server;

    public ClusterRest(URI server) {
        this(new RestServer(server, RestServer.Patience.DEFAULT, () -> {}));
    }

    ClusterRest(RestServer server) {
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

        /** Whether every subtask of every vertex runs, and the vertices are known. */
        public boolean allRunning() {
            return state.equals("RUNNING")
                    && !vertices.isEmpty()
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
        return server.get(path);
    }
}
