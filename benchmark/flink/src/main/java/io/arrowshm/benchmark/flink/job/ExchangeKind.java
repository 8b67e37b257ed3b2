package io.arrowshm.benchmark.flink.job;

import io.arrowshm.PoolOptions;
import io.arrowshm.benchmark.flink.record.ArrowIpcFormat;
import io.arrowshm.benchmark.flink.record.ByteArrayFormat;
import io.arrowshm.benchmark.flink.record.DoubleArrayFormat;
import io.arrowshm.benchmark.flink.record.ForyFormat;
import io.arrowshm.benchmark.flink.record.KryoArrayFormat;
import io.arrowshm.benchmark.flink.record.RowDataFormat;
import java.util.Locale;

/** The ways to move arrays that are compared. */
public enum ExchangeKind {
    /** Segments of a pool, of which references travel. */
    REFERENCE(false, "this project's segments"),
    /** The job of {@link #POJO}, unchanged, in drop-in mode. */
    DROP_IN(true, "the same POJO, in drop-in mode"),
    /** Flink's default for an array of doubles in a POJO. */
    POJO(false, "double[] in a POJO, by Flink's default serializer"),
    /** Flink's default for bytes. */
    BYTES(false, "byte[] by Flink's default serializer"),
    /** What Flink leaves to Kryo. */
    KRYO(false, "double[] in a class that is no POJO, by Kryo"),
    /** Flink's SQL. */
    ROW(false, "an array in a RowData"),
    /** Arrow as users move it through Flink otherwise. */
    ARROW_IPC(false, "an Arrow IPC stream in a byte[]"),
    /** The fastest serialisation library. */
    FORY(false, "what Fory makes of double[], in a byte[]");

    private final boolean dropIn;
    private final String description;

    ExchangeKind(boolean dropIn, String description) {
        this.dropIn = dropIn;
        this.description = description;
    }

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String description() {
        return description;
    }

    /** Whether drop-in mode has to be on while the job is built. */
    public boolean isDropIn() {
        return dropIn;
    }

    /** Whether the arrays are Flink's alone, so that its configuration can be tuned for them. */
    public boolean isFlinks() {
        return this != REFERENCE && this != DROP_IN;
    }

    Exchange open(PoolOptions pool) {
        return switch (this) {
            case REFERENCE -> new ReferenceExchange(pool);
            case DROP_IN, POJO -> new FlinkExchange<>(new DoubleArrayFormat());
            case BYTES -> new FlinkExchange<>(new ByteArrayFormat());
            case KRYO -> new FlinkExchange<>(new KryoArrayFormat());
            case ROW -> new FlinkExchange<>(new RowDataFormat());
            case ARROW_IPC -> new FlinkExchange<>(new ArrowIpcFormat());
            case FORY -> new FlinkExchange<>(new ForyFormat());
        };
    }
}
