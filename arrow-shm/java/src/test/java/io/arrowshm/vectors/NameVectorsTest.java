package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.DatasetSnapshot;
import io.arrowshm.inspect.PoolInspector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What datasets can be called, how their files are called then, and what stands in these. */
class NameVectorsTest {
    private static final JsonNode NAMES = VectorFiles.json("names.json");

    private VectorPool pool;
    private PoolInspector inspector;

    @BeforeEach
    void unpackPool() throws Exception {
        pool = PoolVectorsTest.unpack("published");
        inspector = PoolInspector.open(pool.options());
    }

    @AfterEach
    void removePool() throws Exception {
        inspector.close();
        pool.close();
    }

    @Test
    void aFileIsThatOfTheDatasetWhoseNameItSpells() throws Exception {
        List<String> before = names();
        List<String> expected = new ArrayList<>(before);
        for (JsonNode dataset : NAMES.get("datasets")) {
            String name = dataset.get("name").asText();
            pool.write("names/" + dataset.get("file").asText(), new byte[0]);
            assertThat(kindOfReading(name)).as(name).isEqualTo(Kind.CORRUPT);
            if (!expected.contains(name)) {
                expected.add(name);
            }
        }
        assertThat(names()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void aFileThatSpellsNoNameIsNoDatasets() throws Exception {
        List<String> before = names();
        for (String list : List.of("strangers", "aside")) {
            for (JsonNode file : NAMES.get(list)) {
                if (!file.asText().equals("lock")) {
                    pool.write("names/" + file.asText(), new byte[0]);
                }
            }
        }
        assertThat(names()).isEqualTo(before);
    }

    @Test
    void aNameThatNoDatasetCanHaveIsRefused() {
        for (JsonNode refused : NAMES.get("refused")) {
            assertThat(kindOfReading(refused.get("name").asText()))
                    .as(refused.get("what").asText())
                    .isEqualTo(Kind.ARGUMENT);
        }
    }

    private Kind kindOfReading(String name) {
        try {
            inspector.dataset(name);
        } catch (SharedMemoryException e) {
            return e.kind();
        }
        throw new AssertionError(name + " can be read");
    }

    private List<String> names() {
        return inspector.datasets().stream().map(DatasetSnapshot::name).toList();
    }

    @Test
    void aPathIsOneOrIsRefused() throws Exception {
        String text = VectorFiles.json("manifests.json").get(1).get("text").asText();
        for (String kind : List.of("right", "refused")) {
            for (JsonNode path : NAMES.get("paths").get(kind)) {
                String named = text.replace("\"path\": \"x\"", "\"path\": " + path);
                pool.write("names/path.json", named.getBytes(StandardCharsets.UTF_8));
                assertThat(inspector.datasets().stream()
                                .filter(dataset -> dataset.name().equals("path"))
                                .findFirst()
                                .orElseThrow()
                                .error())
                        .as("%s", path)
                        .matches(error -> (error == null) == kind.equals("right"));
            }
        }
    }

    @Test
    void aManifestIsReadOrRefused() throws Exception {
        int read = 0;
        for (JsonNode expected : VectorFiles.json("manifests.json")) {
            byte[] bytes = expected.has("hex")
                    ? HexFormat.of().parseHex(expected.get("hex").asText())
                    : expected.get("text").asText().getBytes(StandardCharsets.UTF_8);
            pool.write("names/test.json", bytes);
            if (expected.has("errors")) {
                Errors.assertRefused(expected, () -> inspector.dataset("test"));
            } else {
                check(inspector.dataset("test"), expected);
                read++;
            }
        }
        assertThat(read).isGreaterThan(10);
    }

    private static void check(DatasetSnapshot dataset, JsonNode expected) {
        String what = expected.get("what").asText();
        JsonNode reading = expected.get("reading");
        JsonNode content = reading.get("content");
        assertThat(dataset.persistent())
                .as(what)
                .isEqualTo(content.get("persistent").asBoolean());
        assertThat(dataset.publishedAtMs())
                .as(what)
                .isEqualTo(reading.get("publishedAtMs").asLong());
        assertThat(dataset.creatorProcessId())
                .as(what)
                .isEqualTo(reading.get("creator").get("processId").asLong());
        assertThat(tagged(dataset.attributes())).as(what).isEqualTo(attributes(content.get("attributes")));
        Map<String, Object> groups = new LinkedHashMap<>();
        dataset.groups().forEach((path, attributes) -> groups.put(path, tagged(attributes)));
        assertThat(groups).as(what).isEqualTo(eachAttributes(content.get("groups")));
        List<Object> segments = new ArrayList<>();
        dataset.segments()
                .forEach(segment -> segments.add(Map.of(
                        "path",
                        segment.path(),
                        "slot",
                        (long) segment.slot(),
                        "generation",
                        segment.generation(),
                        "length",
                        segment.length(),
                        "description",
                        segment.description(),
                        "attributes",
                        tagged(segment.attributes()))));
        List<Object> expectedSegments = new ArrayList<>();
        for (JsonNode segment : content.get("segments")) {
            Map<String, Object> fields = new LinkedHashMap<>();
            segment.properties().forEach(field -> fields.put(field.getKey(), VectorFiles.plain(field.getValue())));
            fields.put("attributes", attributes(segment.get("attributes")));
            expectedSegments.add(fields);
        }
        assertThat(segments).as(what).isEqualTo(expectedSegments);
    }

    private static Map<String, Object> eachAttributes(JsonNode groups) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        groups.properties().forEach(group -> attributes.put(group.getKey(), attributes(group.getValue())));
        return attributes;
    }

    /** With whole numbers and doubles told apart. */
    private static Map<String, Object> tagged(Map<?, ?> attributes) {
        Map<String, Object> tagged = new LinkedHashMap<>();
        attributes.forEach((key, value) -> tagged.put((String) key, taggedValue(value)));
        return tagged;
    }

    private static Object taggedValue(Object value) {
        if (value instanceof Long number) {
            return Map.of("whole", number.toString());
        }
        if (value instanceof Double number) {
            return Map.of("double", number);
        }
        if (value instanceof List<?> list) {
            return list.stream().map(NameVectorsTest::taggedValue).toList();
        }
        return value instanceof Map<?, ?> map ? Map.of("object", tagged(map)) : value;
    }

    private static Map<String, Object> attributes(JsonNode expected) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        expected.properties().forEach(field -> attributes.put(field.getKey(), attribute(field.getValue())));
        return attributes;
    }

    private static Object attribute(JsonNode value) {
        if (value.isArray()) {
            return PoolVectorsTest.elements(value).stream()
                    .map(NameVectorsTest::attribute)
                    .toList();
        }
        if (value.has("double")) {
            return Map.of("double", Double.parseDouble(value.get("double").asText()));
        }
        return value.has("object") ? Map.of("object", attributes(value.get("object"))) : VectorFiles.plain(value);
    }

    @Test
    void aPublicationIsKnownByItsIdAndItsRevision() {
        try (SharedMemoryPool participant = SharedMemoryPool.open(pool.options())) {
            List<DatasetInfo> datasets = Datasets.of(participant).list();
            // What ended with its creator, who is not there, is gone.
            assertThat(datasets).extracting(DatasetInfo::name).containsExactly(".hidden", "nothing", "run 7/größe");
            assertThat(datasets).extracting(DatasetInfo::id).containsExactly((1L << 53) - 1, 6L, 77L);
            assertThat(datasets).extracting(DatasetInfo::revision).containsExactly(12L, 1L, 1L);
        }
    }
}
