package io.arrowshm.shm;

import io.arrowshm.shm.allocator.BlockAllocator;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.OwnershipWord;
import io.arrowshm.shm.layout.PoolFiles;
import io.arrowshm.shm.memory.MappedFile;
import io.arrowshm.shm.recovery.Reaper;
import io.arrowshm.shm.recovery.Sweeper;
import io.arrowshm.shm.registry.Channels;
import io.arrowshm.shm.registry.Epochs;
import io.arrowshm.shm.registry.Ownership;
import io.arrowshm.shm.registry.Participants;
import io.arrowshm.shm.registry.Reclaimer;
import io.arrowshm.shm.registry.Slots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of a pool that this process has open, once a JVM however often the pool is opened. Any thread. */
final class PoolCore {
    private static final Logger LOG = LoggerFactory.getLogger(PoolCore.class);
    private static final Duration REAPER_INTERVAL = Duration.ofMillis(100);
    private static final long POLL_NANOS = 100_000;

    private final Path directory;
    private final PoolDescription description;
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final AtomicInteger operations = new AtomicInteger();
    private volatile boolean closed;
    private final Participants participants;
    private final Channels channels;
    private final Epochs epochs;
    private final Ownership ownership;
    private final BlockAllocator allocator;
    private final Sweeper sweeper;

    PoolCore(Path directory) {
        this.directory = directory;
        PoolDescription read = PoolDescription.read(directory);
        if (read == null) {
            throw new SharedMemoryException(Kind.ABSENT, "the pool " + directory + " was removed");
        }
        description = read;
        try {
            Slots slots = new Slots(directory, description.slots());
            closing.push(slots::close);
            participants = new Participants(file(PoolFiles.PARTICIPANTS));
            closing.push(participants::close);
            channels = new Channels(MappedFile.map(file(PoolFiles.CHANNELS)));
            epochs = new Epochs(file(PoolFiles.EPOCHS), channels);
            closing.push(epochs::close);
            int participant = participants.join();
            if (PoolDescription.read(directory) == null) {
                // Whoever removes a pool has all places until its files are gone.
                throw new SharedMemoryException(Kind.ABSENT, "the pool " + directory + " was removed");
            }
            ownership = new Ownership(slots, participant);
            allocator = new BlockAllocator(directory, description.sizeBytes(), ownership);
            closing.push(allocator::close);
            sweeper = new Sweeper(participants, epochs, new Reclaimer(slots), allocator::slotsInUse);
            // A predecessor on this place may have died holding segments.
            sweeper.reap(participant);
            closing.push(() -> participants.leave(participant));
            Reaper reaper = new Reaper(sweeper, description.poolId(), REAPER_INTERVAL);
            closing.push(reaper::close);
        } catch (RuntimeException e) {
            runClosing();
            throw e;
        }
    }

    Path directory() {
        return directory;
    }

    PoolDescription description() {
        return description;
    }

    Channels channels() {
        return channels;
    }

    Epochs epochs() {
        return epochs;
    }

    Ownership ownership() {
        return ownership;
    }

    BlockAllocator allocator() {
        return allocator;
    }

    Sweeper sweeper() {
        return sweeper;
    }

    /**
     * Keeps the pool mapped until {@link #exit()}, or throws.
     *
     * @throws SharedMemoryException CLOSED
     */
    void enter() {
        operations.incrementAndGet();
        if (closed) {
            operations.decrementAndGet();
            throw new SharedMemoryException(Kind.CLOSED, "the pool " + directory + " is closed");
        }
    }

    void exit() {
        operations.decrementAndGet();
    }

    /** Leaves the pool, unless handles of this JVM are still open: their memory must stay mapped. */
    void close() {
        closed = true;
        while (operations.get() > 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        int handles = ownership.localHandles();
        if (handles > 0) {
            LOG.warn(
                    "The pool {} was closed while {} segment handles are open in this JVM; it stays mapped until the JVM"
                            + " ends",
                    directory,
                    handles);
        } else {
            runClosing();
        }
    }

    PoolStatistics statistics() {
        int segments = 0;
        int held = 0;
        int inFlight = 0;
        int end = allocator.slotsInUse();
        for (int slot = 0; slot < end; slot++) {
            long word = ownership.slots().word(slot);
            int state = OwnershipWord.state(word);
            if (state != OwnershipWord.UNBACKED && state != OwnershipWord.FREE) {
                segments++;
                held += OwnershipWord.holders(word) != 0 ? 1 : 0;
                inFlight += OwnershipWord.inFlight(word) > 0 ? 1 : 0;
            }
        }
        return new PoolStatistics(
                description.sizeBytes(),
                allocator.bytesBacked(),
                segments,
                held,
                inFlight,
                epochs.countUsed(),
                participants.countLiving());
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void runClosing() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
