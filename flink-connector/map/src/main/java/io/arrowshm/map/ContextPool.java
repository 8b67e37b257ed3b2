package io.arrowshm.map;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.array.NdArray;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.Access;
import io.arrowshm.map.internal.wire.ContextDirectory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/** The pool of a context, and the arrays that the context has in it. Any thread. */
final class ContextPool implements AutoCloseable {
    /** Of this user's contexts for which nobody names a pool. */
    private static final PoolOptions DEFAULT = PoolOptions.named("map-" + ContextDirectory.user());

    private final PoolOptions options;
    private final boolean endsWithContext;
    private final SharedMemoryPool pool;
    // Weak: an array that nobody can reach is given back by its own Cleaner.
    private final Set<Segment> segments = Collections.newSetFromMap(new WeakHashMap<>());
    private boolean closed;

    private ContextPool(PoolOptions options, boolean endsWithContext) {
        this.options = options;
        this.endsWithContext = endsWithContext;
        pool = SharedMemoryPool.open(options);
    }

    static ContextPool of(PoolOptions options) {
        return new ContextPool(options, false);
    }

    static ContextPool ofDefault() {
        return new ContextPool(DEFAULT, true);
    }

    PoolOptions options() {
        return options;
    }

    SharedMemoryPool pool() {
        return pool;
    }

    synchronized void requireOpen() {
        if (closed) {
            throw new SharedMemoryException(Kind.CLOSED, "the context on the pool " + options.name() + " is closed");
        }
    }

    synchronized MutableNdArray alloc(ArraySpec spec) {
        requireOpen();
        Segment segment = Access.newForgettableArray(pool, spec);
        segments.add(segment);
        return segment.mutableArray();
    }

    /** A segment that has come from elsewhere is closed with the context, too. */
    synchronized void adopt(Segment segment) {
        if (closed) {
            segment.close();
        } else {
            segments.add(segment);
        }
    }

    static Segment segment(NdArray array) {
        return Access.segmentOf(array);
    }

    @Override
    public void close() {
        List<Segment> left;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            left = new ArrayList<>(segments);
        }
        left.forEach(Segment::close);
        boolean remove = endsWithContext && isEmpty();
        pool.close();
        if (remove) {
            removeUnlessUsed();
        }
    }

    private boolean isEmpty() {
        return Datasets.of(pool).list().isEmpty() && pool.statistics().segments() == 0;
    }

    private void removeUnlessUsed() {
        try {
            SharedMemoryPool.remove(options);
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.IN_USE) {
                throw e;
            }
        }
    }
}
