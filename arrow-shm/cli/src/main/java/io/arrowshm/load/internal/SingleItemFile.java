package io.arrowshm.load.internal;

import io.arrowshm.load.file.NotLoaded;
import java.util.List;
import java.util.Map;

/** A file of one array or table. */
public record SingleItemFile(Item item, Runnable closing) implements OpenFile {
    @Override
    public Map<String, Object> attributes() {
        return Map.of();
    }

    @Override
    public Map<String, Map<String, Object>> groups() {
        return Map.of();
    }

    @Override
    public List<Item> items() {
        return List.of(item);
    }

    @Override
    public List<NotLoaded> notLoaded() {
        return List.of();
    }

    @Override
    public void close() {
        closing.run();
    }
}
