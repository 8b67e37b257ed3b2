package io.arrowshm.benchmark.flink.recovery;

import java.util.Locale;
import java.util.Map;

/** How soon a JobManager finds out that a TaskManager is gone: when it has missed two of its heartbeats. */
public enum Heartbeats {
    /** As Flink is shipped. */
    FLINK("10 s", "50 s"),
    /** So often that what else takes time is seen. */
    SHORT("200 ms", "50 s");

    private final String interval;
    private final String timeout;

    Heartbeats(String interval, String timeout) {
        this.interval = interval;
        this.timeout = timeout;
    }

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Time between two of them. */
    String interval() {
        return interval;
    }

    Map<String, String> configuration() {
        return Map.of("heartbeat.interval", interval, "heartbeat.timeout", timeout);
    }
}
