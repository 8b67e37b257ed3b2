package io.arrowshm.benchmark.flink;

import java.util.Locale;
import java.util.Map;

/** How Flink is configured. */
enum Setting {
    /** As it is shipped. */
    DEFAULT,
    /** For large records: buffers of 1 MiB instead of 32 KiB, and records handed on without copies. */
    TUNED;

    Map<String, String> configuration() {
        return switch (this) {
            case DEFAULT -> Map.of();
            case TUNED -> Map.of("taskmanager.memory.segment-size", "1m", "pipeline.object-reuse", "true");
        };
    }

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    String description() {
        return switch (this) {
            case DEFAULT -> "Flink as it is shipped";
            case TUNED -> "with buffers of 1 MiB and object reuse";
        };
    }
}
