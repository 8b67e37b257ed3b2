package io.arrowshm.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.StreamSupport;

/** The Flink options that make several processes of one host a cluster that nobody outside the host can reach. */
final class ClusterConfiguration {
    static final String LOOPBACK = "127.0.0.1";
    /** Not an option of Flink: tells this cluster's REST server from another that took the port first. */
    static final String CLUSTER_ID = "arrow-shm.cluster-id";

    private ClusterConfiguration() {}

    static Map<String, String> common(String clusterId, ClusterPorts ports) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put(CLUSTER_ID, clusterId);
        options.put("jobmanager.rpc.address", LOOPBACK);
        options.put("jobmanager.rpc.port", Integer.toString(ports.rpc()));
        options.put("jobmanager.bind-host", LOOPBACK);
        options.put("blob.server.port", "0");
        options.put("rest.address", LOOPBACK);
        options.put("rest.bind-address", LOOPBACK);
        options.put("rest.port", Integer.toString(ports.rest()));
        options.put("rest.bind-port", Integer.toString(ports.rest()));
        options.put("web.submit.enable", "false");
        options.put("taskmanager.host", LOOPBACK);
        options.put("taskmanager.bind-host", LOOPBACK);
        options.put("taskmanager.rpc.port", "0");
        options.put("taskmanager.data.port", "0");
        options.put("taskmanager.load-balance.mode", "SLOTS");
        // A killed TaskManager is noticed after two missed heartbeats, a slow one gets half a minute.
        options.put("heartbeat.interval", "1 s");
        options.put("heartbeat.timeout", "30 s");
        // Metrics are not asked for again before a killed TaskManager was waited for, by default for ten minutes.
        options.put("web.timeout", "60 s");
        // TaskManagers start together with the JobManager, and find it not listening yet: by default they would ask
        // again after 10 s.
        options.put("cluster.registration.error-delay", "200 ms");
        options.put("cluster.registration.refused-registration-delay", "500 ms");
        // After this time a job that misses a slot fails at once; before, it waits slot.request.timeout for a
        // TaskManager to be restarted. Pekko's scheduler refuses delays of more than 248 days.
        options.put("resourcemanager.standalone.start-up-time", "100 d");
        options.putAll(NetworkBytesReporterFactory.flinkOptions());
        return options;
    }

    /** Whether the server listens, is ready, and was configured by the cluster with this id. */
    static boolean isOf(String clusterId, RestServer server) {
        return server.getIfReady("/jobmanager/config").stream()
                .flatMap(options -> StreamSupport.stream(options.spliterator(), false))
                .anyMatch(option -> option.path("key").asText().equals(CLUSTER_ID)
                        && option.path("value").asText().equals(clusterId));
    }
}
