package io.arrowshm.flink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.Segment;
import io.arrowshm.SegmentSize;
import io.arrowshm.SegmentWriter;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.arrow.vector.BigIntVector;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.functions.AbstractRichFunction;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

/** What a job types to make segments. */
class MakeTest extends PoolTest {
    private static final int SEGMENTS = 100;
    private static final SegmentSize SIZE = SegmentSize.of(TestSegments.SCHEMA, TestSegments.ROWS);

    @Test
    void aFillerMakesASegmentOfEachElementThatGoesByReference() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream.make(env.fromSequence(0, SEGMENTS - 1), POOL, TestSegments.SCHEMA, SIZE, MakeTest::fill)
                .name("numbers")
                .rebalance()
                .flatMap(new Received("received"), Types.LONG)
                .sinkTo(new DiscardingSink<>());
        assertThatAllCameByReference(env.execute());
    }

    @Test
    void aRichFillerIsOpened() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream.make(env.fromSequence(0, SEGMENTS - 1), POOL, TestSegments.SCHEMA, SIZE, new RichFiller())
                .rebalance()
                .flatMap(new Received("received"), Types.LONG)
                .sinkTo(new DiscardingSink<>());
        assertThatAllCameByReference(env.execute());
    }

    @Test
    void aFillerMakesAnArrayOfEachElement() throws Exception {
        StreamExecutionEnvironment env = environment(new Configuration());
        List<Double> sums = SegmentStream.makeArrays(
                        env.fromSequence(1, 5),
                        POOL,
                        number -> ArraySpec.of(DType.FLOAT64, number, 2),
                        (number, array) -> array.fill(0.5))
                .rebalance()
                .map(
                        segment -> segment.array().getDouble(0, 0)
                                * segment.array().size(),
                        Types.DOUBLE)
                .executeAndCollect(5);
        assertThat(sums).containsExactly(1.0, 2.0, 3.0, 4.0, 5.0);
    }

    @Test
    void whatAFillerThrowsFailsTheJobAndLeavesNothing() {
        StreamExecutionEnvironment env = environment(new Configuration());
        SegmentStream.make(env.fromSequence(0, SEGMENTS - 1), POOL, TestSegments.SCHEMA, SIZE, (number, writer) -> {
                    writer.root().allocateNew();
                    throw new IllegalStateException("no values for " + number);
                })
                .rebalance()
                .map(Segment::length, Types.LONG)
                .sinkTo(new DiscardingSink<>());
        assertThatThrownBy(env::execute).rootCause().hasMessage("no values for 0");
    }

    private static void assertThatAllCameByReference(JobExecutionResult result) {
        assertThat(Received.in(result, "received"))
                .extracting(Received.Arrival::number)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, SEGMENTS).boxed().toList());
        assertThat(sent(result)).containsExactlyInAnyOrderEntriesOf(byReference(SEGMENTS));
    }

    private static void fill(long first, SegmentWriter writer) {
        BigIntVector values = (BigIntVector) writer.root().getVector(0);
        values.allocateNew();
        for (int i = 0; i < TestSegments.ROWS; i++) {
            values.set(i, first + i);
        }
        writer.root().setRowCount(TestSegments.ROWS);
    }

    private static final class RichFiller extends AbstractRichFunction implements SegmentFiller<Long> {
        private static final long serialVersionUID = 1L;

        private transient boolean opened;

        @Override
        public void open(OpenContext context) {
            opened = true;
        }

        @Override
        public void fill(Long number, SegmentWriter writer) {
            assertThat(opened).isTrue();
            MakeTest.fill(number, writer);
        }
    }
}
