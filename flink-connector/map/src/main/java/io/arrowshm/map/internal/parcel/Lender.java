package io.arrowshm.map.internal.parcel;

import static java.util.Objects.requireNonNull;

import io.arrowshm.Epoch;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.MutableNdArray;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.SegmentIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lets workers have segments of this process: for as long as a parcel that has one of them is on its way or in use, the segment
 * is held here, and one reference to it is in flight, which any number of workers claim and none takes. Once the process
 * dies, its epoch ends, and so does all of that. Any thread.
 */
public final class Lender implements AutoCloseable {
    private final SharedMemoryPool pool;
    private final Epoch epoch;
    private final String name;
    private final Map<SegmentIdentity, Loan> loans = new HashMap<>();
    private long named;
    private boolean closed;

    /**
     * @param pool that the segments lie in; to be closed later than this
     * @param name of the context, for people
     */
    public Lender(SharedMemoryPool pool, String name) {
        this.pool = pool;
        this.name = name;
        epoch = pool.openEpoch("map " + name);
    }

    /** The segments that one parcel needs. One thread, until it is closed by any. */
    public Loans loans() {
        return new Loans();
    }

    private synchronized Loan lend(Segment segment) {
        SegmentIdentity identity = Access.identity(segment, pool);
        Loan loan = loans.get(identity);
        if (loan == null) {
            loan = new Loan(identity, segment.retain());
            try {
                loan.put();
            } catch (RuntimeException e) {
                loan.held.close();
                throw e;
            }
            loans.put(identity, loan);
        }
        loan.count++;
        return loan;
    }

    private synchronized void giveBack(Loan loan) {
        if (--loan.count == 0 && !closed) {
            loans.remove(loan.identity);
            loan.takeBack();
        }
    }

    /** What is still lent is gone with the last worker that has it. */
    @Override
    public synchronized void close() {
        closed = true;
        List<Loan> left = new ArrayList<>(loans.values());
        loans.clear();
        left.forEach(Loan::takeBack);
        epoch.close();
    }

    /** One segment that workers may have. Under the lender's lock. */
    private final class Loan {
        private final SegmentIdentity identity;
        private final Segment held;
        private @Nullable SegmentRef reference;
        private @Nullable Dataset dataset;
        private int count;

        Loan(SegmentIdentity identity, Segment held) {
            this.identity = identity;
            this.held = held;
        }

        /** Another epoch may have it in flight: then it has a name meanwhile, which takes longer. */
        void put() {
            reference = held.trySend(epoch);
            if (reference == null) {
                dataset = Datasets.of(pool)
                        .create("map-" + name + "-" + ProcessHandle.current().pid() + "-" + named++)
                        .add("lent", held)
                        .publishWhileOpen();
            }
        }

        SegmentRef reference() {
            return reference != null
                    ? reference
                    : new SegmentRef(pool.id(), identity.slot(), identity.generation(), 0, identity.length(), 0);
        }

        void takeBack() {
            if (reference == null) {
                requireNonNull(dataset).close();
            } else {
                pool.receive(reference).close();
            }
            held.close();
        }
    }

    /** The segments of one parcel, in the order in which they were added, each once. */
    public final class Loans implements SegmentSink, AutoCloseable {
        private final Map<Loan, Integer> numbers = new HashMap<>();
        private final List<Loan> inOrder = new ArrayList<>();
        private boolean closed;

        private Loans() {}

        @Override
        public int add(Segment segment) {
            Loan loan = lend(segment);
            Integer known = numbers.putIfAbsent(loan, inOrder.size());
            if (known != null) {
                giveBack(loan);
                return known;
            }
            inOrder.add(loan);
            return inOrder.size() - 1;
        }

        /** What is sent for each segment. */
        public List<SegmentRef> references() {
            return inOrder.stream().map(Loan::reference).toList();
        }

        @Override
        public int addNew(ArraySpec spec, Consumer<MutableNdArray> fill) {
            try (Segment segment = Access.newForgettableArray(pool, spec)) {
                fill.accept(segment.mutableArray());
                return add(segment);
            }
        }

        /** A further handle on the segment that a reference of these is of; null if it is another's. */
        @Nullable
        Segment find(SegmentRef reference) {
            int number = references().indexOf(reference);
            return number < 0 ? null : retained(number);
        }

        /** A further handle on one of the segments. */
        public Segment retained(int number) {
            return inOrder.get(number).held.retain();
        }

        /** Nobody needs them for this parcel any more. Idempotent. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                inOrder.forEach(Lender.this::giveBack);
            }
        }
    }
}
