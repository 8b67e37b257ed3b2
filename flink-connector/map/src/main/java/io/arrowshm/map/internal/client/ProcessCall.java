package io.arrowshm.map.internal.client;

import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.map.internal.parcel.Copied;
import io.arrowshm.map.internal.parcel.Lender;
import io.arrowshm.map.internal.parcel.Parcel;
import io.arrowshm.map.internal.parcel.PooledCells;
import io.arrowshm.map.internal.parcel.ReceivedSegments;
import io.arrowshm.map.internal.parcel.References;
import io.arrowshm.map.internal.parcel.Thrown;
import io.arrowshm.map.internal.run.BoundsFormat;
import io.arrowshm.map.internal.run.CallPlan;
import io.arrowshm.map.internal.run.CallTable;
import io.arrowshm.map.internal.run.Ending;
import io.arrowshm.map.internal.run.Failure;
import io.arrowshm.map.internal.run.RunningCall;
import io.arrowshm.map.internal.wire.CallMessage;
import io.arrowshm.map.internal.wire.Message;
import io.arrowshm.map.internal.wire.Messages;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A call that workers in other processes are at. Its table says what they have begun and done, also once one is dead; each
 * says when it finds nothing more to do. Any thread.
 */
final class ProcessCall implements RunningCall {
    /** How long kernels that were interrupted may take to end before their process is killed, and how long that may take. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final Duration PATIENCE_WITH_KILLED = Duration.ofMillis(300);

    /** How long a call that all of its workers have died of waits for others. */
    private static final Duration PATIENCE_WITHOUT_WORKERS = Duration.ofMinutes(2);

    private final ProcessEngine engine;
    private final long number;
    private final CallPlan plan;
    private final Lender.Loans loans;
    private final Segment tableSegment;
    private final CallTable table;
    private final byte[] kernel;
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();
    private final List<Failure> failures = new ArrayList<>();
    private final BitSet arrived = new BitSet();
    /** How many answers each worker owes. */
    private final Map<Member, Integer> owed = new HashMap<>();

    private final List<Future<?>> timeouts = new ArrayList<>();
    private boolean hasBegun;
    private int retriesLeft;
    private int leftWhenLastSent = Integer.MAX_VALUE;
    private @Nullable String died;
    private @Nullable Ending because;
    private long doneAtEnd = -1;

    /**
     * @param loans the segments, first that of the table; they are closed with the call
     * @param kernel a parcel with what is done
     */
    ProcessCall(ProcessEngine engine, long number, CallPlan plan, Lender.Loans loans, byte[] kernel) {
        this.engine = engine;
        this.number = number;
        this.plan = plan;
        this.loans = loans;
        this.kernel = kernel;
        tableSegment = loans.retained(0);
        table = new CallTable(
                new PooledCells(tableSegment), engine.workers(), plan.bounds().count());
        retriesLeft = plan.retries();
    }

    long number() {
        return number;
    }

    /** @param present the workers that are there, at least one */
    synchronized void begin(List<Member> present) {
        if (ending.isDone()) {
            return;
        }
        if (!plan.dynamic()) {
            table.assign();
            for (int worker = 0; worker < engine.workers(); worker++) {
                int absent = worker;
                if (present.stream().noneMatch(member -> member.worker() == absent)) {
                    table.release(worker, false, range -> false);
                }
            }
        }
        if (plan.timeout() != null) {
            Duration timeout = plan.timeout();
            schedule(timeout, () -> stop(new Ending.TimedOut(timeout, table.left())));
        }
        leftWhenLastSent = table.ranges();
        hasBegun = true;
        byte[] message = message(false);
        firstOnes(present).forEach(member -> send(member, message));
        endIfNobodyIsAtIt();
    }

    /** Workers that would find nothing are not woken. */
    private List<Member> firstOnes(List<Member> present) {
        int needed = table.workersNeeded();
        if (needed == engine.workers()) {
            return present;
        }
        List<Member> chosen = new ArrayList<>();
        for (int i = 0; i < needed; i++) {
            // Those that have a part, or in turn.
            int wanted = plan.dynamic() ? (int) ((number + i) % engine.workers()) : table.workerOf(i);
            present.stream().filter(member -> member.worker() == wanted).forEach(chosen::add);
        }
        return chosen.isEmpty() && needed > 0 ? List.of(present.get(0)) : chosen;
    }

    /** @param left whether workers are to look for what is free only */
    private byte[] message(boolean left) {
        CallMessage.Flags flags = new CallMessage.Flags(CallMessage.JAVA, left, plan.dynamic(), engine.workers());
        return new CallMessage(number, flags, bounds(), References.encode(loans.references()), kernel).encode();
    }

    private void send(Member member, byte[] message) {
        if (member.connection().send(message)) {
            owed.merge(member, 1, Integer::sum);
        } else {
            // It has died just now, and whoever tells of that may have done so before.
            table.release(member.worker(), false, range -> false);
            leftWhenLastSent = Integer.MAX_VALUE;
        }
    }

    private byte[] bounds() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            BoundsFormat.write(out, plan.bounds());
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }

    /** By the loop: a worker finds nothing more to do. */
    void done(Member member, DataInputStream message) throws IOException {
        Failure failure = null;
        if (message.readBoolean()) {
            long index = message.readLong();
            Throwable cause = Thrown.decode(CallMessage.read(message), engine.classes());
            failure = new Failure(member.place(), index, cause);
        }
        synchronized (this) {
            if (failure != null) {
                failures.add(failure);
            }
            owed.computeIfPresent(member, (of, count) -> count == 1 ? null : count - 1);
            endIfNobodyIsAtIt();
        }
    }

    /** By the loop: a worker tells what came of a range. */
    void result(DataInputStream message) throws IOException {
        int range = message.readInt();
        List<SegmentRef> references = References.decode(CallMessage.read(message));
        byte[] parcel = CallMessage.read(message);
        synchronized (this) {
            ReceivedSegments segments = received(references);
            if (segments == null) {
                return;
            }
            if (plan.arrivals() == null || arrived.get(range) || ending.isDone()) {
                segments.segments().forEach(Segment::close);
                return;
            }
            arrived.set(range);
            segments.segments().forEach(engine::adopt);
            plan.arrivals().arrived(range, () -> unpack(parcel, segments));
        }
    }

    /** Null if the worker has died meanwhile, and its references with it. */
    private @Nullable ReceivedSegments received(List<SegmentRef> references) {
        try {
            return new ReceivedSegments(engine.pool(), ending.isDone() ? null : loans, references);
        } catch (SharedMemoryException e) {
            if (e.kind() == SharedMemoryException.Kind.STALE_REFERENCE) {
                return null;
            }
            throw e;
        }
    }

    private @Nullable Object unpack(byte[] parcel, ReceivedSegments segments)
            throws IOException, ClassNotFoundException {
        return ((Copied) Parcel.unpack(parcel, segments, null, engine.classes())).value();
    }

    private boolean isLost(int range) {
        return plan.arrivals() != null && !arrived.get(range);
    }

    /** By the loop: a worker has died. */
    synchronized void gone(Member member) {
        if (!hasBegun || ending.isDone()) {
            return;
        }
        if (owed.remove(member) != null) {
            takeFrom(member);
        }
        endIfNobodyIsAtIt();
    }

    /** What a dead worker has not finished is for others, or the end of the call. */
    private void takeFrom(Member member) {
        int unfinished = table.unfinished(member.worker(), this::isLost);
        boolean again = unfinished > 0 && retriesLeft > 0;
        if (again) {
            retriesLeft--;
        }
        table.release(member.worker(), again, this::isLost);
        if (unfinished > 0 && !again && died == null) {
            died = member.place() + " has ended while it was at " + unfinished
                    + (unfinished == 1 ? " range" : " ranges") + " of the call"
                    + (plan.retries() > 0 ? ", after " + plan.retries() + " retries" : "");
            table.stop();
        }
        leftWhenLastSent = Integer.MAX_VALUE;
        if (isGoingOn()) {
            sendLeft();
        }
    }

    /** By the loop: there is a worker more, which somebody may have waited for. */
    synchronized void joined() {
        if (hasBegun && !ending.isDone() && owed.isEmpty()) {
            endIfNobodyIsAtIt();
        }
    }

    private boolean isGoingOn() {
        return because == null && failures.isEmpty() && died == null;
    }

    /** Has all that are there look for what is free. */
    private void sendLeft() {
        leftWhenLastSent = table.left();
        byte[] message = message(true);
        // Which may find that they have died, too.
        engine.present().forEach(member -> send(member, message));
    }

    private void endIfNobodyIsAtIt() {
        if (!owed.isEmpty() || ending.isDone()) {
            return;
        }
        if (!isGoingOn() || table.isDone()) {
            end(reached());
        } else if (engine.present().isEmpty()) {
            awaitWorkers();
        } else if (table.left() < leftWhenLastSent) {
            sendLeft();
        } else {
            end(Ending.completed(table));
        }
    }

    private void awaitWorkers() {
        leftWhenLastSent = Integer.MAX_VALUE;
        schedule(PATIENCE_WITHOUT_WORKERS, () -> {
            if (engine.present().isEmpty()) {
                stop(new Ending.Broken(new IllegalStateException("no worker has come within " + PATIENCE_WITHOUT_WORKERS
                        + " to do the rest of the call\n" + engine.backing().diagnosis())));
            }
        });
    }

    private Ending reached() {
        if (because != null) {
            return because;
        }
        if (!failures.isEmpty()) {
            return Ending.failed(failures);
        }
        return died == null ? new Ending.Completed() : new Ending.WorkerDied(died, table.left());
    }

    @Override
    public CompletableFuture<Ending> ending() {
        return ending;
    }

    @Override
    public synchronized long doneIndices() {
        return doneAtEnd >= 0 ? doneAtEnd : countDone();
    }

    private long countDone() {
        long done = 0;
        for (int worker = 0; worker < engine.workers(); worker++) {
            done += table.progress(worker);
        }
        return Math.min(done, plan.bounds().size());
    }

    @Override
    public void cancel() {
        stop(new Ending.Cancelled());
    }

    private synchronized void stop(Ending reason) {
        if (ending.isDone() || because != null) {
            return;
        }
        because = reason;
        table.stop();
        owed.keySet()
                .forEach(member -> member.connection().send(Message.of(Messages.CANCEL, out -> out.writeLong(number))));
        endIfNobodyIsAtIt();
        schedule(PATIENCE, this::killWhoIsAtIt);
    }

    private synchronized void killWhoIsAtIt() {
        if (!ending.isDone()) {
            owed.keySet().forEach(engine::kill);
            schedule(PATIENCE_WITH_KILLED, this::giveUp);
        }
    }

    /** Ends it, whoever is still at it. */
    void giveUp() {
        giveUp(new Ending.Cancelled());
    }

    /** @param reason unless there is one already */
    synchronized void giveUp(Ending reason) {
        if (!ending.isDone()) {
            if (because == null) {
                because = reason;
                table.stop();
            }
            end(reached());
        }
    }

    private void schedule(Duration delay, Runnable task) {
        if (ending.isDone()) {
            return;
        }
        try {
            timeouts.add(engine.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            // The context is being closed, which gives up what is running.
        }
    }

    /** All is given back before anybody is told. */
    private void end(Ending reached) {
        doneAtEnd = countDone();
        timeouts.forEach(timeout -> timeout.cancel(false));
        tableSegment.close();
        loans.close();
        engine.ended(this);
        ending.complete(reached);
    }
}
