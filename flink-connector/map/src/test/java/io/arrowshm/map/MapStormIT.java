package io.arrowshm.map;

import static io.arrowshm.map.Allocation.shape;
import static io.arrowshm.map.CallOptions.chunks;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.TestPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Workers are killed at random while maps run on them, with retries and without: every result is right, or its call says that a
 * worker has died, and nothing is left. {@code -Dmap.kills} says how many.
 */
class MapStormIT {
    private static final int KILLS = Integer.getInteger("map.kills", 4);
    private static final int WORKERS = 3;
    private static final int SIZE = 20_000;

    @RegisterExtension
    final TestPool pool = TestPool.ofBytes(64 << 20);

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong right = new AtomicLong();
    private final AtomicLong died = new AtomicLong();
    private final List<Throwable> wrong = new ArrayList<>();

    @Test
    @Timeout(24 * 3600)
    void noCallHangsAndNoResultIsWrong() throws Exception {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        pool.pool();
        try (Shm shm = Processes.start(
                ProcessOptions.of(pool.options(), WORKERS).withHeapMb(128), TestContexts::likeOtherClustersOfTests)) {
            List<Thread> callers = List.of(caller(shm, 0), caller(shm, KILLS), tasks(shm));
            callers.forEach(Thread::start);
            for (int kill = 0; kill < KILLS; kill++) {
                long before = right.get();
                killOne(shm, random);
                Await.until(
                        "calls go on", Duration.ofMinutes(5), () -> right.get() > before + 2 || isWrong(), () -> this);
            }
            over.set(true);
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(wrong).isEmpty();
            System.out.println(KILLS + " kills: " + this);
            pool.await("no segment is left", statistics -> {
                System.gc();
                return statistics.segments() == 0;
            });
        }
        pool.awaitReaped(1);
        assertThat(Path.of(System.getProperty("java.io.tmpdir"))
                        .toFile()
                        .list((directory, name) -> name.contains(pool.name())))
                .isEmpty();
    }

    @Override
    public String toString() {
        return right + " calls were right, " + died + " had a worker that died";
    }

    private synchronized boolean isWrong() {
        return !wrong.isEmpty();
    }

    private synchronized void wrong(Throwable failure) {
        wrong.add(failure);
        over.set(true);
    }

    /** Kills one of the workers, which are found by asking them, at a moment that nothing tells them. */
    private void killOne(Shm shm, Random random) {
        var pids = ConcurrentHashMap.<Long>newKeySet();
        MutableNdArray questions = shm.alloc(shape(30));
        Await.until(
                "a worker answers",
                Duration.ofMinutes(5),
                () -> {
                    try {
                        shm.parts(questions)
                                .each(
                                        chunks(1).dynamic(),
                                        part -> ProcessHandle.current().pid(),
                                        (part, pid) -> pids.add(pid));
                    } catch (WorkerDiedException e) {
                        // The last one that was killed.
                    }
                    return !pids.isEmpty();
                },
                () -> this);
        shm.free(questions);
        List<Long> all = List.copyOf(pids);
        ProcessHandle.of(all.get(random.nextInt(all.size()))).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** @param retries as many as there are kills, so that no call may fail, or none */
    private Thread caller(Shm shm, int retries) {
        return thread(() -> {
            MutableNdArray out = shm.alloc(shape(SIZE).dtype(DType.INT64));
            long[] expected = LongStream.range(0, SIZE).map(i -> 3 * i).toArray();
            CallOptions options = chunks(500).retries(retries);
            try {
                shm.map(
                        out,
                        retries % 2 == 0 ? options : options.dynamic(),
                        (worker, index, value) -> value.set(3 * index));
                assertThat(Arrays.equals(out.toLongs(), expected))
                        .as("the result is the serial one")
                        .isTrue();
                right.incrementAndGet();
            } catch (WorkerDiedException e) {
                assertThat(retries).as("retries, of as many kills").isZero();
                long[] values = out.toLongs();
                assertThat(LongStream.range(0, SIZE).allMatch(i -> values[(int) i] == 0 || values[(int) i] == 3 * i))
                        .isTrue();
                died.incrementAndGet();
            } finally {
                shm.free(out);
            }
        });
    }

    private Thread tasks(Shm shm) {
        return thread(() -> {
            MutableNdArray argument = shm.alloc(shape(100).fill(1.0));
            try {
                var result = shm.submit(TaskScenarios::addOne, argument).join();
                assertThat(result.toDoubles()).containsOnly(2);
                shm.free(result);
                right.incrementAndGet();
            } catch (CompletionException e) {
                assertThat(e).hasCauseInstanceOf(WorkerDiedException.class);
                died.incrementAndGet();
            } finally {
                shm.free(argument);
            }
        });
    }

    private Thread thread(Runnable again) {
        Thread thread = new Thread(() -> {
            while (!over.get()) {
                again.run();
            }
        });
        thread.setUncaughtExceptionHandler((dead, failure) -> wrong(failure));
        return thread;
    }
}
