package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads what manifests and requests have in common: the attributes and the groups of one dataset. It counts, so that what
 * is too much is refused before it takes memory: a file of many small values has room for ten times as many as would be
 * good for a heap. One thread.
 */
final class AttributesReader {
    private final StrictJson json;
    private final Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
    private final Set<String> segments = new HashSet<>();
    private int values;

    AttributesReader(StrictJson json) {
        this.json = json;
    }

    /** The attributes of the dataset, of a group or of a segment. */
    Map<String, Object> attributes() throws IOException {
        return map(1);
    }

    /** Everything that lies in the dataset and is no segment. */
    Map<String, Map<String, Object>> groups() throws IOException {
        json.object(path -> {
            checkPath("group", path);
            groups.put(path, attributes());
            checkCount();
        });
        return Collections.unmodifiableMap(groups);
    }

    /** The path of a segment. */
    String path() throws IOException {
        String path = json.text();
        checkPath("segment", path);
        if (!segments.add(path)) {
            throw json.wrong("there are two segments " + DatasetPaths.shown(path));
        }
        checkCount();
        return path;
    }

    /** When all paths are read: whether each can be where it is. */
    void checkTree() {
        try {
            DatasetPaths.checkTree(segments, groups.keySet());
        } catch (SharedMemoryException e) {
            throw new StrictJson.DamagedException(e.getMessage());
        }
    }

    private void checkPath(String what, String path) {
        if (!DatasetPaths.isValid(path)) {
            throw json.wrong("no " + what + " can have the path " + DatasetPaths.shown(path));
        }
    }

    private void checkCount() {
        if (segments.size() + groups.size() > Content.MAX_PATHS) {
            throw json.wrong("it has more than " + Content.MAX_PATHS + " segments and groups");
        }
    }

    /** @param depth of each value in it */
    private Map<String, Object> map(int depth) throws IOException {
        Map<String, Object> map = new LinkedHashMap<>(1);
        json.object(name -> {
            if (name.isEmpty()) {
                throw json.wrong("an attribute has no name");
            }
            map.put(name, value(depth));
        });
        return map.isEmpty() ? Map.of() : Collections.unmodifiableMap(map);
    }

    /** @param depth of each value in it */
    private List<Object> list(int depth) throws IOException {
        List<Object> list = new ArrayList<>();
        json.list(() -> list.add(value(depth)));
        return List.copyOf(list);
    }

    /** @param depth of it, 1 for an attribute's own value */
    private Object value(int depth) throws IOException {
        if (depth > Attributes.MAX_DEPTH) {
            throw json.wrong("values lie in each other to a depth of more than " + Attributes.MAX_DEPTH);
        }
        if (++values > Attributes.MAX_VALUES) {
            throw json.wrong("its attributes have more than " + Attributes.MAX_VALUES + " values");
        }
        return switch (json.next()) {
            case VALUE_STRING -> json.text();
            case VALUE_TRUE, VALUE_FALSE -> json.truth();
            case VALUE_NUMBER_INT -> json.whole();
            case VALUE_NUMBER_FLOAT -> json.real();
            case START_ARRAY -> list(depth + 1);
            case START_OBJECT -> map(depth + 1);
            default -> throw json.wrong("an attribute is " + json.next().asString());
        };
    }
}
