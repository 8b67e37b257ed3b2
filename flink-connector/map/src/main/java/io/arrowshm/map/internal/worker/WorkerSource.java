package io.arrowshm.map.internal.worker;

import io.arrowshm.flink.stream.ProcessPools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.jspecify.annotations.Nullable;

/**
 * A source that emits nothing: each of its subtasks is a worker, from when Flink starts it until Flink ends it, or nobody wants
 * it any more. So Flink says who is there, and replaces who has died.
 */
public final class WorkerSource implements Source<Integer, WorkerSource.NoSplit, Integer> {
    private static final long serialVersionUID = 1L;

    private final WorkerOptions options;

    public WorkerSource(WorkerOptions options) {
        this.options = options;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<Integer, NoSplit> createReader(SourceReaderContext context) {
        return new Reader(
                options,
                context.getIndexOfSubtask(),
                context.getUserCodeClassLoader().asClassLoader());
    }

    @Override
    public SplitEnumerator<NoSplit, Integer> createEnumerator(SplitEnumeratorContext<NoSplit> context) {
        return new Enumerator();
    }

    @Override
    public SplitEnumerator<NoSplit, Integer> restoreEnumerator(
            SplitEnumeratorContext<NoSplit> context, Integer nothing) {
        return new Enumerator();
    }

    @Override
    public SimpleVersionedSerializer<NoSplit> getSplitSerializer() {
        return new Nothing<>(new NoSplit());
    }

    @Override
    public SimpleVersionedSerializer<Integer> getEnumeratorCheckpointSerializer() {
        return new Nothing<>(0);
    }

    /** What workers do is not handed out by the enumerator. */
    public static final class NoSplit implements SourceSplit {
        @Override
        public String splitId() {
            return "none";
        }
    }

    /** Of what is the same always. */
    private record Nothing<T>(T same) implements SimpleVersionedSerializer<T> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(T nothing) {
            return new byte[0];
        }

        @Override
        public T deserialize(int version, byte[] nothing) {
            return same;
        }
    }

    /** Has nothing to do. */
    private static final class Enumerator implements SplitEnumerator<NoSplit, Integer> {
        @Override
        public void start() {}

        @Override
        public void handleSplitRequest(int subtask, @Nullable String host) {}

        @Override
        public void addSplitsBack(List<NoSplit> none, int subtask) {}

        @Override
        public void addReader(int subtask) {}

        @Override
        public Integer snapshotState(long checkpoint) {
            return 0;
        }

        @Override
        public void close() {}
    }

    /** Runs a worker beside the task's thread, which stays free for Flink. */
    private static final class Reader implements SourceReader<Integer, NoSplit> {
        private final WorkerOptions options;
        private final int worker;
        private final ClassLoader classes;
        private @Nullable WorkerServer server;

        Reader(WorkerOptions options, int worker, ClassLoader classes) {
            this.options = options;
            this.worker = worker;
            this.classes = classes;
        }

        @Override
        public void start() {
            try {
                server = new WorkerServer(options, ProcessPools.get(options.pool()), worker, classes);
            } catch (IOException e) {
                throw new UncheckedIOException("worker " + worker + " cannot listen in " + options.directory(), e);
            }
        }

        @Override
        public InputStatus pollNext(ReaderOutput<Integer> output) {
            return isAvailable().isDone() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
        }

        @Override
        public CompletableFuture<Void> isAvailable() {
            return server == null ? new CompletableFuture<>() : server.ended();
        }

        @Override
        public List<NoSplit> snapshotState(long checkpoint) {
            return List.of();
        }

        @Override
        public void addSplits(List<NoSplit> none) {}

        @Override
        public void notifyNoMoreSplits() {}

        @Override
        public void close() {
            if (server != null) {
                server.close();
            }
        }
    }
}
