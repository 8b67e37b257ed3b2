package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteSizeTest {
    @ParameterizedTest
    @CsvSource({
        "16, 16 B",
        "755, 755 B",
        "1023, 1023 B",
        "1024, 1 KiB",
        "1434, 1.4 KiB",
        "65536, 64 KiB",
        "1048576, 1 MiB",
        "4404019, 4.2 MiB",
        "1073741824, 1 GiB"
    })
    void itIsShownInTheLargestUnitThatLeavesAtLeastOne(long bytes, String text) {
        assertThat(ByteSize.text(bytes)).isEqualTo(text);
    }
}
