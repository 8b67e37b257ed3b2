package io.arrowshm.process;

import static java.util.Objects.requireNonNull;

import io.arrowshm.LentSegment;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.Access;
import io.arrowshm.internal.IncomingChannel;
import io.arrowshm.internal.OutgoingChannel;
import io.arrowshm.process.StormContent.WrongDataException;
import io.arrowshm.testing.DatasetProcess;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** One thread of a {@link StormProcess}: what it holds, and its next step. Its own thread, and another while it rests. */
final class StormThread {
    private static final int MOST_SHARED = 8;
    private static final List<String> NAMES = List.of("storm/a", "storm/b", "storm/c/d", "e");
    private static final int SEEDS_OF_DATASETS = 10_000;
    private static final long GONE_NANOS = 10_000_000_000L;

    private final StormProcess process;
    private final Random random;
    private final int mostHeld;
    private final boolean adopts;
    private final Datasets datasets;
    private final LongestWaits waits;
    private final List<Held> held = new ArrayList<>();
    private final List<Held> shared = new ArrayList<>();
    private final List<Dataset> open = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();
    private final ForeignReader foreign;

    private record Held(Segment segment, long seed) {}

    private record Lease(LentSegment lent, long checksum) {}

    /**
     * @param mostHeld segments that it holds for a while
     * @param adopts whether it adopts files too
     */
    StormThread(StormProcess process, Random random, int mostHeld, boolean adopts) {
        this.process = process;
        this.random = random;
        this.mostHeld = mostHeld;
        this.adopts = adopts;
        waits = process.waits();
        datasets = Datasets.of(process.pool());
        foreign = new ForeignReader(process.pool().directory().resolve("leases"));
    }

    /** One operation at random. */
    void step() {
        try {
            int choice = random.nextInt(100);
            if (choice < 35) {
                produce();
            } else if (choice < 70) {
                StormMessage message = process.ownInbox().poll();
                if (message != null) {
                    handle(message);
                }
            } else if (choice < 78) {
                lookAtHeld();
            } else if (choice < 83) {
                shareArray();
            } else if (choice < 88) {
                sealShared(true);
            } else if (choice < 95) {
                changeNames();
            } else if (choice < 97) {
                lend();
            } else if (choice < 98 && adopts) {
                adopt();
            } else {
                invite();
            }
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.FULL) {
                throw e;
            }
            // Somebody has to give way.
            process.countFull();
            releaseAll(held);
            open.forEach(this::close);
            open.clear();
        }
    }

    /** Receives and checks everything that was sent to this process; nobody sends meanwhile. */
    void takeAllMessages() {
        for (StormMessage message = process.ownInbox().poll();
                message != null;
                message = process.ownInbox().poll()) {
            handle(message);
        }
    }

    /** Nobody writes shared arrays any more; a reference that was lost with a killed receiver may still be in flight. */
    void giveEverythingUp() {
        sealShared(false);
        releaseAll(shared);
        releaseAll(held);
        open.forEach(this::close);
        open.clear();
        while (!leases.isEmpty()) {
            endLease();
        }
    }

    private void produce() {
        long seed = random.nextLong();
        Segment segment = StormContent.write(process.pool(), seed, waits);
        trySend(segment, StormMessage.Kind.READ, seed, 0);
        keepOrRelease(new Held(segment, seed));
    }

    /** Sends a reference to anybody whose inbox has room. */
    private boolean trySend(Segment segment, StormMessage.Kind kind, long seed, int part) {
        Inbox inbox = process.inboxes().get(random.nextInt(process.inboxes().size()));
        if (!inbox.hasRoom()) {
            return false;
        }
        SegmentRef reference = waits.time(Operation.SEND, () -> segment.trySend(process.epoch()));
        if (reference != null) {
            inbox.put(StormMessage.of(kind, seed, part, reference));
        }
        return reference != null;
    }

    private void handle(StormMessage message) {
        if (message.kind() == StormMessage.Kind.JOIN) {
            IncomingChannel joined =
                    waits.time(Operation.JOIN, () -> Access.join(process.epoch(), message.number(), message.nonce()));
            if (joined != null) {
                joined.received(1);
            }
            return;
        }
        Segment segment;
        try {
            segment = waits.time(Operation.RECEIVE, () -> process.pool().receive(message.reference()));
        } catch (SharedMemoryException e) {
            requireGone(message, e);
            return;
        }
        process.countReceived();
        Held received = new Held(segment, message.seed());
        switch (message.kind()) {
            case READ -> {
                StormContent.check(segment, message.seed());
                keepOrRelease(received);
            }
            case WRITE_PART -> {
                StormContent.writePart(segment, message.seed(), message.number());
                release(received);
            }
            case READ_SHARED -> {
                StormContent.checkShared(segment, message.seed());
                release(received);
            }
            case JOIN -> throw new IllegalStateException();
        }
    }

    /** A reference is stale only if its sender was killed. */
    private void requireGone(StormMessage message, SharedMemoryException e) {
        if (e.kind() != Kind.STALE_REFERENCE) {
            throw e;
        }
        process.countStale();
        long start = System.nanoTime();
        while (Files.exists(Path.of("/proc", Long.toString(message.senderProcessId())))) {
            if (System.nanoTime() - start > GONE_NANOS) {
                throw new WrongDataException("LOST REFERENCE: process " + message.senderProcessId() + ", which sent "
                        + message + ", is alive: " + e.getMessage());
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    private void keepOrRelease(Held segment) {
        if (held.size() < mostHeld && random.nextInt(4) == 0) {
            held.add(segment);
        } else {
            release(segment);
        }
    }

    private void lookAtHeld() {
        if (held.isEmpty()) {
            return;
        }
        Held one = held.remove(random.nextInt(held.size()));
        StormContent.check(one.segment, one.seed);
        trySend(one.segment, StormMessage.Kind.READ, one.seed, 0);
        keepOrRelease(one);
    }

    /** To be written by others and this process itself, each another part. */
    private void shareArray() {
        if (shared.size() < MOST_SHARED) {
            long seed = random.nextLong();
            Held array = new Held(StormContent.share(process.pool(), seed, waits), seed);
            shared.add(array);
            for (int part = 0; part < StormContent.PARTS; part++) {
                trySend(array.segment, StormMessage.Kind.WRITE_PART, seed, part);
            }
        }
    }

    /** Seals what nobody else writes any more. */
    private void sealShared(boolean send) {
        for (Held array : List.copyOf(shared)) {
            try {
                waits.run(Operation.SEAL, array.segment::seal);
            } catch (SharedMemoryException e) {
                require(e, Kind.IN_USE);
                continue;
            }
            shared.remove(array);
            StormContent.checkShared(array.segment, array.seed);
            if (send) {
                trySend(array.segment, StormMessage.Kind.READ_SHARED, array.seed, 0);
            }
            release(array);
        }
    }

    private void changeNames() {
        String name = NAMES.get(random.nextInt(NAMES.size()));
        int choice = random.nextInt(10);
        long start = System.nanoTime();
        try {
            if (choice < 5) {
                Dataset dataset = datasets.open(name);
                open.add(dataset);
                String found = DatasetProcess.check(dataset);
                if (!found.startsWith("seed ")) {
                    throw new WrongDataException("WRONG DATA: dataset " + name + " is " + found);
                }
                process.countDataset();
            } else if (choice < 6) {
                datasets.delete(name);
            } else if (choice < 7) {
                datasets.rename(name, NAMES.get(random.nextInt(NAMES.size())), random.nextBoolean());
            } else {
                Set<String> how =
                        choice < 8 ? Set.of() : choice < 9 ? Set.of("overwrite") : Set.of("overwrite", "persistent");
                open.add(DatasetProcess.publish(process.pool(), name, random.nextInt(SEEDS_OF_DATASETS), how));
            }
        } catch (SharedMemoryException e) {
            require(e, Kind.EXISTS, Kind.ABSENT, Kind.IN_USE, Kind.FULL);
        }
        if (open.size() > 2) {
            close(open.remove(random.nextInt(open.size())));
        }
        waits.add(Operation.NAMES, System.nanoTime() - start);
    }

    private void close(Dataset dataset) {
        try {
            dataset.close();
        } catch (SharedMemoryException e) {
            // Its publication ends with the handle; while the names lock is somebody's who is stopped it stays.
            require(e, Kind.IN_USE);
        }
    }

    /** Lends something, gives it up, and goes on reading it under a lease. */
    private void lend() {
        if (!leases.isEmpty() && random.nextBoolean()) {
            endLease();
            return;
        }
        long seed = random.nextLong();
        try (Segment segment = StormContent.write(process.pool(), seed, waits)) {
            LentSegment lent = waits.time(Operation.LEND, segment::lend);
            if (foreign.take(lent)) {
                leases.add(new Lease(lent, foreign.checksum(lent)));
            }
        }
    }

    private void endLease() {
        Lease lease = leases.remove(0);
        long found = foreign.checksum(lease.lent);
        if (found != lease.checksum) {
            throw new WrongDataException("WRONG DATA: " + lease + " has checksum " + found);
        }
        foreign.giveBack(lease.lent);
    }

    /** What another runtime does, up to the renaming, and the adoption of that file. */
    private void adopt() {
        long seed = random.nextLong();
        String name = Long.toHexString(random.nextLong());
        Path incoming = process.pool().directory().resolve("incoming");
        Path file = incoming.resolve(name);
        try (Segment original = StormContent.write(process.pool(), seed, waits);
                DataOutputStream out = new DataOutputStream(Files.newOutputStream(incoming.resolve("." + name)))) {
            original.writeTo(out);
            out.flush();
            Files.move(incoming.resolve("." + name), file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            Segment adopted = waits.time(Operation.ADOPT, () -> process.pool().adopt(name));
            StormContent.check(adopted, seed);
            trySend(adopted, StormMessage.Kind.READ, seed, 0);
            keepOrRelease(new Held(adopted, seed));
        } catch (SharedMemoryException e) {
            require(e, Kind.FULL);
            try {
                Files.delete(file);
            } catch (IOException ioe) {
                throw new UncheckedIOException(ioe);
            }
            throw e;
        }
    }

    private void invite() {
        Inbox inbox = process.inboxes().get(random.nextInt(process.inboxes().size()));
        if (inbox.hasRoom()) {
            OutgoingChannel channel = waits.time(Operation.JOIN, () -> Access.openChannel(process.epoch()));
            if (channel != null) {
                channel.sent(1);
                inbox.put(StormMessage.join(channel.index(), channel.nonce()));
            }
        }
    }

    private void releaseAll(List<Held> segments) {
        segments.forEach(this::release);
        segments.clear();
    }

    private void release(Held one) {
        waits.run(Operation.RELEASE, requireNonNull(one.segment)::close);
    }

    private static void require(SharedMemoryException e, Kind... allowed) {
        if (!Set.of(allowed).contains(e.kind())) {
            throw e;
        }
    }
}
