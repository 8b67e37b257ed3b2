package io.arrowshm.internal.names;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ManifestNameTest {
    private static final int NAMES = 20_000;

    @Test
    void theFileNameOfADatasetIsItsNameWithTheRestAsHexadecimalDigits() {
        assertThat(ManifestName.toFile("run-42/camera_1.left")).isEqualTo("run-42+camera_1.left.json");
        assertThat(ManifestName.toFile("a b/ü")).isEqualTo("a%20b+%C3%BC.json");
        assertThat(ManifestName.toFile(".a/.b")).isEqualTo("%2Ea+.b.json");
        assertThat(ManifestName.toFile("1+1=100%")).isEqualTo("1%2B1%3D100%25.json");
    }

    @Test
    void whatIsWrittenInAnotherWayIsNoFileOfADataset() {
        for (String file : List.of(
                "",
                ".json",
                "a",
                "a.JSON",
                "a%",
                "a%2.json",
                "%41.json",
                "%2f.json",
                "%2F.json",
                "a%c3%bc.json",
                "%C3.json",
                "%ED%A0%80.json",
                "%0A.json",
                "%00.json",
                "a b.json",
                "a++b.json",
                "+a.json",
                "ü.json",
                "lock",
                "..json",
                "...json",
                "%2E.json",
                "%2E%2E.json")) {
            assertThat(ManifestName.ofFile(file)).as(file).isNull();
        }
    }

    @Test
    void everyNameHasAFileNameOfItsOwnWhichIsReadAsThatName() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ManifestNameTest: -Dseed=" + seed);
        Random random = new Random(seed);
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < NAMES; i++) {
            String name = random(random);
            if (DatasetPaths.isValidName(name)) {
                String file = ManifestName.toFile(name);
                assertThat(file)
                        .matches("[A-Za-z0-9_%+-][A-Za-z0-9._%+-]*\\.json")
                        .hasSizeLessThan(256);
                assertThat(ManifestName.ofFile(file)).isEqualTo(name);
                assertThat(names.putIfAbsent(file, name)).isIn(null, name);
            }
        }
        assertThat(names).hasSizeGreaterThan(NAMES / 4);
    }

    @Test
    void anyFileNameIsThatOfOneDatasetOrOfNone() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ManifestNameTest: -Dseed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < NAMES; i++) {
            byte[] bytes = ManifestName.toFile(random(random)).getBytes(StandardCharsets.UTF_8);
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            String file = new String(bytes, StandardCharsets.UTF_8);
            String name = ManifestName.ofFile(file);
            assertThat(name == null || ManifestName.toFile(name).equals(file)).isTrue();
        }
    }

    private static String random(Random random) {
        StringBuilder name = new StringBuilder();
        for (int length = 1 + random.nextInt(12); length > 0; length--) {
            switch (random.nextInt(4)) {
                case 0 -> name.append("/.+% ".charAt(random.nextInt(5)));
                case 1 -> name.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT));
                default -> name.append((char) ('A' + random.nextInt(60)));
            }
        }
        return name.toString();
    }
}
