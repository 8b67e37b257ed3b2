package io.arrowshm.array;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.internal.memory.Memory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an .npy file has no place for, behind its data. The type and the shape stand here once more, as in NumPy's array
 * interface, for readers that know JSON and not Python, and must be those of the header.
 *
 * <pre>
 * 0          JSON: {"version":1,"descr":...,"shape":[...],"strides":[...],"dimensions":[...],
 *            "attributes":{...}}; spaces up to a multiple of 8
 *  + json    int64 length of the JSON, "ASHMNPY1"
 * </pre>
 */
final class NpyTrailer {
    private static final int VERSION = 1;
    private static final int MAX_DEPTH = 40;
    private static final long MAGIC = 0x3159_504E_4D48_5341L;
    private static final int END_BYTES = 2 * Long.BYTES;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxDocumentLength(HeaderBytes.MAX_BYTES)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build());

    private NpyTrailer() {}

    static byte[] encode(ArraySpec spec) {
        Map<String, Object> entries = new LinkedHashMap<>();
        entries.put("version", VERSION);
        entries.put("descr", DTypeSpelling.toJson(spec.dtype()));
        entries.put("shape", spec.shape());
        entries.put("strides", spec.header(0).layout().strides());
        entries.put("dimensions", spec.dimensionNames());
        entries.put("attributes", spec.attributes());
        byte[] json = json(entries);
        int padded = json.length + 7 & ~7;
        ByteBuffer trailer = ByteBuffer.allocate(padded + END_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Arrays.fill(trailer.array(), json.length, padded, (byte) ' ');
        return trailer.put(json).position(padded).putLong(padded).putLong(MAGIC).array();
    }

    private static byte[] json(Map<String, Object> entries) {
        try {
            return JSON.writeValueAsBytes(entries);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists, texts and numbers have no JSON", e);
        }
    }

    /**
     * Bytes of a trailer at the end of the memory, 0 if there is none.
     *
     * @param address of what follows the header
     * @param length of it
     */
    static int bytesAtEnd(long address, long length) {
        if (length < END_BYTES || Memory.getLong(address + length - Long.BYTES) != MAGIC) {
            return 0;
        }
        long json = Memory.getLong(address + length - END_BYTES);
        boolean possible = json >= 0 && json <= Math.min(HeaderBytes.MAX_BYTES, length) - END_BYTES;
        return possible ? (int) json + END_BYTES : 0;
    }

    /**
     * Adds names and attributes.
     *
     * @param behind bytes from the end of the data to the end of the memory
     * @throws RuntimeException of any kind if the bytes are damaged
     */
    static ArrayHeader parse(HeaderBytes bytes, ArrayHeader header, long behind) {
        long offset = bytes.length() - behind;
        ByteBuffer tail = bytes.tail();
        int padding = EncodedArray.paddingBehind(offset);
        if (behind != padding + tail.remaining() || tail.remaining() == 0) {
            throw new DamagedArrayException(
                    offset, "behind the data there are " + behind + " bytes that are no descriptor of an array");
        }
        HeaderEntries entries = new HeaderEntries(read(tail, offset), offset);
        StridedLayout layout = header.layout();
        boolean equal = entries.get("version", Integer.class) == VERSION
                && entries.dtype().equals(header.dtype())
                && Arrays.equals(entries.longs("shape"), layout.shape())
                && Arrays.equals(entries.longs("strides"), layout.strides());
        if (!equal) {
            throw new DamagedArrayException(
                    offset,
                    "the descriptor behind the data has not version " + VERSION
                            + ", or not the type, shape and strides of the header");
        }
        List<String> names = new ArrayList<>();
        for (Object name : entries.get("dimensions", List.class)) {
            names.add(text(name, offset));
        }
        if (names.size() != layout.dimensions()) {
            throw new DamagedArrayException(offset, names.size() + " names for " + layout.dimensions() + " dimensions");
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        Map<?, ?> texts = entries.get("attributes", Map.class);
        texts.forEach((key, value) -> attributes.put(text(key, offset), text(value, offset)));
        return new ArrayHeader(header.dtype(), layout, List.copyOf(names), Collections.unmodifiableMap(attributes));
    }

    private static String text(@Nullable Object value, long offset) {
        if (value instanceof String text) {
            return text;
        }
        throw new DamagedArrayException(offset, "names and attributes are texts, there is " + value);
    }

    private static Map<?, ?> read(ByteBuffer tail, long offset) {
        String json = Texts.decode(tail.slice(0, tail.remaining() - END_BYTES));
        try {
            return JSON.readValue(json, Map.class);
        } catch (JsonProcessingException e) {
            throw new DamagedArrayException(
                    offset, "the descriptor behind the data is no JSON: " + e.getOriginalMessage());
        }
    }
}
