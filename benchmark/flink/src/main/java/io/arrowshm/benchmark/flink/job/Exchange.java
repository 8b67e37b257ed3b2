package io.arrowshm.benchmark.flink.job;

import io.arrowshm.PoolOptions;
import io.arrowshm.benchmark.flink.record.ArrowIpcFormat;
import io.arrowshm.benchmark.flink.record.ByteArrayFormat;
import io.arrowshm.benchmark.flink.record.DoubleArrayFormat;
import io.arrowshm.benchmark.flink.record.ForyFormat;
import io.arrowshm.benchmark.flink.record.KryoArrayFormat;
import io.arrowshm.benchmark.flink.record.RowDataFormat;
import java.util.Locale;
import java.util.function.Function;

/** The ways to move arrays that are compared. */
public enum Exchange {
    /** Segments of a pool, of which references travel. */
    REFERENCE(Owner.THIS_PROJECT, "this project's segments", ReferenceTasks::new),
    /** The job of {@link #POJO}, unchanged, in drop-in mode. */
    DROP_IN(Owner.THIS_PROJECT, "the same POJO, in drop-in mode", pool -> new FlinkTasks<>(new DoubleArrayFormat())),
    /** Flink's default for an array of doubles in a POJO. */
    POJO(
            Owner.FLINK,
            "double[] in a POJO, by Flink's default serializer",
            pool -> new FlinkTasks<>(new DoubleArrayFormat())),
    /** Flink's default for bytes. */
    BYTES(Owner.FLINK, "byte[] by Flink's default serializer", pool -> new FlinkTasks<>(new ByteArrayFormat())),
    /** What Flink leaves to Kryo. */
    KRYO(Owner.FLINK, "double[] in a class that is no POJO, by Kryo", pool -> new FlinkTasks<>(new KryoArrayFormat())),
    /** Flink's SQL. */
    ROW(Owner.FLINK, "an array in a RowData", pool -> new FlinkTasks<>(new RowDataFormat())),
    /** Arrow as users move it through Flink otherwise. */
    ARROW_IPC(Owner.FLINK, "an Arrow IPC stream in a byte[]", pool -> new FlinkTasks<>(new ArrowIpcFormat())),
    /** The fastest serialisation library. */
    FORY(Owner.FLINK, "what Fory makes of double[], in a byte[]", pool -> new FlinkTasks<>(new ForyFormat()));

    private enum Owner {
        THIS_PROJECT,
        FLINK
    }

    private final Owner owner;
    private final String description;

    @SuppressWarnings("ImmutableEnumChecker") // functions without state
    private final Function<PoolOptions, ArrayTasks> tasks;

    Exchange(Owner owner, String description, Function<PoolOptions, ArrayTasks> tasks) {
        this.owner = owner;
        this.description = description;
        this.tasks = tasks;
    }

    /** As users write it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** As a sentence about it begins. */
    public String subject() {
        return switch (this) {
            case REFERENCE -> "By reference";
            case DROP_IN -> "Drop-in mode";
            default -> text();
        };
    }

    public String description() {
        return description;
    }

    /** Whether drop-in mode has to be on while the job is built. */
    public boolean isDropIn() {
        return this == DROP_IN;
    }

    /** Whether the arrays are Flink's alone, so that its configuration can be tuned for them. */
    public boolean isFlinks() {
        return owner == Owner.FLINK;
    }

    ArrayTasks tasks(PoolOptions pool) {
        return tasks.apply(pool);
    }
}
