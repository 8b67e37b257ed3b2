package io.arrowshm.map;

import io.arrowshm.testing.TestPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tasks and parts in the contexts of one process. */
class TasksTest {
    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(64 << 20);

    static Stream<Named<TaskScenarios>> scenarios() {
        return TaskScenarios.all();
    }

    @AfterEach
    void nothingIsLeft() {
        POOL.await("no segment is left", pool -> pool.segments() == 0);
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void inThreads(TaskScenarios scenario) throws Exception {
        try (Shm shm = Shm.threads(POOL.options(), 3)) {
            scenario.run(shm);
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void serially(TaskScenarios scenario) throws Exception {
        try (Shm shm = Shm.serial(POOL.options())) {
            scenario.run(shm);
        }
    }
}
