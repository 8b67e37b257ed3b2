package io.arrowshm.map;

import static io.arrowshm.map.Allocation.like;
import static io.arrowshm.map.Allocation.shape;
import static io.arrowshm.map.CallOptions.chunks;
import static io.arrowshm.map.Submit.Arguments.COPY;
import static io.arrowshm.map.Submit.Arguments.SHARE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;

/** What is the same in every context: each takes one in which nothing is, and leaves nothing but what the context closes. */
interface TaskScenarios {
    void run(Shm shm) throws Exception;

    static Stream<Named<TaskScenarios>> all() {
        return Stream.of(
                Named.of("a task returns an array that it has made", TaskScenarios::returnsAnArray),
                Named.of("arguments are copied", TaskScenarios::copiesArguments),
                Named.of("arguments are shared if that is wanted", TaskScenarios::sharesArguments),
                Named.of("arrays may be anywhere in arguments and results", TaskScenarios::arraysAnywhere),
                Named.of("a task may return what it got or captures", TaskScenarios::returnsWhatItGot),
                Named.of("an exception is the task's alone", TaskScenarios::fails),
                Named.of("the executor does what executors do", TaskScenarios::executes),
                Named.of("many tasks of different lengths", TaskScenarios::manyTasks),
                Named.of("parts of several arrays", TaskScenarios::parts),
                Named.of("parts with arrays as results", TaskScenarios::partsWithArrays),
                Named.of("a part that fails", TaskScenarios::partFails));
    }

    /** npshmex's example. */
    static NdArray addOne(NdArray array) {
        MutableNdArray out = Worker.alloc(like(array));
        out.setAll(array, x -> x + 1);
        return out;
    }

    private static void returnsAnArray(Shm shm) throws Exception {
        MutableNdArray big = shm.alloc(shape(1000).fill(2.0));
        Future<NdArray> future = shm.submit(TaskScenarios::addOne, big);
        assertThat(future.get().toDoubles()).hasSize(1000).containsOnly(3);
        assertThat(shm.submit(array -> null, big).get()).isNull();
        shm.free(future.get());
    }

    private static void copiesArguments(Shm shm) throws Exception {
        MutableNdArray array = shm.alloc(shape(3, 4).fill(1.0));
        NdArray result = shm.submit(
                        copy -> {
                            copy.update(x -> x + 1);
                            return copy;
                        },
                        array.transpose())
                .get();
        assertThat(result.shape()).containsExactly(4, 3);
        assertThat(result.toDoubles()).containsOnly(2);
        assertThat(array.toDoubles()).containsOnly(1);
        double[] heap = new double[1000];
        double sum = shm.submit(
                        copy -> {
                            copy[0] = 7;
                            return Arrays.stream(copy).sum();
                        },
                        heap)
                .get();
        assertThat(sum).isEqualTo(7);
        assertThat(heap[0]).isZero();
    }

    private static void sharesArguments(Shm shm) throws Exception {
        MutableNdArray array = shm.alloc(shape(10).fill(1.0));
        ShmExecutor executor = shm.executor(Submit.arguments(SHARE));
        executor.submit(
                        shared -> {
                            shared.update(x -> x + 1);
                            return null;
                        },
                        array)
                .get();
        assertThat(array.toDoubles()).containsOnly(2);
    }

    /** As users have them. */
    final class Image implements Serializable {
        private static final long serialVersionUID = 1L;
        final String name;
        final Object pixels;
        final int[] histogram;

        Image(String name, Object pixels, int[] histogram) {
            this.name = name;
            this.pixels = pixels;
            this.histogram = histogram;
        }

        NdArray pixels() {
            return (NdArray) pixels;
        }
    }

    private static void arraysAnywhere(Shm shm) throws Exception {
        Map<String, Object> argument = new HashMap<>();
        argument.put("image", new Image("a", shm.alloc(shape(2).fill(5.0)), new int[5000]));
        argument.put(
                "list",
                List.of(
                        new float[] {1, 2},
                        shm.alloc(shape(2).dtype(DType.INT32).fill(3L))));
        Map<String, Object> result = shm.submit(
                        given -> {
                            Image image = (Image) given.get("image");
                            int[] histogram = image.histogram;
                            histogram[4999] = 1;
                            NdArray numbers = (NdArray) ((List<?>) given.get("list")).get(1);
                            Map<String, Object> made = new HashMap<>();
                            made.put("image", new Image(image.name + "b", addOne(image.pixels()), histogram));
                            made.put("sum", numbers.getLong(0) + numbers.getLong(1));
                            return made;
                        },
                        argument)
                .get();
        Image image = (Image) result.get("image");
        assertThat(image.name).isEqualTo("ab");
        assertThat(image.pixels().toDoubles()).containsExactly(6, 6);
        assertThat(image.histogram).hasSize(5000).endsWith(0, 1);
        assertThat(result).containsEntry("sum", 6L);
    }

    private static void returnsWhatItGot(Shm shm) throws Exception {
        MutableNdArray captured = shm.alloc(shape(4).fill(1.0));
        NdArray same = shm.submit(
                        part -> {
                            captured.at(0).set(9.0);
                            return captured.slice(0, 0, 2);
                        },
                        captured.slice(0, 2, 4))
                .get();
        assertThat(same.toDoubles()).containsExactly(9, 1);
        captured.at(1).set(5.0);
        assertThat(same.toDoubles()).containsExactly(9, 5);
    }

    private static void fails(Shm shm) throws Exception {
        CompletableFuture<Object> failed = shm.submit(
                number -> {
                    throw new ArithmeticException("no good: " + number);
                },
                17);
        assertThatThrownBy(failed::get)
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(KernelException.class)
                .hasCauseInstanceOf(ArithmeticException.class)
                .hasMessageContaining("no good: 17");
        assertThat(shm.submit(number -> number + 1, 1).get()).isEqualTo(2);
        assertThatThrownBy(() -> shm.submit(thread -> 1, new Thread()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Thread");
    }

    private static void executes(Shm shm) throws Exception {
        try (Closing closing = new Closing(shm.executor(Submit.arguments(COPY)))) {
            ShmExecutor executor = closing.executor();
            MutableNdArray out = shm.alloc(shape(2));
            assertThat(executor.submit(() -> 40 + 2).get()).isEqualTo(42);
            executor.submit(() -> out.at(0).set(1.0)).get();
            executor.execute((SharedRunnable) () -> out.at(1).set(2.0));
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                int number = i;
                tasks.add((SharedCallable<Integer>) () -> number * number);
            }
            List<Integer> squares = new ArrayList<>();
            for (Future<Integer> square : executor.invokeAll(tasks)) {
                squares.add(square.get());
            }
            assertThat(squares).containsExactly(0, 1, 4, 9, 16);
            assertThat(executor.invokeAny(tasks)).isIn(0, 1, 4, 9, 16);
            Future<Integer> failing = executor.submit((SharedCallable<Integer>) () -> {
                throw new IllegalStateException("no good");
            });
            assertThatThrownBy(failing::get).hasCauseInstanceOf(IllegalStateException.class);
            Callable<Integer> ordinary = new Thread()::getPriority;
            assertThatThrownBy(() -> executor.submit(ordinary))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("SharedCallable");
            executor.shutdown();
            assertThat(executor.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
            assertThat(out.toDoubles()).containsExactly(1, 2);
            assertThatThrownBy(() -> executor.submit(() -> 1)).isInstanceOf(RejectedExecutionException.class);
        }
    }

    /** Executors are no AutoCloseables on JDK 17. */
    record Closing(ShmExecutor executor) implements AutoCloseable {
        @Override
        public void close() {
            executor.shutdownNow();
        }
    }

    private static void manyTasks(Shm shm) throws Exception {
        MutableNdArray array = shm.alloc(shape(100).fill(1.0));
        List<CompletableFuture<Double>> futures = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            futures.add(shm.submit(
                    copy -> {
                        if (number % 10 == 0) {
                            Thread.sleep(5);
                        }
                        return copy.getDouble(number) + number;
                    },
                    array));
        }
        for (int i = 0; i < 100; i++) {
            assertThat(futures.get(i).get()).isEqualTo(i + 1);
        }
    }

    /** mpaio's example. */
    private static void parts(Shm shm) {
        MutableNdArray ints = shm.alloc(shape(1000).dtype(DType.INT64));
        MutableNdArray texts = shm.alloc(shape(10).dtype(DType.unicode(2)).fill("ab"));
        shm.map(ints, (worker, index, value) -> value.set(index));
        long[] sum = {0};
        StringBuilder text = new StringBuilder();
        Thread caller = Thread.currentThread();
        shm.parts(ints, texts)
                .each(
                        chunks(7),
                        part -> part.array() == 0
                                ? Long.toString(
                                        Arrays.stream(part.values().toLongs()).sum())
                                : String.join("", part.values().toStrings()),
                        (part, result) -> {
                            assertThat(Thread.currentThread()).isSameAs(caller);
                            if (part.array() == 0) {
                                assertThat(part.values().getLong(0)).isEqualTo(part.from());
                                sum[0] += Long.parseLong(result);
                            } else {
                                text.append(result);
                            }
                        });
        assertThat(sum[0]).isEqualTo(499_500);
        assertThat(text.toString()).isEqualTo("ab".repeat(10));
        shm.parts().each(part -> 1, (part, result) -> sum[0] = -1);
        shm.parts(ints.slice(0, 0, 0)).each(part -> 1, (part, result) -> sum[0] = -1);
        assertThat(sum[0]).isEqualTo(499_500);
    }

    private static void partsWithArrays(Shm shm) {
        MutableNdArray in = shm.alloc(shape(20, 3).fill(2.0));
        List<double[]> results = new ArrayList<>();
        shm.parts(in)
                .each(
                        chunks(6),
                        part -> Map.of("next", addOne(part.values())),
                        (part, result) -> results.add(result.get("next").toDoubles()));
        assertThat(results).hasSize(4).allSatisfy(values -> assertThat(values).containsOnly(3));
        assertThat(results.stream().mapToInt(values -> values.length).sum()).isEqualTo(60);
    }

    private static void partFails(Shm shm) {
        MutableNdArray in = shm.alloc(shape(20));
        assertThatThrownBy(() -> shm.parts(in)
                        .each(
                                chunks(6),
                                part -> {
                                    if (part.from() == 12) {
                                        throw new IllegalStateException("no good");
                                    }
                                    return 1;
                                },
                                (part, result) -> {}))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("no good");
        assertThatThrownBy(() -> shm.parts(in).each(chunks(1), part -> 1, (part, result) -> {
                    throw new UnsupportedOperationException("by the callback");
                }))
                .isInstanceOf(UnsupportedOperationException.class);
    }
}
