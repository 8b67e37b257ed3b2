package io.arrowshm.internal.names;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A number of 64 bits in JSON, where as a number it would not be the same in every language: 16 hexadecimal digits. */
final class HexDigits {
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{16}");

    private HexDigits() {}

    static final class Writer extends JsonSerializer<Long> {
        @Override
        public void serialize(Long value, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(HexFormat.of().toHexDigits(value));
        }
    }

    static final class Reader extends JsonDeserializer<Long> {
        @Override
        public Long deserialize(JsonParser json, DeserializationContext context) throws IOException {
            boolean isRight = json.hasToken(JsonToken.VALUE_STRING)
                    && DIGITS.matcher(json.getText()).matches();
            return isRight
                    ? (Long) HexFormat.fromHexDigitsToLong(json.getText())
                    : (Long) context.reportInputMismatch(this, "it is to be 16 digits 0 to 9 and a to f");
        }
    }
}
