package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Asynchronous functions that make segments, on several threads; after each test the pool is empty by itself. */
class AsyncSegmentsTest extends PoolTest {
    private static final int SEGMENTS = 200;
    private static final int CAPACITY = 50;
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final SegmentSize SIZE = SegmentSize.of(TestSegments.SCHEMA, TestSegments.ROWS);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsGivenGoesByReferenceAndIsClosed(boolean ordered) throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        stream(env, SEGMENTS, ordered, new MakeOnThreads())
                .rebalance()
                .flatMap(new Received("received"), Types.LONG)
                .setParallelism(2)
                .sinkTo(new DiscardingSink<>());
        JobExecutionResult result = env.execute();
        assertThat(Received.in(result, "received"))
                .extracting(Received.Arrival::number)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, SEGMENTS).boxed().toList());
        assertThat(sent(result)).containsExactlyInAnyOrderEntriesOf(byReference(SEGMENTS));
    }

    @Test
    void orderedSegmentsKeepTheOrderOfTheirElements() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        List<Long> numbers = stream(env, SEGMENTS, true, new MakeOnThreads())
                .rebalance()
                .map(TestSegments::number, Types.LONG)
                .executeAndCollect(SEGMENTS);
        assertThat(numbers).isSorted().hasSize(SEGMENTS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aJobThatIsCancelledWhileSegmentsWaitLeavesNothing(boolean ordered) throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        stream(env, Integer.MAX_VALUE, ordered, new MakeOnThreads())
                .rebalance()
                .map(AsyncSegmentsTest::neverReturn, Types.LONG)
                .sinkTo(new DiscardingSink<>());
        JobClient job = env.executeAsync();
        TestPool.await(() -> pool().statistics().segments() >= CAPACITY, "segments in the queue of the operator");
        TestJobs.cancel(job);
    }

    @Test
    void aJobThatFailsWhileSegmentsWaitLeavesNothing() {
        StreamExecutionEnvironment env = environment(new Configuration());
        stream(env, SEGMENTS, true, new MakeOnThreads())
                .rebalance()
                .map(
                        segment -> {
                            throw new IllegalStateException("no more");
                        },
                        Types.LONG)
                .sinkTo(new DiscardingSink<>());
        assertThatThrownBy(env::execute).rootCause().hasMessage("no more");
    }

    @Test
    void whatComesAfterItsTimeIsClosed() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        List<Long> numbers = SegmentStream.unorderedWait(
                        env.fromSequence(0, 9), POOL, new LateForOddNumbers(), Duration.ofMillis(200), CAPACITY)
                .rebalance()
                .map(TestSegments::number, Types.LONG)
                .executeAndCollect(10);
        assertThat(numbers).containsExactlyInAnyOrder(0L, 2L, 4L, 6L, 8L);
        assertThat(LateForOddNumbers.COMPLETED.await(30, TimeUnit.SECONDS)).isTrue();
    }

    private static SegmentOperator stream(
            StreamExecutionEnvironment env, int segments, boolean ordered, MakeOnThreads function) {
        return ordered
                ? SegmentStream.orderedWait(env.fromSequence(0, segments - 1), POOL, function, TIMEOUT, CAPACITY)
                : SegmentStream.unorderedWait(env.fromSequence(0, segments - 1), POOL, function, TIMEOUT, CAPACITY);
    }

    private static Long neverReturn(Segment segment) throws InterruptedException {
        new CountDownLatch(1).await();
        return segment.length();
    }

    private static class MakeOnThreads extends RichAsyncFunction<Long, Segment> {
        private static final long serialVersionUID = 1L;
        private static final int THREADS = 4;

        private transient ExecutorService threads;
        private transient SegmentFactory segments;

        @Override
        public void open(OpenContext context) {
            threads = Executors.newFixedThreadPool(THREADS);
            segments = SegmentFactory.open(POOL);
        }

        @Override
        public void asyncInvoke(Long number, ResultFuture<Segment> result) {
            threads.execute(() -> make(number, result));
        }

        void make(long number, ResultFuture<Segment> result) {
            try (SegmentWriter writer = segments.newSegment(TestSegments.SCHEMA, SIZE)) {
                result.complete(List.of(TestSegments.fill(writer, number)));
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        }

        @Override
        public void close() {
            // Absent if opening failed.
            if (threads != null) {
                threads.shutdownNow();
            }
        }
    }

    /** Completes the results of odd numbers when they have been given up. */
    private static final class LateForOddNumbers extends MakeOnThreads {
        private static final long serialVersionUID = 1L;
        private static final CountDownLatch COMPLETED = new CountDownLatch(5);

        @Override
        public void asyncInvoke(Long number, ResultFuture<Segment> result) {
            if (number % 2 == 0) {
                super.asyncInvoke(number, result);
            }
        }

        @Override
        public void timeout(Long number, ResultFuture<Segment> result) {
            result.complete(List.of());
            make(number, result);
            COMPLETED.countDown();
        }
    }
}
