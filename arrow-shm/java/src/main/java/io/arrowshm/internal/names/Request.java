package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.List;
import java.util.Map;

/**
 * What a runtime that is no participant asks for: a dataset of files that it has written. The dataset is persistent: who
 * asks has no life in the pool that it could end with.
 *
 * @param dataset its name
 * @param overwrite whether one of that name is replaced
 * @param attributes of the dataset
 * @param groups attributes by path
 * @param segments of it
 */
public record Request(
        String dataset,
        boolean overwrite,
        Map<String, Object> attributes,
        Map<String, Map<String, Object>> groups,
        List<Part> segments) {

    static final int MAX_BYTES = 16 << 20;

    /**
     * One segment.
     *
     * @param path in the dataset
     * @param file beside the request
     * @param attributes of it
     */
    public record Part(String path, String file, Map<String, Object> attributes) {}

    /** The files that it takes, each once. */
    public List<String> files() {
        return segments.stream().map(Part::file).distinct().toList();
    }

    /** What is published once the files have slots. */
    public Content content(List<NamedSlot> slots) {
        return new Content(true, attributes, groups, slots);
    }

    /**
     * Reads and checks a request.
     *
     * @throws SharedMemoryException CORRUPT, WRONG_VERSION, ARGUMENT: with all that its writer needs to know
     */
    static Request read(byte[] bytes) {
        try {
            if (bytes.length > MAX_BYTES) {
                throw new StrictJson.DamagedException("it has more than " + MAX_BYTES + " bytes");
            }
            long version = StrictJson.formatVersion(bytes);
            if (version != Manifest.FORMAT_VERSION) {
                throw new SharedMemoryException(
                        Kind.WRONG_VERSION,
                        "the request has format version " + version + ", this pool takes " + Manifest.FORMAT_VERSION);
            }
            return StrictJson.read(bytes, json -> new RequestReader(json).read());
        } catch (StrictJson.DamagedException e) {
            throw new SharedMemoryException(Kind.CORRUPT, "the request cannot be read: " + e.getMessage(), e);
        }
    }
}
