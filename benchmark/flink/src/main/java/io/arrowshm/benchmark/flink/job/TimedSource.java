package io.arrowshm.benchmark.flink.job;

import java.io.IOException;
import java.io.Serializable;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceEnumerator;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceReader;
import org.apache.flink.api.connector.source.lib.util.IteratorSourceSplit;
import org.apache.flink.core.io.SimpleVersionedSerializer;
import org.apache.flink.util.InstantiationUtil;

/**
 * The numbers from 0 on, as fast as they are taken or when they are due, until a time has passed since the first one.
 * Parallelism 1.
 */
final class TimedSource implements Source<Long, TimedSource.Split, Collection<TimedSource.Split>> {
    private static final long serialVersionUID = 1L;

    private final Load load;

    TimedSource(Load load) {
        this.load = load;
    }

    @Override
    public Boundedness getBoundedness() {
        return Boundedness.CONTINUOUS_UNBOUNDED;
    }

    @Override
    public SourceReader<Long, Split> createReader(SourceReaderContext context) {
        return new IteratorSourceReader<>(context);
    }

    @Override
    public SplitEnumerator<Split, Collection<Split>> createEnumerator(SplitEnumeratorContext<Split> context) {
        return new IteratorSourceEnumerator<>(context, List.of(new Split(load)));
    }

    /** Nothing is restored: a run that fails is no measurement. */
    @Override
    public SplitEnumerator<Split, Collection<Split>> restoreEnumerator(
            SplitEnumeratorContext<Split> context, Collection<Split> checkpoint) {
        return new IteratorSourceEnumerator<>(context, checkpoint);
    }

    @Override
    public SimpleVersionedSerializer<Split> getSplitSerializer() {
        return new JavaSerializer<>();
    }

    @Override
    public SimpleVersionedSerializer<Collection<Split>> getEnumeratorCheckpointSerializer() {
        return new JavaSerializer<>();
    }

    /** The one split. A checkpoint would begin again: nothing is restored here. */
    static final class Split implements IteratorSourceSplit<Long, Numbers>, Serializable {
        private static final long serialVersionUID = 1L;

        private final Load load;

        Split(Load load) {
            this.load = load;
        }

        @Override
        public String splitId() {
            return "numbers";
        }

        @Override
        public Numbers getIterator() {
            return new Numbers(load);
        }

        @Override
        public IteratorSourceSplit<Long, Numbers> getUpdatedSplitForIterator(Numbers iterator) {
            return this;
        }
    }

    static final class Numbers implements Iterator<Long> {
        /** Waking up takes about as long. */
        private static final long SPIN_NANOS = 100_000;

        private final Load load;
        private final long nanos;
        private long startNanos;
        private long next;

        Numbers(Load load) {
            this.load = load;
            nanos = (long) ((load.warmUpSeconds() + load.measuredSeconds()) * 1e9);
        }

        @Override
        public boolean hasNext() {
            return next == 0 || System.nanoTime() - startNanos < nanos;
        }

        @Override
        public Long next() {
            // Not whether the time is over: that may have come since the caller asked.
            if (next == 0) {
                startNanos = System.nanoTime();
            } else if (load.isPaced()) {
                await(startNanos + load.dueNanos(next));
            }
            return next++;
        }

        private static void await(long dueNanos) {
            for (long left = dueNanos - System.nanoTime(); left > 0; left = dueNanos - System.nanoTime()) {
                if (left > SPIN_NANOS) {
                    LockSupport.parkNanos(left - SPIN_NANOS);
                } else {
                    Thread.onSpinWait();
                }
            }
        }
    }

    private static final class JavaSerializer<T> implements SimpleVersionedSerializer<T> {
        @Override
        public int getVersion() {
            return 1;
        }

        @Override
        public byte[] serialize(T object) throws IOException {
            return InstantiationUtil.serializeObject(object);
        }

        @Override
        public T deserialize(int version, byte[] serialized) throws IOException {
            try {
                return InstantiationUtil.deserializeObject(serialized, TimedSource.class.getClassLoader());
            } catch (ClassNotFoundException e) {
                throw new IOException(e);
            }
        }
    }
}
