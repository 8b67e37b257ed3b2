package io.arrowshm.process;

import io.arrowshm.Epoch;
import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A participant that does everything that can be done with a pool, at random and as fast as it can, in two threads, and
 * ends with status 1 as soon as anything is not as it must be. On command: {@code go}; {@code pause}, after which it
 * does nothing; {@code drain}, which takes all that was sent to it; {@code end}, which gives everything up.
 */
public final class StormProcess {
    private static final int THREADS = 2;
    private static final int FAILED = 1;

    private final SharedMemoryPool pool;
    private final List<Inbox> inboxes;
    private final int self;
    private final Gate gate = new Gate(THREADS);
    private final List<StormThread> threads = new ArrayList<>();
    private final LongestWaits waits = new LongestWaits();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong stale = new AtomicLong();
    private final AtomicLong datasets = new AtomicLong();
    private final AtomicLong full = new AtomicLong();
    private volatile Epoch epoch;

    private StormProcess(SharedMemoryPool pool, List<Inbox> inboxes, int self) {
        this.pool = pool;
        this.inboxes = inboxes;
        this.self = self;
        epoch = pool.openEpoch("storm " + self);
    }

    /** Arguments: the pool, the folder of the inboxes, their number, which one is this process's, a seed, most segments to hold, whether it adopts files. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<Inbox> inboxes = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
            inboxes.add(new Inbox(Path.of(arguments[1], "inbox-" + i)));
        }
        Random random = new Random(Long.parseLong(arguments[4]));
        SharedMemoryPool pool = SharedMemoryPool.open(PoolOptions.named(arguments[0]));
        StormProcess process = new StormProcess(pool, inboxes, Integer.parseInt(arguments[3]));
        for (int i = 0; i < THREADS; i++) {
            process.start(new StormThread(
                    process,
                    new Random(random.nextLong()),
                    Integer.parseInt(arguments[5]),
                    Boolean.parseBoolean(arguments[6])));
        }
        System.out.println("open");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            System.out.println(process.answer(line));
        }
        // Input ends when the parent dies: so does this process, without leaving the pool.
    }

    SharedMemoryPool pool() {
        return pool;
    }

    Epoch epoch() {
        return epoch;
    }

    List<Inbox> inboxes() {
        return inboxes;
    }

    Inbox ownInbox() {
        return inboxes.get(self);
    }

    LongestWaits waits() {
        return waits;
    }

    void countReceived() {
        received.incrementAndGet();
    }

    void countStale() {
        stale.incrementAndGet();
    }

    void countDataset() {
        datasets.incrementAndGet();
    }

    void countFull() {
        full.incrementAndGet();
    }

    private String answer(String command) throws InterruptedException {
        try {
            return switch (command) {
                case "go" -> {
                    gate.open();
                    yield "going";
                }
                case "pause" -> {
                    gate.close();
                    yield "paused";
                }
                case "drain" -> {
                    threads.get(0).takeAllMessages();
                    yield "drained";
                }
                case "end" -> end();
                default -> throw new IllegalArgumentException(command);
            };
        } catch (RuntimeException | Error e) {
            throw failed(e);
        }
    }

    private String end() {
        threads.forEach(StormThread::giveEverythingUp);
        epoch.close();
        epoch = pool.openEpoch("storm " + self);
        return String.join(
                " ",
                "ended",
                Long.toString(received.getAndSet(0)),
                Long.toString(stale.getAndSet(0)),
                Long.toString(datasets.getAndSet(0)),
                Long.toString(full.getAndSet(0)),
                waits.take());
    }

    private void start(StormThread storm) {
        threads.add(storm);
        Thread thread = new Thread(
                () -> {
                    try {
                        while (true) {
                            gate.pass();
                            while (gate.isOpen()) {
                                storm.step();
                            }
                        }
                    } catch (InterruptedException | RuntimeException | Error e) {
                        throw failed(e);
                    }
                },
                "storm-" + threads.size());
        thread.setDaemon(true);
        thread.start();
    }

    private static RuntimeException failed(Throwable e) {
        e.printStackTrace();
        System.err.flush();
        System.out.println("FAILED " + e);
        Runtime.getRuntime().halt(FAILED);
        return new IllegalStateException(e);
    }
}
