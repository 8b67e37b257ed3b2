package io.arrowshm.jobs.images;

import io.arrowshm.PoolOptions;
import io.arrowshm.flink.dropin.DropIn;
import io.arrowshm.flink.dropin.DropInOptions;
import java.nio.file.Path;
import java.util.Map;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/** The job of {@link FlinkExchange}, unchanged; drop-in mode moves the arrays of its POJOs through shared memory. */
final class DropInExchange implements Exchange {
    static final String NAME = "drop-in";

    private final OwnPool pool;
    private final FlinkExchange job = new FlinkExchange(null);

    private DropInExchange(OwnPool pool) {
        this.pool = pool;
    }

    /**
     * Makes a pool, and switches drop-in mode on in this JVM until it is closed.
     *
     * @throws io.arrowshm.console.UserErrorException if no pool can be had
     */
    static DropInExchange open(ExchangeOptions exchange) {
        OwnPool pool = OwnPool.open(PoolOptions.named(AbandonedPools.nameOfOwn(exchange.keep())), exchange);
        DropIn.enable(new Configuration());
        return new DropInExchange(pool);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, String> clusterConfiguration() {
        return Map.of(
                DropInOptions.POOL.key(), pool.options().name(),
                DropInOptions.DIRECTORY.key(), pool.options().directory());
    }

    @Override
    public void connect(StreamExecutionEnvironment env, BatchPlan batches, int parallelism, BatchWork work) {
        job.connect(env, batches, parallelism, work);
    }

    @Override
    public long segmentsLeft() {
        return pool.segmentsLeft();
    }

    @Override
    public @Nullable Path kept() {
        return pool.kept();
    }

    @Override
    public void close() {
        DropIn.disable();
        pool.close();
    }
}
