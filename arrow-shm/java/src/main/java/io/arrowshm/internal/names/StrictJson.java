package io.arrowshm.internal.names;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON that anybody may have written, value by value: nothing is guessed, filled in or left out, and memory is taken
 * for what the caller keeps, and for no tree besides. One thread.
 */
final class StrictJson implements Closeable {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            // The JVM never forgets names that it has interned.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final ObjectMapper WRITER = JsonMapper.builder(FACTORY).build();

    private final JsonParser parser;

    private StrictJson(byte[] bytes) throws IOException {
        // Jackson cannot read escaped surrogates in names from bytes, as other languages write them.
        Reader text = new InputStreamReader(new ByteArrayInputStream(bytes), StandardCharsets.UTF_8.newDecoder());
        parser = FACTORY.createParser(text);
    }

    /** Reads one value; it is next. */
    interface Reading<T> {
        T read(StrictJson json) throws IOException;
    }

    /** Reads the value of a field, which is next. */
    interface Field {
        void read(String name) throws IOException;
    }

    /** Reads an element of a list, which is next. */
    interface Element {
        void read() throws IOException;
    }

    static byte[] write(Object value) throws JsonProcessingException {
        return WRITER.writeValueAsBytes(value);
    }

    /**
     * Reads all of some UTF-8 as one value.
     *
     * @throws DamagedException if that cannot be; its message says what is wrong and where, without a piece of the bytes
     */
    static <T> T read(byte[] bytes, Reading<T> reading) {
        try (StrictJson json = new StrictJson(bytes)) {
            if (json.parser.nextToken() == null) {
                throw new DamagedException("it is empty");
            }
            T value = reading.read(json);
            if (json.parser.nextToken() != null) {
                throw new DamagedException("there is more behind it");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new DamagedException(reason(e));
        } catch (CharacterCodingException e) {
            throw new DamagedException("it is not UTF-8");
        } catch (IOException e) {
            throw new IllegalStateException("bytes in memory cannot be read", e);
        }
    }

    /**
     * The number in the field that every version has, wherever it stands in the object. All of the rest is read as well, and
     * may be anything that is JSON.
     */
    static long formatVersion(byte[] bytes) {
        @Nullable
        Long version = read(bytes, json -> {
            Long[] found = {null};
            json.object(name -> {
                if (name.equals("formatVersion") && json.parser.hasToken(JsonToken.VALUE_NUMBER_INT)) {
                    found[0] = json.whole();
                } else {
                    json.parser.skipChildren();
                }
            });
            return found[0];
        });
        if (version == null) {
            throw new DamagedException("it has no formatVersion, which is to be " + Manifest.FORMAT_VERSION);
        }
        return version;
    }

    /** An object with all of these fields, and no others but those that may be left out. */
    void object(List<String> fields, List<String> optional, Field field) throws IOException {
        BitSet read = new BitSet();
        object(name -> {
            if (fields.contains(name)) {
                read.set(fields.indexOf(name));
            } else if (!optional.contains(name)) {
                throw wrong("it has a field of another name than " + fields + (optional.isEmpty() ? "" : optional));
            }
            field.read(name);
        });
        if (read.cardinality() < fields.size()) {
            throw wrong("it has no " + fields.get(read.nextClearBit(0)));
        }
    }

    /** An object with fields of any names. */
    void object(Field field) throws IOException {
        expect(JsonToken.START_OBJECT, "an object");
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            parser.nextToken();
            field.read(name);
        }
    }

    void list(Element element) throws IOException {
        expect(JsonToken.START_ARRAY, "a list");
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            element.read();
        }
    }

    String text() throws IOException {
        expect(JsonToken.VALUE_STRING, "a text");
        return parser.getText();
    }

    /** A number without a fraction or an exponent. */
    long whole() throws IOException {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        return parser.getLongValue();
    }

    int smallNumber() throws IOException {
        expect(JsonToken.VALUE_NUMBER_INT, "a whole number");
        return parser.getIntValue();
    }

    /** A number with a fraction or an exponent. */
    double real() throws IOException {
        double number = parser.getDoubleValue();
        if (!Double.isFinite(number)) {
            throw wrong("it is too large for a double");
        }
        return number;
    }

    boolean truth() throws IOException {
        if (!parser.hasToken(JsonToken.VALUE_TRUE)) {
            expect(JsonToken.VALUE_FALSE, "true or false");
        }
        return parser.hasToken(JsonToken.VALUE_TRUE);
    }

    /** What is next. */
    JsonToken next() {
        return parser.currentToken();
    }

    /** What is wrong with the value that is being read. */
    DamagedException wrong(String what) {
        String where = parser.getParsingContext().pathAsPointer().toString();
        return new DamagedException(what + (where.isEmpty() ? "" : ", at " + DatasetPaths.shown(where)));
    }

    private void expect(JsonToken token, String what) {
        if (!parser.hasToken(token)) {
            throw wrong("it is not " + what);
        }
    }

    private static String reason(JsonProcessingException e) {
        String what = e.getOriginalMessage().lines().findFirst().orElse("no reason");
        JsonLocation location = e.getLocation();
        return location == null ? what : what + " at character " + location.getCharOffset();
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }

    /** It is no JSON, or JSON that says what cannot be. */
    static final class DamagedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DamagedException(String message) {
            super(message);
        }

        @Override
        public String getMessage() {
            return String.valueOf(super.getMessage());
        }
    }
}
