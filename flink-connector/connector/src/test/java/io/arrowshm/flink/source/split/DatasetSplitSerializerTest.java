package io.arrowshm.flink.source.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class DatasetSplitSerializerTest {
    private static final DatasetSplit SPLIT = new DatasetSplit(
            new NamedSegment("run/42", "camera/frames", 0x0123456789abcdefL, 77, 0xfedcba9876543210L), 100, 250, 101);
    // As version 1 wrote it.
    private static final String VERSION_1 = "000672756e2f3432000d63616d6572612f6672616d65730123456789abcdef0000004d"
            + "fedcba9876543210000000000000006400000000000000fa0000000000000065";

    private final DatasetSplitSerializer serializer = DatasetSplitSerializer.INSTANCE;

    @Test
    void bytesOfVersion1StayReadable() throws Exception {
        assertThat(HexFormat.of().formatHex(serializer.serialize(SPLIT))).isEqualTo(VERSION_1);
        assertThat(serializer.deserialize(1, HexFormat.of().parseHex(VERSION_1)))
                .isEqualTo(SPLIT);
    }

    @Test
    void anotherVersionIsRefusedByName() {
        byte[] bytes = HexFormat.of().parseHex(VERSION_1);
        assertThatThrownBy(() -> serializer.deserialize(2, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("version 2");
    }

    @Test
    void positionsThatCannotBeAreRefused() {
        byte[] bytes = HexFormat.of().parseHex(VERSION_1.substring(0, VERSION_1.length() - 2) + "63");
        assertThatThrownBy(() -> serializer.deserialize(1, bytes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("position=99");
    }

    @Test
    void bytesThatEndEarlyAreRefused() {
        byte[] bytes = HexFormat.of().parseHex(VERSION_1);
        for (int length = 0; length < bytes.length; length++) {
            byte[] start = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> serializer.deserialize(1, start)).isInstanceOf(IOException.class);
        }
    }
}
