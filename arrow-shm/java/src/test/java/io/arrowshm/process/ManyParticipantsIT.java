package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.MuchMemory;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** As many processes as a pool can have, most of which have no bit in the ownership words. */
class ManyParticipantsIT {
    private static final int CHILDREN = OwnershipWord.PARTICIPANTS - 1;
    private static final int KILLED = 100;
    private static final int STARTED_AT_ONCE = 16;
    private static final List<String> SMALL = List.of("-Xmx32m", "-Xss256k", "-XX:+UseSerialGC");

    @RegisterExtension
    static final MuchMemory MUCH_MEMORY = new MuchMemory();

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    private final List<Child> children = new ArrayList<>();

    @Test
    void allExchangeAndAfterAHundredWereKilledAtOnceTheOthersGoOnAndNothingIsLost() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("ManyParticipantsIT: -Dseed=" + seed);
        SharedMemoryPool pool = testPool.pool();
        try (Segment own = PoolProcess.write(pool, 7)) {
            startAll();
            assertThat(pool.statistics().participants()).isEqualTo(OwnershipWord.PARTICIPANTS);
            try (Child refused = start()) {
                assertThat(refused.read())
                        .startsWith("error EXHAUSTED all " + OwnershipWord.PARTICIPANTS + " participants");
            }
            exchangeInARing();
            assertThat(pool.statistics().segments()).isEqualTo(1 + 2 * CHILDREN);

            Collections.shuffle(children, new Random(seed));
            List<Child> killed = children.subList(0, KILLED);
            for (Child child : killed) {
                child.kill();
            }
            killed.clear();
            int left = children.size();
            testPool.awaitReaped(1 + left);
            testPool.await("epochs of the dead are void", s -> s.epochs() == left);
            // One that it holds, one that it was sent, if its sender wasn't killed: then that is held by it alone.
            testPool.await("only what the living hold is left", s -> s.segments() == 1 + 2 * left);
            exchangeInARing();
            assertThat(PoolProcess.sum(own)).isEqualTo(7);
            children.add(started());
            assertThat(children.get(left).ask("hold 3")).isEqualTo("held");
        } finally {
            for (Child child : children) {
                child.close();
            }
        }
        testPool.await("nothing is left", s -> s.segments() == 0 && s.participants() == 1);
        new QuietPool(testPool.options(), pool).assertExactly(0, 0, 1);
    }

    private void startAll() throws IOException {
        while (children.size() < CHILDREN) {
            int from = children.size();
            while (children.size() < Math.min(CHILDREN, from + STARTED_AT_ONCE)) {
                children.add(start());
            }
            for (Child child : children.subList(from, children.size())) {
                assertHasOpened(child);
            }
        }
        for (int i = 0; i < CHILDREN; i++) {
            assertThat(children.get(i).ask("hold " + i)).isEqualTo("held");
        }
    }

    /** Every one keeps what its neighbour has sent. */
    private void exchangeInARing() throws IOException {
        for (int i = 0; i < children.size(); i++) {
            String reference = children.get(i).ask("send " + (500 + i));
            Child neighbour = children.get((i + 1) % children.size());
            assertThat(neighbour.ask("keep " + reference)).isEqualTo("sum " + (500 + i) + " right");
        }
    }

    private Child started() throws IOException {
        Child child = start();
        assertHasOpened(child);
        return child;
    }

    private void assertHasOpened(Child child) throws IOException {
        assertThat(child.read()).isEqualTo("pool " + testPool.pool().directory());
    }

    private Child start() throws IOException {
        return Child.start(List.of(), SMALL, PoolProcess.class, testPool.name());
    }
}
