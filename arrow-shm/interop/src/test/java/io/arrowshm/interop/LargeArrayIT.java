package io.arrowshm.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.TestPool;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What does not fit into 31 bits, between Python and Java. */
class LargeArrayIT {
    private static final long POOL_BYTES = 5L << 29;
    private static final long ROOM_NEEDED = 3L << 30;
    private static final long ELEMENTS = (1L << 31) + 8;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(POOL_BYTES, 64);

    @TempDir
    private Path directory;

    @Test
    void anArrayOfMoreThanTwoGibibytesIsReadByTheOtherSide() throws Exception {
        Path parent = testPool.parent();
        assumeTrue(FreeSpace.of(parent) >= ROOM_NEEDED, parent + " has less than 3 GiB free");
        PythonPackage python = PythonPackage.install();
        SharedMemoryPool pool = testPool.pool();
        Datasets datasets = Datasets.of(pool);
        try (Child child = python.start("exchange.py", directory, testPool.name())) {
            assertThat(child.read()).isEqualTo("open");
            assertThat(child.ask("large from/python " + ELEMENTS)).isEqualTo("done");
            try (Dataset dataset = datasets.open("from/python")) {
                NdArray numbers = dataset.array("large");
                assertThat(numbers.length(0)).isEqualTo(ELEMENTS);
                assertThat(numbers.getInt(0)).isEqualTo(7);
                assertThat(numbers.getInt(ELEMENTS - 1)).isEqualTo(9);
            }
            datasets.delete("from/python");
            testPool.await("there is room again", statistics -> statistics.segments() == 0);
            try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.UINT8, ELEMENTS))) {
                writer.array().at(0).set(7);
                writer.array().at(ELEMENTS - 1).set(9);
                try (Segment large = writer.seal()) {
                    datasets.create("from/java").add("large", large).publishPersistent();
                }
            }
            assertThat(child.ask("ends from/java large")).isEqualTo("7 9 " + ELEMENTS);
            datasets.delete("from/java");
        }
        testPool.await("what the reader held is free", statistics -> statistics.segments() == 0);
    }
}
