package io.arrowshm.flink;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.flink.internals.Installation;
import io.arrowshm.flink.internals.TwoInputOperator;
import io.arrowshm.flink.python.PythonFunction;
import io.arrowshm.flink.python.PythonMapper;
import io.arrowshm.flink.stream.AsyncMakeOperatorFactory;
import io.arrowshm.flink.stream.AsyncMaker;
import io.arrowshm.flink.stream.CopyToHeap;
import io.arrowshm.flink.stream.CustomRouting;
import io.arrowshm.flink.stream.Distribution;
import io.arrowshm.flink.stream.MapOperator;
import io.arrowshm.flink.stream.Routing;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.api.common.functions.FilterFunction;
import org.apache.flink.api.common.functions.FlatMapFunction;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.functions.Partitioner;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.api.java.typeutils.TypeExtractor;
import org.apache.flink.streaming.api.datastream.AsyncDataStream.OutputMode;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.streaming.api.functions.async.AsyncFunction;
import org.jspecify.annotations.Nullable;

/**
 * A stream of segments that lie in one pool. Between TaskManager processes of one host that have the pool open only
 * references travel; wherever that is not possible the segment itself does, with the same result.
 *
 * <p>The functions that are given to this stream get each segment on loan: it is closed when they return. To keep one,
 * {@link Segment#retain()} it and close the handle that this gives; in state, windows and timers keep {@link
 * Segment#copyToHeap()}. What a function emits it lends in turn: it closes the segments that it has made itself once it has
 * collected them, except those that a {@link MapFunction} returns and those of {@link #make}, {@link #makeArrays} and asynchronous
 * functions.
 *
 * <p>A partitioning says how segments get from the subtasks of this stream to those of the next function, as Flink's of that
 * name do. Without one the next function runs in the same task, or behind {@link #rebalance()} if this is a union.
 *
 * <pre>{@code
 * SegmentStream.make(numbers, poolOptions, schema, SegmentSize.of(schema, 1000), (number, writer) -> fill(number, writer.root()))
 *         .rebalance()
 *         .flatMap((segment, out) -> out.collect(mean(segment.root())), Types.DOUBLE)
 *         .setParallelism(4);
 * }</pre>
 */
@PublicEvolving
public class SegmentStream {
    private final List<DataStream<Segment>> origins;
    private final @Nullable Routing routing;
    private final PoolOptions poolOptions;

    SegmentStream(List<DataStream<Segment>> origins, @Nullable Routing routing, PoolOptions poolOptions) {
        Installation.check();
        this.origins = origins;
        this.routing = routing;
        this.poolOptions = poolOptions;
    }

    /**
     * A stream whose segments lie in the pool, or in private memory where that was full.
     *
     * @throws IllegalStateException if the connector is in the job's jar, and not in Flink's lib/ alone
     */
    public static SegmentStream of(DataStream<Segment> stream, PoolOptions poolOptions) {
        return new SegmentStream(List.of(stream), null, poolOptions);
    }

    /**
     * Makes a segment of each element, in the pool or, while that is full, in private memory; the stream closes it.
     *
     * <pre>{@code
     * SegmentStream.make(numbers, poolOptions, schema, SegmentSize.of(schema, 1000), (number, writer) -> {
     *     Float8Vector values = (Float8Vector) writer.root().getVector("value");
     *     values.allocateNew();
     *     for (int i = 0; i < 1000; i++) {
     *         values.set(i, number + i);
     *     }
     *     writer.root().setRowCount(1000);
     * })
     * }</pre>
     *
     * @param poolOptions which pool; it is made on first use
     */
    public static <T> SegmentOperator make(
            DataStream<T> elements, PoolOptions poolOptions, Schema schema, SegmentSize size, SegmentFiller<T> filler) {
        SegmentFiller<T> clean = elements.getExecutionEnvironment().clean(filler);
        return make(elements, poolOptions, "make segments", new SegmentMaker<>(poolOptions, schema, size, clean));
    }

    /**
     * Makes an n-dimensional array of each element, in the pool or, while that is full, in private memory; the stream closes
     * its segment.
     *
     * <pre>{@code
     * SegmentStream.makeArrays(
     *         numbers,
     *         poolOptions,
     *         number -> ArraySpec.of(DType.FLOAT32, 480, 640),
     *         (number, array) -> array.fill(number))
     * }</pre>
     *
     * @param poolOptions which pool; it is made on first use
     * @param spec says for each element which array is made
     */
    public static <T> SegmentOperator makeArrays(
            DataStream<T> elements, PoolOptions poolOptions, MapFunction<T, ArraySpec> spec, ArrayFiller<T> filler) {
        StreamExecutionEnvironment environment = elements.getExecutionEnvironment();
        ArrayMaker<T> maker = new ArrayMaker<>(poolOptions, environment.clean(spec), environment.clean(filler));
        return make(elements, poolOptions, "make arrays", maker);
    }

    /**
     * Segments that an asynchronous function makes of each element, in the order of the elements.
     *
     * @see #unorderedWait
     */
    public static <T> SegmentOperator orderedWait(
            DataStream<T> elements,
            PoolOptions poolOptions,
            AsyncFunction<T, Segment> function,
            Duration timeout,
            int capacity) {
        return make(elements, poolOptions, function, timeout, capacity, OutputMode.ORDERED);
    }

    /**
     * Segments that an asynchronous function makes of each element, as soon as they are there. It makes them with one {@link
     * SegmentFactory}, on any threads, and gives each away when it completes a result with it: the stream closes it, also if
     * it is never emitted, because the job has ended or the result was given up before.
     *
     * <pre>{@code
     * public void asyncInvoke(Long number, ResultFuture<Segment> result) {
     *     threads.execute(() -> {
     *         try (SegmentWriter writer = segments.newSegment(schema, size)) {
     *             fill(writer.root(), number);
     *             result.complete(List.of(writer.seal()));
     *         } catch (Exception e) {
     *             result.completeExceptionally(e);
     *         }
     *     });
     * }
     * }</pre>
     *
     * @param timeout for one element, as of {@link org.apache.flink.streaming.api.datastream.AsyncDataStream}
     * @param capacity elements that are being worked on at once
     */
    public static <T> SegmentOperator unorderedWait(
            DataStream<T> elements,
            PoolOptions poolOptions,
            AsyncFunction<T, Segment> function,
            Duration timeout,
            int capacity) {
        return make(elements, poolOptions, function, timeout, capacity, OutputMode.UNORDERED);
    }

    private static <T> SegmentOperator make(
            DataStream<T> elements,
            PoolOptions poolOptions,
            AsyncFunction<T, Segment> function,
            Duration timeout,
            int capacity,
            OutputMode mode) {
        AsyncMaker<T> maker =
                new AsyncMaker<>(elements.getExecutionEnvironment().clean(function));
        return new SegmentOperator(
                elements.transform(
                        named("make segments", poolOptions),
                        SegmentTypeInfo.of(),
                        new AsyncMakeOperatorFactory<>(maker, timeout.toMillis(), capacity, mode)),
                poolOptions);
    }

    private static <T> SegmentOperator make(
            DataStream<T> elements, PoolOptions poolOptions, String name, MapFunction<T, Segment> maker) {
        return new SegmentOperator(
                elements.transform(named(name, poolOptions), SegmentTypeInfo.of(), new MapOperator<>(maker)),
                poolOptions);
    }

    private static String named(String operator, PoolOptions poolOptions) {
        return operator + "(pool " + poolOptions.name() + ")";
    }

    /** To every receiving subtask in turn. */
    public SegmentStream rebalance() {
        return over(Distribution.REBALANCE);
    }

    /** To a receiving subtask at random. */
    public SegmentStream shuffle() {
        return over(Distribution.SHUFFLE);
    }

    /** From each subtask to the one with its index, in another task; both sides have the same parallelism. */
    public SegmentStream forward() {
        return over(Distribution.FORWARD);
    }

    /** From each subtask to a share of the receiving ones in turn, or from several to one. */
    public SegmentStream rescale() {
        return over(Distribution.RESCALE);
    }

    /** To the first receiving subtask. */
    public SegmentStream global() {
        return over(Distribution.GLOBAL);
    }

    /** To every receiving subtask: one segment in memory, a reference for each. */
    public SegmentStream broadcast() {
        return over(Distribution.BROADCAST);
    }

    /** To the receiving subtask that the partitioner returns for the key. */
    public <K> SegmentStream partitionCustom(Partitioner<K> partitioner, KeySelector<Segment, K> key) {
        return over(new CustomRouting<>(
                environment().clean(partitioner), environment().clean(key)));
    }

    /** To the subtask that keeps the state of the segment's key. */
    public <K> KeyedSegmentStream<K> keyBy(KeySelector<Segment, K> key) {
        return keyBy(key, TypeExtractor.getKeySelectorTypes(key, SegmentTypeInfo.of()));
    }

    /** To the subtask that keeps the state of the segment's key. */
    public <K> KeyedSegmentStream<K> keyBy(KeySelector<Segment, K> key, TypeInformation<K> keyType) {
        return new KeyedSegmentStream<>(this, environment().clean(key), keyType);
    }

    /** The segments of all these streams of one pool. */
    public SegmentStream union(SegmentStream... others) {
        List<SegmentStream> all =
                Stream.concat(Stream.of(this), Stream.of(others)).toList();
        for (SegmentStream other : all) {
            if (!other.poolOptions.equals(poolOptions)) {
                throw new IllegalArgumentException("union of streams of the pools " + poolOptions + " and "
                        + other.poolOptions + ", allowed is one pool");
            }
            if (other.routing != null) {
                throw new IllegalArgumentException(
                        "union of streams that are partitioned already; partition the union instead");
            }
        }
        return new SegmentStream(all.stream().flatMap(s -> s.origins.stream()).toList(), null, poolOptions);
    }

    /** Both streams as the inputs of one function. */
    public ConnectedSegmentStream<Segment> connect(SegmentStream second) {
        return new ConnectedSegmentStream<>(this, TwoInputs.Second.of(second));
    }

    /** Both streams as the inputs of one function; the second one travels as Flink does it. */
    public <B> ConnectedSegmentStream<B> connect(DataStream<B> second) {
        return new ConnectedSegmentStream<>(this, TwoInputs.Second.of(TwoInputOperator.input(second)));
    }

    /** Segments, and what is broadcast to all subtasks of their function and kept in its broadcast state. */
    public <B> BroadcastConnectedSegmentStream<B> connect(BroadcastStream<B> second) {
        return new BroadcastConnectedSegmentStream<>(this, second);
    }

    /** Makes a segment of each segment; the stream closes what the function returns. */
    public SegmentOperator map(MapFunction<Segment, Segment> function) {
        return segments(stream -> stream.transform(
                "map", SegmentTypeInfo.of(), new MapOperator<>(environment().clean(function))));
    }

    /** Applies a function to each segment, on loan. */
    public <R> SingleOutputStreamOperator<R> map(MapFunction<Segment, R> function, TypeInformation<R> type) {
        return apply(stream -> stream.map(function, type));
    }

    /** Keeps the segments for which the function returns true. */
    public SegmentOperator filter(FilterFunction<Segment> function) {
        return segments(stream -> stream.filter(function));
    }

    /** Makes segments of each segment by a function of Python, in the TaskManager's own Python. */
    public SegmentOperator mapPython(String function) {
        return mapPython(PythonFunction.of(function));
    }

    /**
     * Makes a segment of each segment, or nothing, by a function of Python that reads it in place. Each subtask has a process
     * of its own for that.
     *
     * <pre>{@code
     * frames.rebalance()
     *         .mapPython(PythonFunction.of("detector:threshold").withEnvironment("/opt/venv"))
     *         .setParallelism(4);
     * }</pre>
     */
    public SegmentOperator mapPython(PythonFunction function) {
        return mapPython(function, null);
    }

    /**
     * The same for a function that returns tables.
     *
     * @param schema whose fields all of them are to have, or the task fails; null for any
     */
    public SegmentOperator mapPython(PythonFunction function, @Nullable Schema schema) {
        return segments(stream -> stream.flatMap(new PythonMapper(function, poolOptions, schema), SegmentTypeInfo.of())
                .name(named(function.name(), poolOptions)));
    }

    /** Makes segments of each segment. */
    public SegmentOperator flatMap(FlatMapFunction<Segment, Segment> function) {
        return segments(stream -> stream.flatMap(function, SegmentTypeInfo.of()));
    }

    /** Applies a function to each segment, on loan. */
    public <R> SingleOutputStreamOperator<R> flatMap(FlatMapFunction<Segment, R> function, TypeInformation<R> type) {
        return apply(stream -> stream.flatMap(function, type));
    }

    /** Makes segments of each segment. */
    public SegmentOperator process(ProcessFunction<Segment, Segment> function) {
        return segments(stream -> stream.process(function, SegmentTypeInfo.of()));
    }

    /** Applies a function to each segment, on loan. */
    public <R> SingleOutputStreamOperator<R> process(ProcessFunction<Segment, R> function, TypeInformation<R> type) {
        return apply(stream -> stream.process(function, type));
    }

    /**
     * Copies on the heap, for operators that keep what they get, such as windows, joins and asynchronous calls: nothing that
     * they forget holds shared memory.
     */
    public SingleOutputStreamOperator<Segment> toDataStream() {
        return apply(stream -> stream.map(new CopyToHeap(), SegmentTypeInfo.of()))
                .name("copy to heap");
    }

    SegmentStream over(Routing exchange) {
        if (routing != null) {
            throw new IllegalStateException("the stream is partitioned already, by " + routing);
        }
        return new SegmentStream(origins, exchange, poolOptions);
    }

    /** Segments behind an operator on this stream. */
    SegmentOperator segments(Function<DataStream<Segment>, SingleOutputStreamOperator<Segment>> operator) {
        return new SegmentOperator(apply(operator), poolOptions);
    }

    /** An operator on this stream, in the same task or behind an edge. */
    <R> SingleOutputStreamOperator<R> apply(Function<DataStream<Segment>, SingleOutputStreamOperator<R>> operator) {
        if (origins.size() == 1 && routing == null) {
            DataStream<Segment> origin = origins.get(0);
            return operator.apply(origin).setParallelism(origin.getParallelism());
        }
        return edge().apply(operator);
    }

    /** The edge to the next operator. */
    SegmentEdge edge() {
        return SegmentEdge.from(origins, routing == null ? Distribution.REBALANCE : routing.ofOneEdge(), poolOptions);
    }

    StreamExecutionEnvironment environment() {
        return origins.get(0).getExecutionEnvironment();
    }

    PoolOptions poolOptions() {
        return poolOptions;
    }
}
