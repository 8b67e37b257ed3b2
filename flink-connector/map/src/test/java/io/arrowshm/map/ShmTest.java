package io.arrowshm.map;

import static io.arrowshm.map.Allocation.like;
import static io.arrowshm.map.Allocation.shape;
import static io.arrowshm.map.CallOptions.chunks;
import static io.arrowshm.map.CallOptions.partition;
import static io.arrowshm.map.CallOptions.perCore;
import static io.arrowshm.map.CallOptions.perWorker;
import static io.arrowshm.map.CallOptions.shares;
import static io.arrowshm.map.Functor.items;
import static io.arrowshm.map.Functor.numbers;
import static io.arrowshm.map.Functor.rows;
import static io.arrowshm.map.RangeKernel.ranged;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.array.ArrayOrder;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.testing.Await;
import io.arrowshm.testing.TestPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contexts of one process. */
class ShmTest {
    @RegisterExtension
    static final TestPool POOL = TestPool.ofBytes(64 << 20);

    /** Makes a context. */
    interface Context {
        Shm open();
    }

    static Stream<Named<Context>> contexts() {
        return Stream.of(
                Named.of("serial", () -> Shm.serial(POOL.options())),
                Named.of("1 thread", () -> Shm.threads(POOL.options(), 1)),
                Named.of("3 threads", () -> Shm.threads(POOL.options(), 3)),
                Named.of("8 threads", () -> Shm.threads(POOL.options(), 8)));
    }

    @AfterEach
    void nothingIsLeft() {
        POOL.await("no segment is left", pool -> pool.segments() == 0);
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void aKernelWritesIntoASharedArray(Context context) {
        try (Shm shm = context.open()) {
            MutableNdArray in = shm.alloc(shape(1000));
            shm.map(in, (worker, index, value) -> value.set(0.5 * index));
            MutableNdArray out = shm.alloc(like(in));
            shm.map(in, (worker, index, value) -> out.at(index).set(3 * value.getDouble()));
            assertThat(out.toDoubles())
                    .isEqualTo(
                            LongStream.range(0, 1000).mapToDouble(i -> 1.5 * i).toArray());
        }
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void everyIndexIsDoneOnceHoweverTheCallIsCut(Context context) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (Shm shm = context.open()) {
            for (int round = 0; round < 40; round++) {
                int size = random.nextInt(3000);
                int count = 1 + random.nextInt(50);
                List<CallOptions> ways = List.of(
                        perWorker(),
                        perCore(),
                        shares(count),
                        chunks(count),
                        partition((n, workers) -> LongStream.concat(LongStream.of(0, n), random.longs(count, 0, n + 1))
                                .sorted()
                                .toArray()));
                CallOptions way = ways.get(random.nextInt(ways.size()));
                CallOptions options = random.nextBoolean() ? way.dynamic() : way;
                MutableNdArray counts = shm.alloc(shape(size).dtype(DType.INT64));
                shm.map(counts, options, (worker, index, value) -> value.set(value.getLong() + 1));
                shm.map(counts, options, ranged((worker, from, to) -> {
                    for (long i = from; i < to; i++) {
                        counts.at(i).set(counts.getLong(i) + 10);
                    }
                }));
                assertThat(counts.toLongs()).hasSize(size).containsOnly(size == 0 ? new long[0] : new long[] {11});
            }
        }
    }

    @Test
    void byDefaultWorkerWHasTheShareOfPasha() {
        Map<Integer, List<Long>> byWorker = new ConcurrentHashMap<>();
        try (Shm shm = Shm.threads(POOL.options(), 3)) {
            shm.map(
                    numbers(10),
                    (worker, index, value) -> byWorker.computeIfAbsent(
                                    worker, w -> Collections.synchronizedList(new ArrayList<>()))
                            .add(value));
        }
        assertThat(byWorker)
                .isEqualTo(Map.of(0, List.of(0L, 1L, 2L), 1, List.of(3L, 4L, 5L), 2, List.of(6L, 7L, 8L, 9L)));
    }

    @Test
    void fewerItemsThanWorkersAndNoneAreFine() {
        try (Shm shm = Shm.threads(POOL.options(), 8)) {
            MutableNdArray out = shm.alloc(shape(3).dtype(DType.INT64));
            shm.map(numbers(3), (worker, index, value) -> out.at(index).set(value + 1));
            assertThat(out.toLongs()).containsExactly(1, 2, 3);
            shm.map(numbers(0), (worker, index, value) -> out.at(0).set(-1L));
            shm.map(List.of(), (worker, index, value) -> out.at(0).set(-1L));
            shm.map(
                    shm.alloc(shape(0, 3)),
                    chunks(5),
                    (worker, index, value) -> out.at(0).set(-1L));
            assertThat(out.getLong(0)).isEqualTo(1);
        }
    }

    @Test
    void ownPartitionsAreCheckedBeforeAnythingIsDone() {
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            List<Long> sizes = new ArrayList<>();
            shm.map(
                    numbers(10),
                    partition((size, workers) -> new long[] {0, 3, 3, size}),
                    ranged((worker, from, to) -> {
                        synchronized (sizes) {
                            sizes.add(to - from);
                        }
                    }));
            assertThat(sizes).containsExactlyInAnyOrder(3L, 7L);
            for (long[] wrong : new long[][] {{}, {1, 10}, {0, 9}, {0, 5, 4, 10}}) {
                assertThatThrownBy(() ->
                                shm.map(numbers(10), partition((size, workers) -> wrong), (worker, index, value) -> {}))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("allowed 0, not decreasing, at the end 10");
            }
            assertThatThrownBy(() -> chunks(0)).hasMessageContaining("chunks of length=0");
            assertThatThrownBy(() -> shares(0)).hasMessageContaining("shares=0");
            assertThatThrownBy(() -> shm.map(numbers(1L << 40), chunks(1), (worker, index, value) -> {}))
                    .hasMessageContaining("allowed 65536 and more");
        }
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void rowsListsAndIteratorsAreMappedInOrder(Context context) {
        try (Shm shm = context.open()) {
            MutableNdArray frames = shm.alloc(shape(4, 5, 6).dtype(DType.FLOAT32));
            shm.map(rows(frames, 1), (worker, index, row) -> row.fill((double) index));
            MutableNdArray means = shm.alloc(shape(5));
            NdArray readOnly = frames.asReadOnly();
            shm.map(rows(readOnly, 1), (worker, index, row) -> means.at(index).set(mean(row)));
            assertThat(means.toDoubles()).containsExactly(0, 1, 2, 3, 4);

            MutableNdArray lengths = shm.alloc(shape(3).dtype(DType.INT64));
            List<String> words = List.of("a", "bb", "ccc");
            shm.map(words, (worker, index, word) -> lengths.at(index).set((long) word.length()));
            assertThat(lengths.toLongs()).containsExactly(1, 2, 3);
            shm.map(
                    items(words.iterator()),
                    chunks(1).dynamic(),
                    (worker, index, word) -> lengths.at(index).set(10L * word.length()));
            assertThat(lengths.toLongs()).containsExactly(10, 20, 30);
        }
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void elementsOfAnyLayoutAreVisitedInCOrder(Context context) {
        try (Shm shm = context.open()) {
            MutableNdArray whole = shm.alloc(shape(6, 7).dtype(DType.INT32));
            whole.copyFrom(new Random(1).ints(42).toArray(), 0);
            for (NdArray view : List.of(whole, whole.transpose(), whole.slice(1, 6, -1, -2), whole.select(0, 2))) {
                MutableNdArray out = shm.alloc(shape(view.size()).dtype(DType.INT32));
                shm.map(view, chunks(5), (worker, index, value) -> out.at(index).set((long) value.getInt()));
                assertThat(out.toInts()).isEqualTo(view.toInts());
            }
            MutableNdArray transposed = whole.transpose();
            shm.map(transposed, (worker, index, value) -> value.set(index));
            assertThat(transposed.toInts())
                    .isEqualTo(LongStream.range(0, 42).mapToInt(i -> (int) i).toArray());
            MutableNdArray single = shm.alloc(shape().dtype(DType.INT64));
            shm.map(single, (worker, index, value) -> value.set(7L + index));
            assertThat(single.toLongs()).containsExactly(7);
        }
    }

    @Test
    void arraysOfADatasetAreMappedByPath() {
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            Datasets datasets = Datasets.of(shm.pool());
            datasets.create("run")
                    .add("b", shm.segment(shm.alloc(shape(2).fill(2.0))))
                    .add("a/x", shm.segment(shm.alloc(shape(3).fill(1.0))))
                    .publishPersistent();
            MutableNdArray sums = shm.alloc(shape(2));
            try (Dataset run = datasets.open("run")) {
                shm.map(
                        Functor.arrays(run),
                        (worker, index, named) -> sums.at(index)
                                .set(shm.reduce(named.array(), Double::sum)
                                        + named.path().length()));
            }
            assertThat(sums.toDoubles()).containsExactly(6, 5);
            datasets.delete("run");
        }
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void partsPerWorkerAreReduced(Context context) {
        try (Shm shm = context.open()) {
            MutableNdArray total = shm.alloc(shape(1).perWorker());
            MutableNdArray sums = shm.alloc(shape(3).perWorker());
            MutableNdArray fortran =
                    shm.alloc(shape(3, 2).order(ArrayOrder.FORTRAN).perWorker());
            assertThat(sums.shape()).containsExactly(shm.workers(), 3);
            assertThat(fortran.shape()).containsExactly(3, 2, shm.workers());
            shm.map(numbers(1000), (worker, index, value) -> {
                total.at(worker, 0).set(total.getDouble(worker, 0) + value);
                sums.at(worker, index % 3).set(sums.getDouble(worker, index % 3) + 1);
            });
            assertThat(shm.reduce(total, Double::sum)).isEqualTo(499_500);
            assertThat(shm.reduceParts(sums, Double::sum).toDoubles()).containsExactly(334, 333, 333);
            assertThat(shm.reduceParts(fortran, Double::max).shape()).containsExactly(3, 2);
            assertThatThrownBy(() -> shm.reduceParts(shm.alloc(shape(2)), Double::sum))
                    .hasMessageContaining("perWorker()");
        }
    }

    @Test
    void allocatesLikePasha() {
        try (Shm shm = Shm.serial(POOL.options())) {
            MutableNdArray plain = shm.alloc(shape(2, 3));
            assertThat(plain.dtype()).isEqualTo(DType.FLOAT64);
            assertThat(plain.order()).isEqualTo(ArrayOrder.C);
            assertThat(plain.toDoubles()).containsOnly(0);
            MutableNdArray texts = shm.alloc(shape(2).dtype(DType.unicode(3)).fill("abc"));
            MutableNdArray liked =
                    shm.alloc(like(plain.transpose()).dtype(DType.INT16).fill(3L));
            assertThat(texts.toStrings()).containsOnly("abc");
            assertThat(liked.shape()).containsExactly(3, 2);
            assertThat(liked.order()).isEqualTo(ArrayOrder.FORTRAN);
            assertThat(liked.toShorts()).containsOnly((short) 3);
            assertThat(shm.alloc(like(plain.slice(1, 0, 3, 2))).order()).isEqualTo(ArrayOrder.C);
            assertThat(shm.alloc(shape(4).dtype(DType.BOOL).fill(true)).toBytes())
                    .containsOnly((byte) 1);
            assertThat(shm.alloc(shape(2).dtype(DType.parse("[('a', '<f4'), ('b', '<M8[s]')]")))
                            .field("b")
                            .toLongs())
                    .containsOnly(0);
            assertThatThrownBy(() -> shm.alloc(shape(1).dtype(DType.INT8).fill(0.5)))
                    .isInstanceOf(SharedMemoryException.class);
        }
    }

    @Test
    void memoryIsZeroAlsoWhereOthersHadWritten() {
        try (Shm shm = Shm.serial(POOL.options())) {
            for (int i = 0; i < 5; i++) {
                MutableNdArray array = shm.alloc(shape(1000));
                assertThat(array.toDoubles()).containsOnly(0);
                array.fill(7.0);
                shm.free(array);
            }
        }
    }

    @Test
    void memoryIsGivenBackByFreeByTheCollectorAndByClose() {
        MutableNdArray kept;
        try (Shm shm = Shm.serial(POOL.options())) {
            kept = shm.alloc(shape(10));
            MutableNdArray freed = shm.alloc(shape(10));
            shm.free(freed.reshape(2, 5));
            assertThatThrownBy(() -> freed.getDouble(0)).hasMessageContaining("closed");
            assertThatThrownBy(() -> shm.free(freed)).isInstanceOf(SharedMemoryException.class);
            shm.alloc(shape(10));
            Await.until("the forgotten array is given back", () -> {
                System.gc();
                return shm.pool().statistics().segments() == 1;
            });
            assertThat(kept.toDoubles()).containsOnly(0);
        }
        assertThatThrownBy(() -> kept.getDouble(0)).hasMessageContaining("closed");
    }

    @Test
    void whatIsPublishedOutlivesTheContext() {
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            MutableNdArray out = shm.alloc(shape(10));
            shm.map(out, (worker, index, value) -> value.set((double) index));
            Segment segment = shm.segment(out);
            segment.seal();
            Datasets.of(shm.pool()).create("result").add("out", segment).publishPersistent();
        }
        try (Dataset result = Datasets.of(POOL.pool()).open("result")) {
            assertThat(result.array("out").getDouble(9)).isEqualTo(9);
        }
        Datasets.of(POOL.pool()).delete("result");
    }

    @Test
    void aClosedContextStartsNothing() {
        Shm shm = Shm.threads(POOL.options(), 2);
        MutableNdArray array = shm.alloc(shape(10));
        shm.close();
        shm.close();
        assertThatThrownBy(() -> shm.map(numbers(3), (worker, index, value) -> {}))
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining("is closed");
        assertThatThrownBy(() -> shm.alloc(shape(1))).hasMessageContaining("is closed");
        assertThatThrownBy(() -> array.getDouble(0)).hasMessageContaining("closed");
    }

    @ParameterizedTest
    @MethodSource("contexts")
    void anExceptionSaysWhereItWasThrown(Context context) {
        try (Shm shm = context.open()) {
            MutableNdArray out = shm.alloc(shape(10_000).dtype(DType.INT64));
            assertThatThrownBy(() -> shm.map(out, chunks(100), (worker, index, value) -> {
                        if (index == 1234) {
                            throw new IllegalStateException("no good");
                        }
                        value.set(1L);
                    }))
                    .isInstanceOfSatisfying(KernelException.class, e -> {
                        assertThat(e.index()).isEqualTo(1234);
                        assertThat(e.pid()).isEqualTo(ProcessHandle.current().pid());
                        assertThat(e.worker()).isBetween(0, shm.workers() - 1);
                        assertThat(e.host()).isNotEmpty();
                    })
                    .hasMessageContaining("index 1234")
                    .hasMessageContaining("no good")
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(out.getLong(1233)).isEqualTo(1);
            assertThat(out.getLong(1234)).isZero();
            shm.map(out, (worker, index, value) -> value.set(2L));
            assertThat(out.toLongs()).containsOnly(2);
        }
    }

    @Test
    void theExceptionOfTheLowestIndexComesFirstAndErrorsCountToo() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            Call call = shm.start(numbers(10), (worker, index, value) -> {
                if (index % 5 == 3) {
                    both.countDown();
                    both.await();
                    throw new StackOverflowError("at " + index);
                }
            });
            assertThatThrownBy(call::await).isInstanceOfSatisfying(KernelException.class, e -> {
                assertThat(e.index()).isEqualTo(3);
                assertThat(e.getSuppressed()).hasSize(1);
                assertThat(((KernelException) e.getSuppressed()[0]).index()).isEqualTo(8);
            });
            assertThatThrownBy(() -> call.toFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(KernelException.class);
        }
    }

    @Test
    void aCallTellsHowFarItIs() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            Call call = shm.start(numbers(100), chunks(10), (worker, index, value) -> {
                if (index == 40 || index == 90) {
                    goOn.await();
                }
            });
            Await.until("80 of 100 are done", () -> call.progress() == 0.8, call::progress);
            assertThat(call.isDone()).isFalse();
            goOn.countDown();
            call.await();
            assertThat(call.progress()).isEqualTo(1);
            assertThat(call.isDone()).isTrue();
            call.toFuture().get();
        }
    }

    @Test
    void cancellingEndsAKernelThatWaits() {
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            Call call = shm.start(numbers(2), (worker, index, value) -> new CountDownLatch(1).await());
            call.cancel();
            assertThatThrownBy(call::await).isInstanceOf(CancellationException.class);
            shm.map(
                    numbers(2),
                    (worker, index, value) -> assertThat(Thread.interrupted()).isFalse());
        }
    }

    @Test
    void cancellingEndsACallWhoseKernelDoesNot() {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            Call call = shm.start(numbers(2), (worker, index, value) -> {
                entered.countDown();
                awaitWhateverHappens(goOn);
            });
            awaitWhateverHappens(entered);
            call.cancel();
            assertThatThrownBy(call::await).isInstanceOf(CancellationException.class);
            MutableNdArray out = shm.alloc(shape(2));
            shm.map(out, (worker, index, value) -> value.set(1.0));
            assertThat(out.toDoubles()).containsOnly(1);
            goOn.countDown();
        }
    }

    @Test
    void aTimeoutEndsTheCall() {
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            assertThatThrownBy(() -> shm.map(
                            numbers(4),
                            chunks(1).timeout(Duration.ofMillis(20)),
                            (worker, index, value) -> new CountDownLatch(1).await()))
                    .isInstanceOf(CallTimeoutException.class)
                    .hasMessageContaining("PT0.02S")
                    .hasMessageContaining("4 ranges are not done");
        }
    }

    @Test
    void interruptingWhoWaitsCancels() throws Exception {
        try (Shm shm = Shm.threads(POOL.options(), 2)) {
            Call call = shm.start(numbers(2), (worker, index, value) -> new CountDownLatch(1).await());
            Thread.currentThread().interrupt();
            assertThatThrownBy(call::await).isInstanceOf(CancellationException.class);
            assertThat(Thread.interrupted()).isTrue();
            Await.until("the call has ended", call::isDone);
        }
    }

    @Test
    void callsOfSeveralThreadsDoNotMixUp() throws Exception {
        try (Shm shm = Shm.threads(POOL.options(), 3)) {
            List<Thread> callers = new ArrayList<>();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            for (int caller = 0; caller < 4; caller++) {
                long number = caller;
                Thread thread = new Thread(() -> {
                    for (int i = 0; i < 100; i++) {
                        MutableNdArray out = shm.alloc(shape(100).dtype(DType.INT64));
                        shm.map(out, chunks(7).dynamic(), (worker, index, value) -> value.set(number));
                        assertThat(out.toLongs()).containsOnly(number);
                        shm.free(out);
                    }
                });
                thread.setUncaughtExceptionHandler((dead, e) -> failures.add(e));
                callers.add(thread);
                thread.start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
            assertThat(failures).isEmpty();
        }
    }

    @Test
    void whatIsReadOnlyIsNotWritten() {
        try (Shm shm = Shm.serial(POOL.options())) {
            NdArray readOnly = shm.alloc(shape(3)).asReadOnly();
            assertThatThrownBy(() -> shm.map(readOnly, (worker, index, value) -> value.set(1.0)))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("is read only");
        }
    }

    private static double mean(NdArray row) {
        return Arrays.stream(row.toDoubles()).average().orElseThrow();
    }

    private static void awaitWhateverHappens(CountDownLatch latch) {
        while (latch.getCount() > 0) {
            LockSupport.parkNanos(1_000_000);
            Thread.interrupted();
        }
    }
}
