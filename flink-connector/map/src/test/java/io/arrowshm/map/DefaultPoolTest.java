package io.arrowshm.map;

import static io.arrowshm.map.Allocation.shape;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.array.MutableNdArray;
import io.arrowshm.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DefaultPoolTest {
    @Test
    void thePoolThatNobodyNamedGoesWithItsLastContext() {
        Path directory;
        try (Shm first = Shm.serial()) {
            try (Shm second = Shm.threads(2)) {
                MutableNdArray array = second.alloc(shape(10));
                second.map(array, (worker, index, value) -> value.set(1.0));
                directory = second.pool().directory();
                assertThat(first.pool().directory()).isEqualTo(directory);
            }
            assertThat(directory).exists();
        }
        // Somebody else of this user may be at it as well, and then takes it away.
        Await.until("the pool is gone", () -> !Files.exists(directory));
    }
}
