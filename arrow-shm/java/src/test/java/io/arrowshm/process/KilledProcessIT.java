package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.PoolStatistics;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KilledProcessIT {
    /** Within which whatever a killed process had is taken back. */
    private static final long RECLAIM_NANOS = 1_000_000_000;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    private SharedMemoryPool pool;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void whatAKilledProcessHeldAndBuiltAndSentComesBackWithinASecond() throws IOException {
        try (Segment own = PoolProcess.write(pool, 7);
                Child child = started()) {
            assertThat(child.ask("hold 1")).isEqualTo("held");
            assertThat(child.ask("hold 2")).isEqualTo("held");
            assertThat(child.ask("build")).isEqualTo("building");
            assertThat(child.ask("send 3")).hasSize(2 * SegmentRef.BYTES);
            assertThat(pool.statistics().segments()).isEqualTo(5);
            assertThat(pool.statistics().epochs()).isEqualTo(1);
            child.kill();
            testPool.await("only the survivor's segment is left", s -> s.segments() == 1 && s.epochs() == 0);
            assertThat(pool.statistics().participants()).isEqualTo(1);
            assertThat(PoolProcess.sum(own)).isEqualTo(7);
        }
        assertThat(pool.statistics().segments()).isZero();
    }

    @Test
    void aReferenceOfAKilledSenderIsReceivedOrStale() throws IOException {
        try (Child sender = started();
                Child receiver = started()) {
            String reference = sender.ask("send 11");
            assertThat(receiver.ask("keep " + reference)).isEqualTo("sum 11 right");
            String second = sender.ask("send 12");
            sender.kill();
            testPool.await("the sender is swept", s -> s.segments() == 1);
            assertThat(receiver.ask("receive " + second)).isEqualTo("error STALE_REFERENCE");
            receiver.kill();
            testPool.await("the receiver is swept", s -> s.segments() == 0);
        }
    }

    @Test
    void nothingIsTakenFromAStoppedProcess() throws IOException, InterruptedException {
        try (Child child = started()) {
            assertThat(child.ask("hold 1")).isEqualTo("held");
            String reference = child.ask("send 5");
            child.stop();
            long end = System.nanoTime() + 3 * RECLAIM_NANOS;
            while (System.nanoTime() - end < 0) {
                pool.sweep();
                PoolStatistics statistics = pool.statistics();
                assertThat(statistics.segments()).isEqualTo(2);
                assertThat(statistics.participants()).isEqualTo(2);
                LockSupport.parkNanos(RECLAIM_NANOS / 10);
            }
            child.resume();
            assertThat(child.ask("receive " + reference)).isEqualTo("sum 5 right");
            assertThat(pool.statistics().segments()).isEqualTo(1);
        }
    }

    @Test
    void processesThatOpenAnAbsentPoolAtOnceMakeOne() throws IOException {
        testPool.remove();
        List<Child> children = new ArrayList<>();
        try {
            for (int i = 0; i < 4; i++) {
                children.add(Child.start(testPool.name()));
            }
            String first = children.get(0).read();
            assertThat(first).startsWith("pool ");
            for (Child child : children.subList(1, 4)) {
                assertThat(child.read()).isEqualTo(first);
            }
        } finally {
            closeAll(children);
            pool = testPool.pool();
        }
    }

    @Test
    void creatorsKilledAtAnyMomentLeaveNothingBehind() throws IOException {
        testPool.remove();
        Random random = random("creators");
        long nanosToOpen = nanosToOpen();
        for (int i = 0; i < 6; i++) {
            try (Child child = Child.start(testPool.name())) {
                LockSupport.parkNanos((long) (random.nextDouble() * 1.5 * nanosToOpen));
                child.kill();
            }
            if (i % 3 == 2) {
                testPool.pool();
                testPool.remove();
            }
        }
    }

    /** From the start of a process to its answer that it has made the pool. */
    private long nanosToOpen() throws IOException {
        long start = System.nanoTime();
        try (Child child = Child.start(testPool.name())) {
            assertThat(child.read()).startsWith("pool ");
        }
        return System.nanoTime() - start;
    }

    private Child started() throws IOException {
        Child child = Child.start(testPool.name());
        assertHasOpened(child);
        return child;
    }

    private void assertHasOpened(Child child) throws IOException {
        assertThat(child.read()).isEqualTo("pool " + pool.directory());
    }

    private static void closeAll(List<Child> children) throws IOException {
        for (Child child : children) {
            child.close();
        }
    }

    private static Random random(String what) {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("KilledProcessIT, " + what + ": -Dseed=" + seed);
        return new Random(seed);
    }
}
