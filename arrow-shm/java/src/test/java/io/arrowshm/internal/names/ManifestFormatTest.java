package io.arrowshm.internal.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ManifestFormatTest {
    private static final int SLOTS = 100;
    private static final String INCARNATION = "\"bfffffffffffffff\"";
    private static final Manifest MANIFEST = new Manifest(
            Manifest.FORMAT_VERSION,
            77,
            3,
            1_700_000_000_000L,
            new Creator(5, -4_611_686_018_427_387_905L, 4711),
            new Content(
                    true,
                    Map.of("unit", "mm", "list", List.of(1L, 2.5, true, Map.of("x", "y"))),
                    Map.of("g", Map.of("a", 1L)),
                    List.of(
                            new NamedSlot("g/s", 7, 9, 1024, "int8[3]", Map.of("k", "v")),
                            new NamedSlot("t", 99, 1L << 40, 0, "", Map.of()))));

    @Test
    void whatIsWrittenIsRead() {
        assertThat(text()).contains("\"incarnation\":" + INCARNATION);
        assertThat(read(ManifestFormat.write(MANIFEST))).isEqualTo(MANIFEST);
    }

    @Test
    void charactersMayBeEscapedOrNotAsOtherLanguagesWriteThem() {
        Manifest read = read(text().replace("\"g\":{", "\"\\ud83d\\ude00\":{").getBytes(StandardCharsets.UTF_8));
        assertThat(read.content().groups()).containsOnlyKeys("\ud83d\ude00");
        String written = new String(ManifestFormat.write(read), StandardCharsets.UTF_8);
        assertThat(written).contains("\"\ud83d\ude00\":{");
        assertThat(read(written.getBytes(StandardCharsets.UTF_8))).isEqualTo(read);
    }

    @Test
    void everyKindOfDamageIsNamed() {
        assertDamaged("", "empty");
        assertDamaged("null", "not an object");
        assertDamaged("[]", "not an object");
        assertDamaged("{}", "formatVersion");
        assertDamaged(text() + "x", "");
        assertDamaged("\uFEFF" + text(), "");
        assertThatThrownBy(() -> read(text().getBytes(StandardCharsets.UTF_16))).hasMessageContaining("not UTF-8");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":100"), "slot=100");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":-1"), "slot=-1");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":99"), "two generations of slot=99");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":4294967303"), "");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":7.5"), "");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":\"7\""), "");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":null"), "slot");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":7,\"slot\":8"), "uplicate");
        assertDamaged(text().replace("\"length\":1024", "\"length\":-1"), "length=-1");
        assertDamaged(text().replace("\"path\":\"t\"", "\"path\":\"g/s\""), "two segments g/s");
        assertDamaged(text().replace("\"path\":\"t\"", "\"path\":\"../t\""), "no segment can have the path ../t");
        assertDamaged(text().replace("\"id\":77", "\"id\":0"), "id=0");
        assertDamaged(text().replace("\"id\":77", "\"id\":9007199254740992"), "id=9007199254740992");
        assertDamaged(text().replace("\"generation\":9", "\"generation\":0"), "generation=0");
        assertDamaged(text().replace("\"generation\":9", "\"generation\":9007199254740992"), "generation=");
        assertDamaged(text().replace("\"length\":1024", "\"length\":9007199254740992"), "length=");
        assertDamaged(text().replace("\"processId\":4711", "\"processId\":-1"), "processId=-1");
        assertDamaged(text().replace("\"participant\":5", "\"participant\":-1"), "participant=-1");
        assertDamaged(text().replace("\"participant\":5", "\"participant\":128"), "participant=128");
        assertDamaged(text().replace(INCARNATION, "-4611686018427387905"), "not a text, at /creator/incarnation");
        assertDamaged(text().replace(INCARNATION, "\"BFFFFFFFFFFFFFFF\""), "16 digits");
        assertDamaged(text().replace(INCARNATION, "\"bf\""), "16 digits");
        assertDamaged(text().replace(INCARNATION, "null"), "incarnation");
        assertDamaged(text().replace("int8[3]", "x".repeat(1001)), "description=xxx");
        assertDamaged(text().replace("\"revision\":3", "\"revision\":0"), "revision=0");
        assertDamaged(text().replace("\"unit\":\"mm\"", "\"unit\":null"), "unit");
        assertDamaged(text().replace("\"unit\":\"mm\"", "\"unit\":1e999"), "unit");
        assertDamaged(text().replace("\"unit\":\"mm\"", "\"unit\":99999999999999999999"), "long");
        assertDamaged(text().replace("\"segments\":[", "\"segments\":[null,"), "not an object, at /content/segments/0");
        assertDamaged(text().replace("\"segments\":[", "\"more\":[],\"segments\":["), "more");
        assertDamaged(text().replace("\"mm\"", "[".repeat(100_000)), "depth");
        assertDamaged(" ".repeat(ManifestFormat.MAX_BYTES + 1), "more than");
    }

    @Test
    void valuesLieInEachOtherToADepthOfSixteenAndNoDeeperOnBothSides() {
        for (String at : List.of("\"mm\"", "1}}", "\"v\"")) {
            String rest = at.equals("1}}") ? "}}" : "";
            for (String deepest : List.of("[".repeat(16) + "]".repeat(16), "[".repeat(15) + "7" + "]".repeat(15))) {
                String right = text().replace(at, deepest + rest);
                assertThat(text(read(right.getBytes(StandardCharsets.UTF_8)))).contains(deepest);
            }
            for (String deeper : List.of("[".repeat(17) + "]".repeat(17), "[".repeat(16) + "7" + "]".repeat(16))) {
                assertDamaged(text().replace(at, deeper + rest), "depth of more than 16");
            }
        }
        Map<String, Object> deepest = Map.of("a", nested(16));
        assertThat(Attributes.copyOf(deepest)).isEqualTo(deepest);
        assertThatThrownBy(() -> Attributes.copyOf(Map.of("a", nested(17))))
                .hasMessageContaining("depth of 17, allowed 16");
    }

    /** A number at that depth. */
    private static Object nested(int depth) {
        if (depth == 1) {
            return 1L;
        }
        return depth % 2 == 0 ? List.of(nested(depth - 1)) : Map.of("k", nested(depth - 1));
    }

    @Test
    void noDatasetHasMoreValuesOrPathsThanEachReaderTakes() {
        List<Long> values = Collections.nCopies(Attributes.MAX_VALUES - 1, 200L);
        assertThat(read(ManifestFormat.write(with(Map.of("a", values), 0)))
                        .content()
                        .attributes())
                .isEqualTo(Map.of("a", values));
        Manifest tooMany = with(Map.of("a", values, "b", true), 0);
        assertThatThrownBy(() -> ManifestFormat.write(tooMany)).hasMessageContaining("values in attributes, allowed");
        assertDamaged(new String(written(tooMany), StandardCharsets.UTF_8), "more than " + Attributes.MAX_VALUES);

        Manifest most = with(Map.of(), Content.MAX_PATHS - 1);
        assertThat(read(ManifestFormat.write(most))).isEqualTo(most);
        Manifest oneMore = with(Map.of(), Content.MAX_PATHS);
        assertThatThrownBy(() -> ManifestFormat.write(oneMore)).hasMessageContaining("segments and groups, allowed");
        assertDamaged(new String(written(oneMore), StandardCharsets.UTF_8), "more than " + Content.MAX_PATHS);
    }

    /** With a group, and so many segments besides. */
    private static Manifest with(Map<String, Object> attributes, int segments) {
        List<NamedSlot> slots = IntStream.range(0, segments)
                .mapToObj(i -> new NamedSlot("s" + i, 1, 1, 0, "", Map.of()))
                .toList();
        Content content = new Content(true, attributes, Map.of("g", Map.of()), slots);
        return new Manifest(Manifest.FORMAT_VERSION, 1, 1, 0, new Creator(0, 1, 1), content);
    }

    private static byte[] written(Manifest manifest) {
        try {
            return StrictJson.write(manifest);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void randomDamageIsReadOrOneError() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ManifestFormatTest: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] bytes = ManifestFormat.write(MANIFEST);
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                int at = random.nextInt(bytes.length);
                bytes[at] = random.nextBoolean() ? bytes[random.nextInt(bytes.length)] : (byte) random.nextInt();
            }
            byte[] damaged =
                    random.nextInt(4) == 0 ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
            try {
                read(damaged);
            } catch (SharedMemoryException e) {
                assertThat(e.kind()).isIn(Kind.CORRUPT, Kind.WRONG_VERSION);
                assertThat(e.getMessage()).startsWith("file ").doesNotContain("\n");
            }
        }
    }

    @Test
    void aManifestThatIsTooLargeIsNotWritten() {
        String megabyte = "x".repeat(1 << 20);
        Content content = new Content(true, Map.of("large", Collections.nCopies(17, megabyte)), Map.of(), List.of());
        assertThatThrownBy(() -> ManifestFormat.write(new Manifest(2, 1, 1, 0, new Creator(0, 1, 1), content)))
                .hasMessageContaining("allowed " + ManifestFormat.MAX_BYTES)
                .extracting("kind")
                .isEqualTo(Kind.ARGUMENT);
    }

    private static String text() {
        return text(MANIFEST);
    }

    private static String text(Manifest manifest) {
        return new String(ManifestFormat.write(manifest), StandardCharsets.UTF_8);
    }

    private static Manifest read(byte[] bytes) {
        return ManifestFormat.read(bytes, "file", SLOTS);
    }

    private static void assertDamaged(String text, String reason) {
        assertThatThrownBy(() -> read(text.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageStartingWith("file is damaged: ")
                .hasMessageContaining(reason)
                .extracting("kind")
                .isEqualTo(Kind.CORRUPT);
    }
}
