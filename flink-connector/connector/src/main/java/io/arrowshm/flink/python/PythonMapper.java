package io.arrowshm.flink.python;

import static java.util.Objects.requireNonNull;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.array.NdArray;
import io.arrowshm.flink.stream.ProcessPools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Emits what a function of Python makes of each segment. */
@Internal
public final class PythonMapper extends RichFlatMapFunction<Segment, Segment> {
    private static final Logger LOG = LoggerFactory.getLogger(PythonMapper.class);
    private static final long serialVersionUID = 1L;

    private final PythonFunction function;
    private final PoolOptions poolOptions;
    // Arrow's schemas are not serializable.
    private final byte @Nullable [] schemaMessage;

    private transient @Nullable Schema schema;

    @SuppressWarnings("NullAway.Init")
    private transient PythonStart starts;

    private transient @Nullable PythonWorker worker;

    /** @param schema that all results are to have, or null for whatever they are */
    public PythonMapper(PythonFunction function, PoolOptions poolOptions, @Nullable Schema schema) {
        this.function = function;
        this.poolOptions = poolOptions;
        this.schemaMessage = schema == null ? null : schema.serializeAsMessage();
    }

    @Override
    public void open(OpenContext context) throws Exception {
        super.open(context);
        if (schemaMessage != null) {
            schema = Schema.deserializeMessage(ByteBuffer.wrap(schemaMessage));
        }
        int subtasks = getRuntimeContext().getTaskInfo().getNumberOfParallelSubtasks();
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / subtasks);
        starts = new PythonStart(function, poolOptions, ProcessPools.find(poolOptions), threads);
        worker = starts.start();
    }

    @Override
    public void flatMap(Segment segment, Collector<Segment> out) throws Exception {
        try (Segment result = apply(segment)) {
            if (result != null) {
                check(result);
                out.collect(result);
            }
        }
    }

    @Override
    public void close() {
        if (worker != null) {
            worker.close();
        }
    }

    private @Nullable Segment apply(Segment segment) throws IOException, InterruptedException {
        String description = description(segment);
        for (int retries = 0; ; retries++) {
            PythonWorker current = requireNonNull(worker);
            try {
                return current.apply(segment, description);
            } catch (IOException e) {
                String why = current.end(e) + "; it was working on a segment of " + segment.length() + " bytes";
                if (retries == function.retries()) {
                    throw new IOException(why, e);
                }
                LOG.warn("A new process gets the segment again: {}", why);
                worker = starts.start();
            }
        }
    }

    private static String description(Segment segment) {
        if (!segment.isArray()) {
            return "";
        }
        NdArray array = segment.array();
        return array.dtype() + " " + Arrays.toString(array.shape());
    }

    private void check(Segment result) {
        if (schema == null) {
            return;
        }
        String came = result.isArray()
                ? description(result)
                : result.schema().getFields().toString();
        if (result.isArray() || !result.schema().getFields().equals(schema.getFields())) {
            throw new IllegalStateException(
                    function.name() + " has returned " + came + ", allowed is " + schema.getFields());
        }
    }
}
