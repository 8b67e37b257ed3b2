package io.arrowshm.flink.sink;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import java.util.Collection;
import java.util.List;
import org.apache.flink.api.connector.sink2.Committer;
import org.apache.flink.api.connector.sink2.CommitterInitContext;
import org.apache.flink.api.connector.sink2.CommittingSinkWriter;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.StatefulSinkWriter;
import org.apache.flink.api.connector.sink2.SupportsCommitter;
import org.apache.flink.api.connector.sink2.SupportsWriterState;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Makes a segment of each number, for tests that compare elements. */
final class LongSink implements Sink<Long>, SupportsCommitter<StagedDataset>, SupportsWriterState<Long, StagedDataset> {
    private static final long serialVersionUID = 1L;

    private final DatasetSink sink;

    LongSink(DatasetSink sink) {
        this.sink = sink;
    }

    @Override
    public Writer createWriter(WriterInitContext context) {
        return new Writer(sink.createWriter(context));
    }

    @Override
    public Writer restoreWriter(WriterInitContext context, Collection<StagedDataset> state) {
        return new Writer(sink.restoreWriter(context, state));
    }

    @Override
    public SimpleVersionedSerializer<StagedDataset> getWriterStateSerializer() {
        return sink.getWriterStateSerializer();
    }

    @Override
    public Committer<StagedDataset> createCommitter(CommitterInitContext context) {
        return sink.createCommitter(context);
    }

    @Override
    public SimpleVersionedSerializer<StagedDataset> getCommittableSerializer() {
        return sink.getCommittableSerializer();
    }

    private record Writer(DatasetWriter writer)
            implements CommittingSinkWriter<Long, StagedDataset>, StatefulSinkWriter<Long, StagedDataset> {
        @Override
        public void write(Long number, Context context) throws InterruptedException {
            ArraySpec spec = ArraySpec.of(DType.INT64, 1);
            try (ArrayWriter array = ArrayWriter.inPrivateMemory(spec)) {
                array.array().at(0).set(number);
                try (Segment segment = array.seal()) {
                    writer.write(segment, context);
                }
            }
        }

        @Override
        public void flush(boolean endOfInput) {
            writer.flush(endOfInput);
        }

        @Override
        public Collection<StagedDataset> prepareCommit() throws InterruptedException {
            return writer.prepareCommit();
        }

        @Override
        public List<StagedDataset> snapshotState(long checkpoint) {
            return writer.snapshotState(checkpoint);
        }

        @Override
        public void close() {
            writer.close();
        }
    }
}
