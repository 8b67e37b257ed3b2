package io.arrowshm.benchmark.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TimesTest {
    @Test
    void theLineOfAProgramIsRead() {
        assertThat(Times.parse("{\"interpreter\": \"CPython 3.13.0\", \"versions\": {\"numpy\": \"2.3.5\"},"
                        + " \"large\": [1.5, 2], \"small\": [3]}"))
                .isEqualTo(new Times("CPython 3.13.0", Map.of("numpy", "2.3.5"), List.of(1.5, 2.0), List.of(3.0)));
    }

    @Test
    void whatHasNoTimesIsRefused() {
        for (String line : List.of("", "Segmentation fault", "{\"large\": [1]}", "{\"large\": [], \"small\": []}")) {
            assertThatThrownBy(() -> Times.parse(line))
                    .as(line)
                    .isInstanceOf(PeerFailedException.class)
                    .hasMessageContaining(line);
        }
    }
}
