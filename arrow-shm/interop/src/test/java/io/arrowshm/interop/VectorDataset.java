package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetBuilder;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.vectors.ArrayReading;
import io.arrowshm.vectors.ArrowReading;
import io.arrowshm.vectors.VectorFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.jspecify.annotations.Nullable;

/**
 * Arrays and Arrow files of the format's test vectors as a dataset, each at the path that is its file's name, and what every
 * language has to read in it. One thread.
 */
final class VectorDataset {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A text that stands for a real number of at most 17 digits, which are spelled differently in every language. */
    private static final Pattern REAL =
            Pattern.compile("(?=[-0-9.]{1,19}(e|$)|-?inf)-?(inf|[0-9]+\\.[0-9]+(e[-+]?[0-9]+)?|[0-9]+e[-+]?[0-9]+)");

    private static final Map<String, Object> ATTRIBUTES =
            Map.of("whole", 42L, "text", "größe", "list", List.of(1L, "a", true, 0.5));

    private final Map<String, JsonNode> expected = new TreeMap<>();
    private final Map<String, byte[]> files = new TreeMap<>();

    /** @param has whether it has a file of this name */
    VectorDataset(Predicate<String> has) {
        add("arrays.json", VectorFiles.archive("arrays.zip"), has);
        add("arrow-files.json", VectorFiles.archive("arrow-files.zip"), has);
        add("foreign/expected.json", VectorFiles.files("foreign"), has);
    }

    private void add(String list, Map<String, byte[]> bytes, Predicate<String> has) {
        int before = expected.size();
        for (JsonNode each : VectorFiles.json(list)) {
            String file = each.get("file").asText();
            if (!each.has("errors") && has.test(file)) {
                expected.put(file, each);
                files.put(file, bytes.get(file));
            }
        }
        assertThat(expected.size()).as(list).isGreaterThan(before);
    }

    /** Publishes them, adopted as they are. */
    void publish(SharedMemoryPool pool, String name) throws IOException {
        DatasetBuilder builder = Datasets.of(pool).create(name).attributes(ATTRIBUTES);
        List<Segment> segments = new ArrayList<>();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            Path incoming = pool.directory().resolve("incoming");
            Path aside = Files.write(incoming.resolve("." + file.getKey()), file.getValue());
            Files.move(aside, incoming.resolve(file.getKey()), StandardCopyOption.ATOMIC_MOVE);
            Segment segment = pool.adopt(file.getKey());
            segments.add(segment);
            builder.add(file.getKey(), segment, Map.of("file", file.getKey()));
        }
        builder.publishPersistent();
        segments.forEach(Segment::close);
    }

    /** Whether a reader in another language has read what stands there. */
    void assertRead(@Nullable String json) throws IOException {
        assertThat(json).isNotNull().startsWith("{");
        JsonNode read = JSON.readTree(json);
        assertThat(normalised(VectorFiles.plain(read.get("attributes")))).isEqualTo(normalised(ATTRIBUTES));
        Map<?, ?> segments = (Map<?, ?>) VectorFiles.plain(read.get("segments"));
        assertThat(segments.keySet()).isEqualTo(expected.keySet());
        expected.forEach((file, each) ->
                assertThat(normalised(segments.get(file))).as(file).isEqualTo(normalised(reading(each))));
    }

    /** Whether Java reads what stands there. */
    void assertReadByJava(SharedMemoryPool pool, String name) {
        try (Dataset dataset = Datasets.of(pool).open(name)) {
            assertThat(dataset.attributes()).isEqualTo(ATTRIBUTES);
            assertThat(dataset.root().segments()).containsExactlyInAnyOrderElementsOf(expected.keySet());
            expected.forEach((file, each) -> {
                Segment segment = dataset.segment(file);
                Object read = segment.isArray() ? ArrayReading.of(segment.array()) : tableOf(segment);
                assertThat(normalised(read)).as(file).isEqualTo(normalised(reading(each)));
            });
        }
    }

    /** The values of all batches, by column. */
    private static Map<String, Object> tableOf(Segment segment) {
        ArrowReading reading = new ArrowReading(segment.dictionaries());
        long rows = 0;
        List<List<@Nullable Object>> columns = new ArrayList<>();
        segment.schema().getFields().forEach(field -> columns.add(new ArrayList<>()));
        for (int batch = 0; batch < segment.batchCount(); batch++) {
            VectorSchemaRoot root = segment.root(batch);
            rows += root.getRowCount();
            for (int column = 0; column < columns.size(); column++) {
                columns.get(column).addAll(reading.values(root.getVector(column)));
            }
        }
        List<String> names = segment.schema().getFields().stream()
                .map(field -> field.getName())
                .toList();
        return Map.of("rows", rows, "names", names, "columns", columns);
    }

    /** What is to be read in an array or an Arrow file. */
    private static Map<String, Object> reading(JsonNode vector) {
        return vector.has("batches") ? tableReading(vector) : arrayReading(vector, vector.get("dtype"));
    }

    private static Map<String, Object> arrayReading(JsonNode vector, @Nullable JsonNode dtype) {
        Map<String, Object> reading = new LinkedHashMap<>();
        if (dtype != null) {
            reading.put("dtype", dtype.asText());
        }
        reading.put("shape", VectorFiles.plain(vector.get("shape")));
        if (vector.has("values")) {
            reading.put("values", VectorFiles.plain(vector.get("values")));
        } else {
            Map<String, Object> fields = new LinkedHashMap<>();
            vector.get("fields")
                    .properties()
                    .forEach(field -> fields.put(field.getKey(), arrayReading(field.getValue(), null)));
            reading.put("fields", fields);
        }
        return reading;
    }

    private static Map<String, Object> tableReading(JsonNode vector) {
        long rows = 0;
        List<String> names = new ArrayList<>();
        List<List<Object>> columns = new ArrayList<>();
        vector.get("fields").forEach(field -> {
            names.add(field.get("name").asText());
            columns.add(new ArrayList<>());
        });
        for (JsonNode batch : vector.get("batches")) {
            rows += batch.get("rows").asLong();
            for (int column = 0; column < columns.size(); column++) {
                columns.get(column)
                        .addAll((List<?>) VectorFiles.plain(batch.get("columns").get(column)));
            }
        }
        return Map.of("rows", rows, "names", names, "columns", columns);
    }

    /** With real numbers and types spelled alike, NaNs without their bits, and no types of fields, which are in that of the whole. */
    private static @Nullable Object normalised(@Nullable Object value) {
        return normalised(value, true);
    }

    private static @Nullable Object normalised(@Nullable Object value, boolean isOuter) {
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof String text) {
            if (text.startsWith("nan")) {
                return "nan";
            }
            boolean isReal = REAL.matcher(text).matches() || text.matches("-?(Infinity|[0-9.]+E[-0-9]+)");
            return isReal ? Double.toString(Double.parseDouble(text.replace("inf", "Infinity"))) : text;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> normalised = new ArrayList<>();
            list.forEach(element -> normalised.add(normalised(element, false)));
            return normalised;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> normalised = new TreeMap<>();
            map.forEach((key, element) -> {
                if (!key.equals("dtype")) {
                    normalised.put(key, normalised(element, false));
                } else if (isOuter) {
                    normalised.put(key, DType.parse((String) element));
                }
            });
            return normalised;
        }
        return value;
    }
}
