package io.arrowshm.map.internal.client;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.map.internal.parcel.Lender;
import io.arrowshm.map.internal.parcel.Parcel;
import io.arrowshm.map.internal.parcel.PooledCells;
import io.arrowshm.map.internal.parcel.ReceivedSegments;
import io.arrowshm.map.internal.parcel.References;
import io.arrowshm.map.internal.run.CallPlan;
import io.arrowshm.map.internal.run.CallTable;
import io.arrowshm.map.internal.run.Ending;
import io.arrowshm.map.internal.run.Engine;
import io.arrowshm.map.internal.run.Later;
import io.arrowshm.map.internal.run.RunningCall;
import io.arrowshm.map.internal.wire.CallMessage;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.wire.Message;
import io.arrowshm.map.internal.wire.Messages;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Workers in processes of their own, which may have other clients as well. Any thread. */
public final class ProcessEngine implements Engine {
    /** How long a call that no worker is there for waits for one. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration WATCH = Duration.ofMillis(500);

    private final SharedMemoryPool pool;
    private final int workers;
    private final Backing backing;
    private final Consumer<Segment> adopted;
    private final ClassLoader classes;
    private final ScheduledThreadPoolExecutor timer;
    private final Members members;
    private final Lender lender;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, ProcessCall> calls = new ConcurrentHashMap<>();
    private final TaskQueue tasks = new TaskQueue(this::present);

    /**
     * @param pool to be closed later than this
     * @param backing is closed with this
     * @param adopted told of segments that have come with results; must not wait
     */
    public ProcessEngine(
            ContextDirectory directory,
            SharedMemoryPool pool,
            int workers,
            Backing backing,
            Consumer<Segment> adopted) {
        this.pool = pool;
        this.adopted = adopted;
        this.workers = workers;
        this.backing = backing;
        ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
        classes = ofThread == null ? ClassLoader.getSystemClassLoader() : ofThread;
        lender = new Lender(pool, directory.name());
        timer = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "arrow-shm-map-" + directory.name() + "-timer");
            thread.setDaemon(true);
            return thread;
        });
        timer.setRemoveOnCancelPolicy(true);
        members = new Members(directory, workers, backing, new Listener(), timer);
        Later.every(WATCH, timer, this::giveUpIfGone);
    }

    private void giveUpIfGone() {
        String gone = calls.isEmpty() || !members.present().isEmpty() ? null : backing.whyGone();
        if (gone != null) {
            Ending ending = new Ending.Broken(new IllegalStateException("there are no workers any more: " + gone));
            calls.values().forEach(call -> call.giveUp(ending));
        }
    }

    /**
     * Waits until all workers are there.
     *
     * @throws IllegalStateException if they are not in time
     */
    public void awaitAll(Duration patience) {
        awaitWorkers(workers, patience);
    }

    private void awaitWorkers(int count, Duration patience) {
        try {
            if (!members.await(count, patience)) {
                String gone = backing.whyGone();
                throw new IllegalStateException("workers=" + members.present().size() + " of " + count
                        + (gone == null ? " within " + patience : ", and none will come: " + gone) + "\n"
                        + backing.diagnosis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for workers", e);
        }
    }

    @Override
    public int workers() {
        return workers;
    }

    @Override
    public boolean isHere() {
        return false;
    }

    @Override
    public RunningCall start(CallPlan plan) {
        int ranges = plan.bounds().count();
        Lender.Loans loans = lender.loans();
        try (Segment table = PooledCells.allocate(pool, CallTable.cells(workers, ranges))) {
            loans.add(table);
            byte[] kernel = Parcel.pack(plan.work(), loans, plan.parts());
            awaitWorkers(1, PATIENCE);
            ProcessCall call = new ProcessCall(this, numbers.getAndIncrement(), plan, loans, kernel);
            calls.put(call.number(), call);
            if (plan.dynamic() && ranges == 1) {
                tasks.add(call);
            } else {
                call.begin(members.present());
            }
            return call;
        } catch (RuntimeException | Error e) {
            loans.close();
            throw e;
        }
    }

    SharedMemoryPool pool() {
        return pool;
    }

    ScheduledThreadPoolExecutor timer() {
        return timer;
    }

    ClassLoader classes() {
        return classes;
    }

    List<Member> present() {
        return members.present();
    }

    Backing backing() {
        return backing;
    }

    void kill(Member member) {
        members.kill(member);
    }

    void adopt(Segment segment) {
        adopted.accept(segment);
    }

    void ended(ProcessCall call) {
        calls.remove(call.number());
        tasks.ended(call);
    }

    @Override
    public void close() {
        new ArrayList<>(calls.values()).forEach(ProcessCall::giveUp);
        if (backing.endsWorkers()) {
            members.present().forEach(member -> member.connection().send(Message.of(Messages.END, out -> {})));
        }
        // First: what has ended with their processes needs no more telling.
        timer.shutdownNow();
        members.close();
        backing.close();
        lender.close();
    }

    /** Tells the calls. By the loop. */
    private final class Listener implements Members.Listener {
        @Override
        public void joined(Member member) {
            calls.values().forEach(ProcessCall::joined);
            tasks.handOut();
        }

        @Override
        public void gone(Member member) {
            calls.values().forEach(call -> call.gone(member));
        }

        @Override
        public void received(Member member, byte type, DataInputStream message) throws IOException {
            ProcessCall call = calls.get(message.readLong());
            if (type == Messages.DONE) {
                // It may have been given up meanwhile.
                if (call != null) {
                    call.done(member, message);
                }
            } else if (type == Messages.RESULT) {
                received(call, message);
            } else {
                throw new IOException("unknown message " + type);
            }
        }

        private void received(@Nullable ProcessCall call, DataInputStream message) throws IOException {
            if (call != null) {
                call.result(message);
                return;
            }
            message.readInt();
            new ReceivedSegments(pool, null, References.decode(CallMessage.read(message)))
                    .segments()
                    .forEach(Segment::close);
        }
    }
}
