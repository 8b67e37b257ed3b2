package io.arrowshm.internal.names;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Manifests as bytes. Reading trusts nothing: whatever is wrong is one error with the reason. */
final class ManifestFormat {
    /** The longest file that is read: some hundred thousand segments. */
    static final int MAX_BYTES = 16 << 20;

    private ManifestFormat() {}

    /** @throws SharedMemoryException ARGUMENT if it is too large */
    static byte[] write(Manifest manifest) {
        try {
            byte[] bytes = StrictJson.MAPPER.writeValueAsBytes(manifest);
            if (bytes.length > MAX_BYTES) {
                throw new SharedMemoryException(
                        Kind.ARGUMENT,
                        "the manifest of the dataset has " + bytes.length + " bytes, allowed " + MAX_BYTES
                                + "; use several datasets, or fewer attributes");
            }
            return bytes;
        } catch (JsonProcessingException e) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "the manifest cannot be written: " + StrictJson.reason(e), e);
        }
    }

    /**
     * Reads and checks a manifest.
     *
     * @param source for messages
     * @param slots of the pool
     * @throws SharedMemoryException CORRUPT, WRONG_VERSION
     */
    static Manifest read(byte[] bytes, String source, int slots) {
        try {
            if (bytes.length > MAX_BYTES) {
                throw new StrictJson.DamagedException("it has more than " + MAX_BYTES + " bytes");
            }
            JsonNode tree = StrictJson.tree(bytes);
            int version = tree.path("formatVersion").asInt(-1);
            if (tree.path("formatVersion").isIntegralNumber() && version != Manifest.FORMAT_VERSION) {
                throw new SharedMemoryException(
                        Kind.WRONG_VERSION,
                        source + " has format version " + version + ", this library reads " + Manifest.FORMAT_VERSION
                                + "; use the version of the library that wrote it");
            }
            Manifest manifest = StrictJson.MAPPER.treeToValue(tree, Manifest.class);
            if (manifest == null) {
                throw new StrictJson.DamagedException("it is empty");
            }
            return checked(manifest, slots);
        } catch (JsonProcessingException e) {
            throw damaged(source, StrictJson.reason(e), e);
        } catch (StrictJson.DamagedException e) {
            throw damaged(source, String.valueOf(e.getMessage()), e);
        }
    }

    private static Manifest checked(Manifest manifest, int slots) {
        Content content = manifest.content();
        check(isPositive(manifest.id()), "id", manifest.id());
        check(isPositive(manifest.revision()), "revision", manifest.revision());
        check(isNumber(manifest.publishedAtMs()), "publishedAtMs", manifest.publishedAtMs());
        check(
                isNumber(manifest.creator().processId()),
                "processId",
                manifest.creator().processId());
        check(
                manifest.creator().participant() >= 0,
                "participant",
                manifest.creator().participant());
        Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
        content.groups().forEach((path, attributes) -> {
            check(DatasetPaths.isValid(path), "group", path);
            groups.put(path, attributes(attributes));
        });
        List<NamedSlot> segments = new ArrayList<>();
        Set<String> paths = new HashSet<>(groups.keySet());
        Map<Integer, Long> generations = new HashMap<>();
        for (NamedSlot segment : content.segments()) {
            check(DatasetPaths.isValid(segment.path()) && paths.add(segment.path()), "segment", segment.path());
            check(segment.slot() >= 0 && segment.slot() < slots, "slot", segment.slot());
            Long other = generations.putIfAbsent(segment.slot(), segment.generation());
            check(
                    isPositive(segment.generation()) && (other == null || other == segment.generation()),
                    "generation",
                    segment.generation());
            check(isNumber(segment.length()), "length", segment.length());
            check(
                    segment.description().length() <= NamedSlot.MAX_DESCRIPTION_LENGTH,
                    "description",
                    segment.description());
            segments.add(new NamedSlot(
                    segment.path(),
                    segment.slot(),
                    segment.generation(),
                    segment.length(),
                    segment.description(),
                    attributes(segment.attributes())));
        }
        checkTree(paths, groups.keySet());
        Content copy = new Content(
                content.persistent(), attributes(content.attributes()), Map.copyOf(groups), List.copyOf(segments));
        return new Manifest(
                manifest.formatVersion(),
                manifest.id(),
                manifest.revision(),
                manifest.publishedAtMs(),
                manifest.creator(),
                copy);
    }

    /** @param paths of segments and groups */
    private static void checkTree(Set<String> paths, Set<String> groups) {
        Set<String> segments = new HashSet<>(paths);
        segments.removeAll(groups);
        try {
            DatasetPaths.checkTree(segments, groups);
        } catch (SharedMemoryException e) {
            throw new StrictJson.DamagedException(e.getMessage());
        }
    }

    private static Map<String, Object> attributes(Map<String, Object> read) {
        try {
            return Attributes.copyOf(read);
        } catch (SharedMemoryException e) {
            throw new StrictJson.DamagedException(e.getMessage());
        }
    }

    private static boolean isNumber(long number) {
        return number >= 0 && number <= Manifest.MAX_NUMBER;
    }

    private static boolean isPositive(long number) {
        return number > 0 && isNumber(number);
    }

    private static void check(boolean condition, String field, Object value) {
        if (!condition) {
            throw new StrictJson.DamagedException(
                    field + "=" + DatasetPaths.shown(String.valueOf(value)) + " cannot be, or is there twice");
        }
    }

    private static SharedMemoryException damaged(String source, String reason, Exception cause) {
        return new SharedMemoryException(
                Kind.CORRUPT,
                source + " is damaged: " + reason + "; delete the dataset, or publish it again with overwrite",
                cause);
    }
}
