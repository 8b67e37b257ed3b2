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
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** JSON that anybody may have written: nothing is guessed, filled in or left out. Stateless. */
final class StrictJson {
    // The nesting of a manifest around the attributes of a segment.
    private static final int MAX_DEPTH = Attributes.MAX_DEPTH + 8;

    static final ObjectMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
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

    /** The same for objects of which fields may be left out. */
    static final ObjectMapper OF_OPTIONAL_FIELDS = MAPPER.copy()
            .disable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .disable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

    private StrictJson() {}

    /** Parses UTF-8. */
    static JsonNode tree(byte[] bytes) throws JsonProcessingException {
        // Jackson cannot read escaped surrogates in names from bytes, as other languages write them.
        return MAPPER.readTree(text(bytes));
    }

    /** What is wrong and where, without the piece of the file that Jackson shows. */
    static String reason(JsonProcessingException e) {
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

    /** It is JSON, and says what cannot be. */
    static final class DamagedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }
    }
}
