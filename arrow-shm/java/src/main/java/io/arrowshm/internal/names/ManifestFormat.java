package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Manifests as bytes. Reading trusts nothing: whatever is wrong is one error with the reason. */
final class ManifestFormat {
    /** The longest file that is read: some hundred thousand segments. */
    static final int MAX_BYTES = 16 << 20;

    // The manifest's own nesting around the attributes of a segment.
    private static final int MAX_DEPTH = Attributes.MAX_DEPTH + 8;

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .build();

    private ManifestFormat() {}

    /** @throws SharedMemoryException ARGUMENT if it is too large */
    static byte[] write(Manifest manifest) {
        try {
            byte[] bytes = JSON.writeValueAsBytes(manifest);
            if (bytes.length > MAX_BYTES) {
                throw new SharedMemoryException(
                        Kind.ARGUMENT,
                        "the manifest of the dataset has " + bytes.length + " bytes, allowed " + MAX_BYTES
                                + "; use several datasets, or fewer attributes");
            }
            return bytes;
        } catch (JsonProcessingException e) {
            throw new SharedMemoryException(Kind.ARGUMENT, "the manifest cannot be written: " + reason(e), e);
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
                throw new DamagedException("it has more than " + MAX_BYTES + " bytes");
            }
            // Jackson cannot read escaped surrogates in names from bytes, as other languages write them.
            JsonNode tree = JSON.readTree(text(bytes));
            int version = tree.path("formatVersion").asInt(-1);
            if (tree.path("formatVersion").isIntegralNumber() && version != Manifest.FORMAT_VERSION) {
                throw new SharedMemoryException(
                        Kind.WRONG_VERSION,
                        source + " has format version " + version + ", this library reads " + Manifest.FORMAT_VERSION
                                + "; use the version of the library that wrote it");
            }
            Manifest manifest = JSON.treeToValue(tree, Manifest.class);
            if (manifest == null) {
                throw new DamagedException("it is empty");
            }
            return checked(manifest, slots);
        } catch (JsonProcessingException e) {
            throw damaged(source, reason(e), e);
        } catch (DamagedException e) {
            throw damaged(source, String.valueOf(e.getMessage()), e);
        }
    }

    private static String text(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new DamagedException("it is not UTF-8");
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

    private static Map<String, Object> attributes(Map<String, Object> read) {
        try {
            return Attributes.copyOf(read);
        } catch (SharedMemoryException e) {
            throw new DamagedException(e.getMessage());
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
            throw new DamagedException(
                    field + "=" + DatasetPaths.shown(String.valueOf(value)) + " cannot be, or is there twice");
        }
    }

    /** What is wrong and where, without the piece of the file that Jackson shows. */
    private static String reason(JsonProcessingException e) {
        String what = e.getOriginalMessage().lines().findFirst().orElse("no reason");
        if (e instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            return what + " at "
                    + mapping.getPath().stream()
                            .map(step -> step.getFieldName() != null ? step.getFieldName() : "" + step.getIndex())
                            .collect(Collectors.joining("."));
        }
        JsonLocation location = e.getLocation();
        return location == null ? what : what + " at character " + location.getCharOffset();
    }

    private static SharedMemoryException damaged(String source, String reason, Exception cause) {
        return new SharedMemoryException(
                Kind.CORRUPT,
                source + " is damaged: " + reason + "; delete the dataset, or publish it again with overwrite",
                cause);
    }

    private static final class DamagedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }
}
