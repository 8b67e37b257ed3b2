package io.arrowshm.internal.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
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
        assertDamaged("null", "empty");
        assertDamaged("[]", "");
        assertDamaged("{}", "formatVersion");
        assertDamaged(text() + "x", "");
        assertDamaged("\uFEFF" + text(), "");
        assertThatThrownBy(() -> read(text().getBytes(StandardCharsets.UTF_16))).hasMessageContaining("not UTF-8");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":100"), "slot=100");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":-1"), "slot=-1");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":99"), "generation=1099511627776");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":4294967303"), "");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":7.5"), "");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":\"7\""), "");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":null"), "slot");
        assertDamaged(text().replace("\"slot\":7", "\"slot\":7,\"slot\":8"), "uplicate");
        assertDamaged(text().replace("\"length\":1024", "\"length\":-1"), "length=-1");
        assertDamaged(text().replace("\"path\":\"t\"", "\"path\":\"g/s\""), "segment=g/s");
        assertDamaged(text().replace("\"path\":\"t\"", "\"path\":\"../t\""), "segment=../t");
        assertDamaged(text().replace("\"id\":77", "\"id\":0"), "id=0");
        assertDamaged(text().replace("\"id\":77", "\"id\":9007199254740992"), "id=9007199254740992");
        assertDamaged(text().replace("\"generation\":9", "\"generation\":0"), "generation=0");
        assertDamaged(text().replace("\"generation\":9", "\"generation\":9007199254740992"), "generation=");
        assertDamaged(text().replace("\"length\":1024", "\"length\":9007199254740992"), "length=");
        assertDamaged(text().replace("\"processId\":4711", "\"processId\":-1"), "processId=-1");
        assertDamaged(text().replace("\"participant\":5", "\"participant\":-1"), "participant=-1");
        assertDamaged(text().replace(INCARNATION, "-4611686018427387905"), "16 digits");
        assertDamaged(text().replace(INCARNATION, "\"BFFFFFFFFFFFFFFF\""), "16 digits");
        assertDamaged(text().replace(INCARNATION, "\"bf\""), "16 digits");
        assertDamaged(text().replace(INCARNATION, "null"), "incarnation");
        assertDamaged(text().replace("int8[3]", "x".repeat(1001)), "description=xxx");
        assertDamaged(text().replace("\"revision\":3", "\"revision\":0"), "revision=0");
        assertDamaged(text().replace("\"unit\":\"mm\"", "\"unit\":null"), "unit");
        assertDamaged(text().replace("\"unit\":\"mm\"", "\"unit\":1e999"), "unit");
        assertDamaged(text().replace("\"unit\":\"mm\"", "\"unit\":99999999999999999999"), "long");
        assertDamaged(text().replace("\"segments\":[", "\"segments\":[null,"), "");
        assertDamaged(text().replace("\"segments\":[", "\"more\":[],\"segments\":["), "more");
        assertDamaged(text().replace("\"mm\"", "[".repeat(100_000)), "depth");
        assertDamaged(text().replace("\"mm\"", "[".repeat(18) + "]".repeat(18)), "depth");
        assertDamaged(" ".repeat(ManifestFormat.MAX_BYTES + 1), "more than");
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
        Content content =
                new Content(true, Map.of("large", java.util.Collections.nCopies(17, megabyte)), Map.of(), List.of());
        assertThatThrownBy(() -> ManifestFormat.write(new Manifest(2, 1, 1, 0, new Creator(0, 1, 1), content)))
                .hasMessageContaining("allowed " + ManifestFormat.MAX_BYTES)
                .extracting("kind")
                .isEqualTo(Kind.ARGUMENT);
    }

    private static String text() {
        return new String(ManifestFormat.write(MANIFEST), StandardCharsets.UTF_8);
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
