package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Names and attributes: what UTF-8 can hold. */
final class Texts {
    private Texts() {}

    /** @throws SharedMemoryException ARGUMENT */
    static void check(String what, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, what + " has half a surrogate pair, which is no character: \"" + text + "\"");
        }
    }

    /** @throws DamagedArrayException if it is no UTF-8 */
    static String decode(ByteBuffer utf8) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new DamagedArrayException(0, "a text of its header is no UTF-8");
        }
    }

    /**
     * Reads texts out of a flatbuffer for as long as they are no more than its bytes: in a flatbuffer few bytes can name a
     * text a million times.
     */
    static final class Budget {
        private long left;

        Budget(long bytes) {
            left = bytes;
        }

        /** @param text null for none, which is read as an empty one */
        String read(@Nullable ByteBuffer text) {
            left -= Integer.BYTES + (text == null ? 0 : text.remaining());
            if (left < 0) {
                throw new DamagedArrayException(
                        HeaderBytes.PREFIX_BYTES, "its names and attributes are more than its bytes can hold");
            }
            return text == null ? "" : decode(text);
        }
    }
}
