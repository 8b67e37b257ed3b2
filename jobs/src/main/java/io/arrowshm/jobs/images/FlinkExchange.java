package io.arrowshm.jobs.images;

import java.nio.file.Path;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/** Flink's own exchange: batches are POJOs that its default serializer writes into network buffers. */
final class FlinkExchange implements Exchange {
    static final String NAME = "flink";

    private static final String REASON = "exchange flink";

    private final @Nullable String byValueReason;

    /** Every batch goes by value. */
    FlinkExchange() {
        this(REASON);
    }

    /** @param byValueReason as which every batch is counted; null if somebody else counts how they go */
    FlinkExchange(@Nullable String byValueReason) {
        this.byValueReason = byValueReason;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void connect(StreamExecutionEnvironment env, BatchPlan batches, int parallelism, BatchWork work) {
        env.fromSequence(0, batches.batches() - 1)
                .setParallelism(1)
                .slotSharingGroup(Places.SOURCE.group())
                .name("batch numbers")
                .map(new BatchReader(batches))
                .setParallelism(1)
                .slotSharingGroup(Places.SOURCE.group())
                .name("images")
                .rebalance()
                .flatMap(new BatchFunction(work, byValueReason))
                .returns(Types.BOOLEAN)
                .setParallelism(parallelism)
                .slotSharingGroup(Places.WORKERS.group())
                .name(WORKERS)
                .sinkTo(new DiscardingSink<>())
                .setParallelism(parallelism)
                .slotSharingGroup(Places.WORKERS.group())
                .name("nothing");
    }

    @Override
    public long segmentsLeft() {
        return 0;
    }

    @Override
    public @Nullable Path kept() {
        return null;
    }

    @Override
    public void close() {}
}
