package io.arrowshm.internal.names;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Reads one request, every field of it, and looks whether it can be. Used once, by one thread. */
final class RequestReader {
    private static final List<String> FIELDS = List.of("formatVersion", "dataset", "segments");
    private static final List<String> OPTIONAL = List.of("overwrite", "persistent", "attributes", "groups");
    private static final List<String> PART = List.of("path", "file");
    private static final List<String> PART_OPTIONAL = List.of("attributes");

    private final StrictJson json;
    private final AttributesReader attributes;

    private String dataset = "";
    private boolean overwrite;
    private Map<String, Object> ofDataset = Map.of();
    private Map<String, Map<String, Object>> groups = Map.of();
    private final List<Request.Part> segments = new ArrayList<>();

    RequestReader(StrictJson json) {
        this.json = json;
        attributes = new AttributesReader(json);
    }

    /** @throws io.arrowshm.error.SharedMemoryException ARGUMENT if there can be no dataset or file of a name */
    Request read() throws IOException {
        json.object(FIELDS, OPTIONAL, name -> {
            switch (name) {
                case "dataset" -> dataset = DatasetPaths.checkName(json.text());
                case "segments" -> json.list(() -> segments.add(new PartReader().read()));
                case "overwrite" -> overwrite = json.truth();
                case "persistent" -> requirePersistent(json.truth());
                case "attributes" -> ofDataset = attributes.attributes();
                case "groups" -> groups = attributes.groups();
                default -> json.whole();
            }
        });
        attributes.checkTree();
        return new Request(dataset, overwrite, ofDataset, groups, List.copyOf(segments));
    }

    private void requirePersistent(boolean persistent) {
        if (!persistent) {
            throw json.wrong(
                    "it is false: what is asked for by a file is persistent, as who asks has no life in the pool"
                            + " that a dataset could end with");
        }
    }

    private final class PartReader {
        private String path = "";
        private String file = "";
        private Map<String, Object> ofPart = Map.of();

        Request.Part read() throws IOException {
            json.object(PART, PART_OPTIONAL, name -> {
                switch (name) {
                    case "path" -> path = attributes.path();
                    case "file" -> file = IncomingFiles.checkName(json.text());
                    default -> ofPart = attributes.attributes();
                }
            });
            return new Request.Part(path, file, ofPart);
        }
    }
}
