package io.arrowshm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.dataset.DatasetEvent.Kind;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.TestPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetWatchTest {
    private static final Duration NO_TIME = Duration.ZERO;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(1 << 20, 100);

    private Datasets datasets;

    @BeforeEach
    void openPool() {
        datasets = Datasets.of(testPool.pool());
    }

    @Test
    void itTellsOfWhatIsThereAndThenOfWhatHappens() throws InterruptedException {
        DatasetInfo first = publish("a");
        try (DatasetWatch watch = datasets.watch()) {
            assertThat(watch.next()).isEqualTo(event(Kind.PUBLISHED, first, "a", null));
            assertThat(watch.next(NO_TIME)).isEmpty();
            DatasetInfo second = publish("größe/b c");
            assertThat(watch.next()).isEqualTo(event(Kind.PUBLISHED, second, "größe/b c", null));
            DatasetInfo again = datasets.create("a").overwrite().publishPersistent();
            assertThat(again.revision()).isEqualTo(2);
            assertThat(watch.next()).isEqualTo(event(Kind.PUBLISHED, again, "a", null));
            datasets.rename("a", "c");
            assertThat(watch.next()).isEqualTo(event(Kind.RENAMED, again, "c", "a"));
            datasets.rename("c", "größe/b c", true);
            assertThat(watch.next()).isEqualTo(event(Kind.RENAMED, again, "größe/b c", "c"));
            datasets.delete("größe/b c");
            assertThat(watch.next()).isEqualTo(event(Kind.REMOVED, again, "größe/b c", null));
            assertThat(watch.next(Duration.ofMillis(1))).isEmpty();
        }
    }

    @Test
    void aPrefixIsToldOfAloneAndWhatLeavesItIsGone() throws InterruptedException {
        try (DatasetWatch watch = datasets.watch("in")) {
            publish("out");
            publish("in-deed");
            DatasetInfo info = publish("in/a");
            assertThat(watch.next()).isEqualTo(event(Kind.PUBLISHED, info, "in/a", null));
            datasets.rename("in/a", "b");
            assertThat(watch.next()).isEqualTo(event(Kind.REMOVED, info, "in/a", null));
            datasets.rename("b", "in");
            assertThat(watch.next()).isEqualTo(event(Kind.PUBLISHED, info, "in", null));
        }
    }

    @Test
    void whoIsToldOfTooMuchLooksAtEverythingAnew() throws InterruptedException {
        int names = 50;
        try (DatasetWatch watch = datasets.watch()) {
            // More than can be told one by one.
            for (int i = 0; i < 2000; i++) {
                datasets.create("d" + i % names).overwrite().publishPersistent();
            }
            datasets.delete("d0");
            assertThat(followed(watch, names - 1)).isEqualTo(revisions());
        }
    }

    @Test
    void whateverOthersDoTheEndIsToldOf() throws InterruptedException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("DatasetWatchTest: -Dseed=" + seed);
        Random random = new Random(seed);
        try (DatasetWatch watch = datasets.watch()) {
            CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 1000; i++) {
                    String name = "d" + random.nextInt(5);
                    switch (random.nextInt(3)) {
                        case 0 -> datasets.delete(name);
                        case 1 -> renameIfThere(name, "d" + random.nextInt(5));
                        default -> datasets.create(name).overwrite().publishPersistent();
                    }
                }
                datasets.create("end").publishPersistent();
            });
            Map<String, Long> seen = new HashMap<>();
            while (!seen.containsKey("end")) {
                apply(watch.next(), seen);
            }
            others.join();
            // Whoever looks at all for a new name sees the end early: what happened ahead of it may be told later.
            Map<String, Long> there = revisions();
            while (!seen.equals(there)) {
                Optional<DatasetEvent> event = watch.next(Await.PATIENCE);
                assertThat(event)
                        .as("an event after which %s is told as %s", there, seen)
                        .isPresent();
                apply(event.get(), seen);
            }
        }
    }

    @Test
    void aDatasetIsAwaitedAndSoIsItsNextPublication() throws Exception {
        assertThatThrownBy(() -> datasets.await("a", Duration.ofMillis(1)))
                .hasMessageContaining("the dataset a was not published within 1 ms")
                .extracting("kind")
                .isEqualTo(SharedMemoryException.Kind.ABSENT);
        AtomicReference<DatasetInfo> opened = new AtomicReference<>();
        Thread waiting = waiting(() -> {
            try (Dataset dataset = datasets.await("a", Await.PATIENCE)) {
                opened.set(dataset.info());
            }
        });
        DatasetInfo first = publish("a");
        waiting.join();
        assertThat(opened.get()).isEqualTo(first);
        assertThatThrownBy(() -> datasets.awaitNext(first, Duration.ofMillis(1)))
                .hasMessageContaining("the dataset a was not published again within 1 ms");
        Thread next = waiting(() -> {
            try (Dataset dataset = datasets.awaitNext(first, Await.PATIENCE)) {
                opened.set(dataset.info());
            }
        });
        datasets.delete("a");
        DatasetInfo second = publish("a");
        next.join();
        assertThat(opened.get()).isEqualTo(second);
    }

    @Test
    void aWaitIsInterruptedAndEndsWithThePool() throws Exception {
        AtomicReference<Throwable> ended = new AtomicReference<>();
        Thread interrupted = waiting(() -> ended.set(
                catchThrowable(() -> datasets.await("a", Await.PATIENCE).close())));
        interrupted.interrupt();
        interrupted.join();
        assertThat(ended.get()).isInstanceOf(InterruptedException.class);
        Thread closed = waiting(() -> ended.set(
                catchThrowable(() -> datasets.await("a", Await.PATIENCE).close())));
        testPool.leave();
        closed.join();
        assertThat(ended.get()).hasMessageContaining("closed");
    }

    @Test
    void whoWatchesAPoolThatIsRemovedUnderItIsToldSo() {
        PoolOptions other = PoolOptions.named(testPool.name() + "-other")
                .withSizeBytes(1 << 20)
                .withSlots(64);
        try (SharedMemoryPool removed = SharedMemoryPool.open(other);
                DatasetWatch watch = Datasets.of(removed).watch()) {
            assertThat(PoolInspector.removeFromUnderLiving(other)).isTrue();
            assertThatThrownBy(watch::next)
                    .isInstanceOfSatisfying(
                            SharedMemoryException.class,
                            e -> assertThat(e.kind()).isEqualTo(SharedMemoryException.Kind.ABSENT));
        }
    }

    /** Returns once the thread waits. */
    private static Thread waiting(ThrowingAction action) {
        Thread thread = new Thread(() -> {
            try {
                action.run();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        thread.start();
        Await.until("it waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
        return thread;
    }

    private interface ThrowingAction {
        void run() throws Exception;
    }

    private static Map<String, Long> followed(DatasetWatch watch, int datasets) throws InterruptedException {
        Map<String, Long> seen = new HashMap<>();
        List<DatasetEvent> events = new ArrayList<>();
        Optional<DatasetEvent> event = watch.next(Await.PATIENCE);
        while (event.isPresent()) {
            events.add(event.get());
            apply(event.get(), seen);
            event = watch.next(seen.size() < datasets ? Await.PATIENCE : NO_TIME);
        }
        System.out.println("told of " + events.size());
        return seen;
    }

    private static void apply(DatasetEvent event, Map<String, Long> seen) {
        if (event.kind() == Kind.RENAMED) {
            seen.remove(event.oldName());
        }
        if (event.kind() == Kind.REMOVED) {
            seen.remove(event.name());
        } else {
            seen.put(event.name(), event.revision());
        }
    }

    private Map<String, Long> revisions() {
        Map<String, Long> revisions = new HashMap<>();
        datasets.list().forEach(info -> revisions.put(info.name(), info.revision()));
        return revisions;
    }

    private void renameIfThere(String name, String newName) {
        try {
            datasets.rename(name, newName, true);
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(SharedMemoryException.Kind.ABSENT);
        }
    }

    private DatasetInfo publish(String name) {
        return datasets.create(name).publishPersistent();
    }

    private static DatasetEvent event(Kind kind, DatasetInfo info, String name, String oldName) {
        return new DatasetEvent(kind, name, oldName, info.id(), info.revision());
    }
}
