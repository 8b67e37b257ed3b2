package io.arrowshm.internal.names;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import java.io.IOException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** A number of 64 bits in JSON, where as a number it would not be the same in every language: 16 hexadecimal digits. */
final class HexDigits extends JsonSerializer<Long> {
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{16}");

    static long read(StrictJson json) throws IOException {
        String text = json.text();
        if (!DIGITS.matcher(text).matches()) {
            throw json.wrong("it is to be 16 digits 0 to 9 and a to f");
        }
        return HexFormat.fromHexDigitsToLong(text);
    }

    @Override
    public void serialize(Long value, JsonGenerator json, SerializerProvider provider) throws IOException {
        json.writeString(HexFormat.of().toHexDigits(value));
    }
}
