package io.arrowshm.dataset;

import io.arrowshm.internal.names.Content;
import io.arrowshm.internal.names.DatasetPaths;
import io.arrowshm.internal.names.Manifest;
import io.arrowshm.internal.names.NamedSlot;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What is known of a dataset without opening it.
 *
 * @param name see {@link Datasets}
 * @param id random; stays when the dataset is renamed or overwritten
 * @param revision counted up whenever it is overwritten: with the id it says which publication this is
 * @param bytes of all segments
 * @param attributes text, Boolean, Long, Double, and lists and maps of these
 * @param segments of the dataset, by path
 * @param persistent whether it stays when its creator ends
 * @param creatorProcessId who published it
 * @param publishedAt when it was created or last overwritten
 */
public record DatasetInfo(
        String name,
        long id,
        long revision,
        long bytes,
        Map<String, Object> attributes,
        List<SegmentInfo> segments,
        boolean persistent,
        long creatorProcessId,
        Instant publishedAt) {

    /**
     * A segment of a dataset.
     *
     * @param path groups and name, with '/' between them
     * @param bytes when it was published
     * @param description for people, may be empty
     * @param attributes text, Boolean, Long, Double, and lists and maps of these
     */
    public record SegmentInfo(String path, long bytes, String description, Map<String, Object> attributes) {
        static SegmentInfo of(NamedSlot named) {
            return new SegmentInfo(named.path(), named.length(), named.description(), named.attributes());
        }
    }

    /**
     * The segments at a path or below it.
     *
     * @param path of a group or a segment; empty for all
     */
    public List<SegmentInfo> segmentsWithin(String path) {
        return segments.stream()
                .filter(segment -> DatasetPaths.isWithin(path, segment.path()))
                .toList();
    }

    static DatasetInfo of(String name, Manifest manifest) {
        Content content = manifest.content();
        return new DatasetInfo(
                name,
                manifest.id(),
                manifest.revision(),
                content.bytes(),
                content.attributes(),
                content.segments().stream().map(SegmentInfo::of).toList(),
                content.persistent(),
                manifest.creator().processId(),
                Instant.ofEpochMilli(manifest.publishedAtMs()));
    }
}
