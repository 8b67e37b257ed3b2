package io.arrowshm.jobs.examples;

import io.arrowshm.PoolOptions;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.sink.DatasetSink;
import io.arrowshm.flink.source.DatasetSource;
import io.arrowshm.flink.type.SegmentTypeInfo;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;

/**
 * One job writes arrays under a name into shared memory, where any process can read them; a second job reads them back
 * row by row, in place, and deletes what it has read.
 * Run it with {@code jobs/run dataset-in-and-out}, or with {@code flink run -c CLASS JAR POOL}.
 */
public final class DatasetInAndOut {
    private static final String NAME = "frames";
    private static final long ROWS = 8;
    private static final ArraySpec FRAMES =
            ArraySpec.of(DType.FLOAT64, ROWS, 1024).withDimensionNames("frame", "x");

    private DatasetInAndOut() {}

    public static void main(String[] args) throws Exception {
        PoolOptions poolOptions = PoolOptions.named(args.length > 0 ? args[0] : "dataset-in-and-out");
        write(poolOptions);
        read(poolOptions);
    }

    /** Each subtask publishes what it got as one dataset below the name; all are there when the job has ended. */
    private static void write(PoolOptions poolOptions) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        SegmentStream.makeArrays(
                        env.fromSequence(1, 10),
                        poolOptions,
                        number -> FRAMES,
                        (number, array) -> array.fill((double) number))
                .flatMap((segment, out) -> out.collect(segment), SegmentTypeInfo.of())
                .sinkTo(DatasetSink.to(poolOptions, NAME));
        env.execute("dataset out");
    }

    /** Each frame is a row of an array, and is read once; what a checkpoint covers is deleted. */
    private static void read(PoolOptions poolOptions) throws Exception {
        DatasetSource<Double> source = DatasetSource.rows(
                        poolOptions, (rows, out) -> out.collect(rows.array().getDouble(0, 0)), Types.DOUBLE)
                .setDatasetsBelow(NAME)
                .setRowsPerRecord(1)
                .setDeleteWhenRead(true)
                .build();

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        env.enableCheckpointing(Duration.ofSeconds(1).toMillis());
        int frames = 0;
        double sum = 0;
        try (CloseableIterator<Double> values = env.fromSource(source, WatermarkStrategy.noWatermarks(), "frames")
                .executeAndCollect("dataset in")) {
            while (values.hasNext()) {
                frames++;
                sum += values.next();
            }
        }
        System.out.println(frames + " frames, mean " + sum / frames);
    }
}
