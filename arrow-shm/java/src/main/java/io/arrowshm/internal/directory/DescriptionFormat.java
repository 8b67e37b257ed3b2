package io.arrowshm.internal.directory;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of pool.json. Every process that opens a pool reads it, most of them when they have just started: binding its
 * fields to a class by Jackson would load 550 classes for that, which took as long as all else together.
 */
final class DescriptionFormat {
    private static final String FORMAT_VERSION = "formatVersion";
    private static final String POOL_ID = "poolId";
    private static final String BOOT_ID = "bootId";
    private static final String SIZE_BYTES = "sizeBytes";
    private static final String SLOTS = "slots";
    private static final String CHECKSUMS = "checksums";
    private static final int FIELDS = 6;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Map<String, Object> fields;

    private DescriptionFormat(Map<String, Object> fields) {
        this.fields = fields;
    }

    /** @throws JsonProcessingException if the bytes are no object of JSON */
    static DescriptionFormat parse(byte[] bytes) throws IOException {
        Map<String, Object> fields = new HashMap<>();
        try (JsonParser parser = JSON.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new JsonParseException(null, "it is no object");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                parser.nextToken();
                fields.put(name, value(parser));
            }
            if (parser.nextToken() != null) {
                throw new JsonParseException(null, "there is something behind its object");
            }
        }
        return new DescriptionFormat(fields);
    }

    static byte[] bytes(PoolDescription description) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeNumberField(FORMAT_VERSION, description.formatVersion());
            json.writeStringField(POOL_ID, description.poolId());
            json.writeStringField(BOOT_ID, description.bootId());
            json.writeNumberField(SIZE_BYTES, description.sizeBytes());
            json.writeNumberField(SLOTS, description.slots());
            json.writeBooleanField(CHECKSUMS, description.checksums());
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** The one field that every version has; null if it is missing or is no number. */
    @Nullable
    Long version() {
        return fields.get(FORMAT_VERSION) instanceof Long version ? version : null;
    }

    /** @throws JsonProcessingException if one of the fields is missing, has no value of its type, or there are others */
    PoolDescription description() throws JsonProcessingException {
        if (fields.size() != FIELDS) {
            throw new JsonParseException(null, "it has the fields " + fields.keySet());
        }
        return new PoolDescription(
                smallNumber(FORMAT_VERSION),
                field(POOL_ID, String.class),
                field(BOOT_ID, String.class),
                field(SIZE_BYTES, Long.class),
                smallNumber(SLOTS),
                field(CHECKSUMS, Boolean.class));
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT -> parser.getLongValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            default -> {
                // No version has had such a field, and a later one may.
                parser.skipChildren();
                yield parser.currentToken();
            }
        };
    }

    private int smallNumber(String name) throws JsonProcessingException {
        long value = field(name, Long.class);
        if (value != (int) value) {
            throw new JsonParseException(null, name + " is " + value);
        }
        return (int) value;
    }

    private <T> T field(String name, Class<T> type) throws JsonProcessingException {
        @Nullable Object value = fields.get(name);
        if (!type.isInstance(value)) {
            throw new JsonParseException(null, name + " is " + value);
        }
        return type.cast(value);
    }
}
