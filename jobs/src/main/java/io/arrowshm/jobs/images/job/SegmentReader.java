package io.arrowshm.jobs.images.job;

import static java.util.Objects.requireNonNull;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.flink.SegmentFactory;
import io.arrowshm.jobs.images.data.BatchPlan;
import io.arrowshm.jobs.images.data.ImageData;
import io.arrowshm.jobs.images.data.ImageSegments;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Writes the images of every batch into a segment of its own. */
final class SegmentReader extends RichFlatMapFunction<Long, Segment> {
    private static final long serialVersionUID = 1L;

    private final BatchPlan plan;
    private final PoolOptions pool;
    private final @Nullable String dumpFirst;
    private transient @Nullable ImageData data;
    private transient @Nullable SegmentFactory factory;

    /** @param dumpFirst file that the segment of batch 0 is copied to; null for none */
    SegmentReader(BatchPlan plan, PoolOptions pool, @Nullable String dumpFirst) {
        this.plan = plan;
        this.pool = pool;
        this.dumpFirst = dumpFirst;
    }

    @Override
    public void open(OpenContext context) {
        data = plan.part().files().data();
        factory = SegmentFactory.open(pool);
    }

    @Override
    public void flatMap(Long number, Collector<Segment> out) throws Exception {
        int images = plan.images(number);
        try (SegmentWriter writer =
                requireNonNull(factory).newSegment(ImageSegments.SCHEMA, ImageSegments.bodyBytes(images))) {
            ImageSegments.fill(writer, requireNonNull(data), plan.firstImage(number), images);
            try (Segment segment = writer.seal()) {
                if (number == 0 && dumpFirst != null) {
                    dump(segment, Path.of(dumpFirst));
                }
                out.collect(segment);
            }
        }
    }

    private static void dump(Segment segment, Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            segment.writeTo(out);
        }
    }
}
