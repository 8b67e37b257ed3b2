package io.arrowshm.load.internal;

import io.arrowshm.load.file.NotLoaded;
import java.util.List;
import java.util.Map;

/** What can be loaded from one file. */
public interface OpenFile extends AutoCloseable {
    /** Those of the file as a whole. */
    Map<String, Object> attributes();

    /** The groups in it, empty ones too, with their attributes. */
    Map<String, Map<String, Object>> groups();

    List<Item> items();

    /** What is in it and cannot be loaded. */
    List<NotLoaded> notLoaded();

    @Override
    void close();
}
