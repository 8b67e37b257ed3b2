package io.arrowshm.load.internal.table;

import io.arrowshm.Segment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the segments of a table are called. Stateless. */
final class Parts {
    private Parts() {}

    /** One is the table itself; several are in a group, numbered in their order. */
    static Map<String, Segment> of(List<Segment> segments) {
        if (segments.size() == 1) {
            return Map.of("", segments.get(0));
        }
        Map<String, Segment> parts = new LinkedHashMap<>();
        for (int part = 0; part < segments.size(); part++) {
            parts.put("%04d".formatted(part), segments.get(part));
        }
        return parts;
    }
}
