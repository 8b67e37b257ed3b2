package io.arrowshm.internal.arrow;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.apache.arrow.flatbuf.Decimal;
import org.apache.arrow.flatbuf.Field;
import org.apache.arrow.flatbuf.KeyValue;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.flatbuf.Timestamp;
import org.apache.arrow.flatbuf.Type;
import org.apache.arrow.flatbuf.Union;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a schema is no larger than its bytes before it is converted. In a flatbuffer everything is found by offsets:
 * a field can be its own child, and few bytes can name a table or a text a million times. Custom metadata that is no text,
 * which Arrow Java has no place for, becomes empty.
 */
final class SchemaChecks {
    private static final int MAX_DEPTH = 64;

    private long left;

    private SchemaChecks(long bytes) {
        left = bytes;
    }

    /**
     * Walks the schema.
     *
     * @param schema in a buffer of its own, which this may change
     * @param bytes of the message that it is in
     * @throws DamagedException if what the schema says is more than that, or too deep
     */
    static void check(Schema schema, long bytes) {
        SchemaChecks checks = new SchemaChecks(bytes);
        for (int i = 0; i < schema.customMetadataLength(); i++) {
            checks.checkKeyValue(schema.customMetadata(i));
        }
        for (int i = 0; i < schema.fieldsLength(); i++) {
            checks.checkField(schema.fields(i), 1);
        }
    }

    private void checkField(Field field, int depth) {
        if (depth > MAX_DEPTH) {
            throw new DamagedException("its fields are nested more than " + MAX_DEPTH + " deep");
        }
        count(field.nameAsByteBuffer());
        if (field.typeType() == Type.Timestamp && field.type(new Timestamp()) instanceof Timestamp timestamp) {
            count(timestamp.timezoneAsByteBuffer());
        }
        if (field.typeType() == Type.Decimal && field.type(new Decimal()) instanceof Decimal decimal) {
            checkWidth(field, decimal);
        }
        if (field.typeType() == Type.Union && field.type(new Union()) instanceof Union union) {
            take((long) Integer.BYTES * union.typeIdsLength());
        }
        for (int i = 0; i < field.customMetadataLength(); i++) {
            checkKeyValue(field.customMetadata(i));
        }
        for (int i = 0; i < field.childrenLength(); i++) {
            checkField(field.children(i), depth + 1);
        }
    }

    /** Arrow Java would not say of which field it cannot make sense. */
    private static void checkWidth(Field field, Decimal decimal) {
        if (decimal.bitWidth() != 128 && decimal.bitWidth() != 256) {
            throw new DamagedException("field " + field.name() + " is of decimal" + decimal.bitWidth() + "("
                    + decimal.precision() + ", " + decimal.scale()
                    + "), of which Arrow Java has no vectors: cast it to decimal128, and write it anew");
        }
    }

    private void checkKeyValue(KeyValue entry) {
        count(entry.keyAsByteBuffer());
        count(entry.valueAsByteBuffer());
        emptyUnlessText(entry.keyAsByteBuffer());
        emptyUnlessText(entry.valueAsByteBuffer());
    }

    private static void emptyUnlessText(@Nullable ByteBuffer bytes) {
        if (bytes != null) {
            try {
                StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
            } catch (CharacterCodingException e) {
                // Its length stands before it.
                bytes.putInt(bytes.position() - Integer.BYTES, 0);
            }
        }
    }

    /** A text, and the offset that names it or its table. */
    private void count(@Nullable ByteBuffer text) {
        take(Integer.BYTES + (text == null ? 0 : text.remaining()));
    }

    private void take(long bytes) {
        left -= bytes;
        if (left < 0) {
            throw new DamagedException("its schema says more than its bytes can hold");
        }
    }
}
