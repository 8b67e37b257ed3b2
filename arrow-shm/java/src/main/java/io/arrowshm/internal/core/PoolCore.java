package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.Block;
import io.arrowshm.internal.allocator.BlockAllocator;
import io.arrowshm.internal.directory.PoolDescription;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.Checksum;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.recovery.Reaper;
import io.arrowshm.internal.recovery.Sweeper;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import io.arrowshm.internal.registry.Ownership;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Reclaimer;
import io.arrowshm.internal.registry.Slots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything of a pool that this process has open, once a JVM however often the pool is opened. Any thread. */
public final class PoolCore {
    private static final Logger LOG = LoggerFactory.getLogger(PoolCore.class);
    private static final Duration REAPER_INTERVAL = Duration.ofMillis(100);
    private static final long POLL_NANOS = 100_000;

    private final DirectoryHandle directory;
    private final PoolDescription description;
    private final long id;
    private final Deque<Runnable> closing = new ArrayDeque<>();
    private final AtomicInteger operations = new AtomicInteger();
    private volatile boolean closed;
    private final Participants participants;
    private final Channels channels;
    private final Epochs epochs;
    private final Ownership ownership;
    private final BlockAllocator allocator;
    private final Names names;
    private final Sweeper sweeper;
    private final Adoption adoption;
    private final Requests requests;

    /**
     * A pool that is opened.
     *
     * @param directory of the pool, from now on this one's, to be closed with it or if this fails
     * @param arrays looks at arrays
     */
    PoolCore(DirectoryHandle directory, ArrayLook arrays) {
        this.directory = directory;
        closing.push(directory::close);
        try {
            description = PoolDescription.open(directory.path());
            id = description.id();
            closing.push(new OncePerJvm(description.poolId())::close);
            Slots slots = new Slots(directory.path(), description.slots());
            closing.push(slots::close);
            participants = new Participants(file(PoolFiles.PARTICIPANTS));
            closing.push(participants::close);
            channels = new Channels(MappedFile.map(file(PoolFiles.CHANNELS), Channels.bytes()));
            epochs = new Epochs(file(PoolFiles.EPOCHS), channels);
            closing.push(epochs::close);
            int participant = participants.join();
            // Again: whoever removes a pool has all places until its files are gone.
            PoolDescription.read(directory.path());
            ownership = new Ownership(slots, participant, this::lastHandleReleased);
            allocator = new BlockAllocator(directory.path(), description.sizeBytes(), ownership);
            closing.push(allocator::close);
            names = new Names(directory.path(), ownership, participants, participant, allocator::slotsInUse);
            closing.push(names::close);
            sweeper = new Sweeper(
                    participants,
                    epochs,
                    participant,
                    new Reclaimer(slots),
                    allocator::slotsInUse,
                    names,
                    allocator::deleteUnlistedSlabs);
            // A predecessor on this place may have died holding segments; names are repaired with that, too.
            sweeper.reap(participant);
            closing.push(() -> participants.leave(participant));
            adoption = new Adoption(this, arrays);
            requests = new Requests(this, adoption);
            closing.push(requests::stop);
            Reaper reaper = new Reaper(this::sweepSome, description.poolId(), REAPER_INTERVAL);
            closing.push(reaper::close);
        } catch (RuntimeException e) {
            runClosing();
            throw e;
        }
    }

    /** Under which name it was opened. */
    public Path directory() {
        return directory.shown();
    }

    /** That of the description, which would have to read it from its digits for every segment. */
    public long id() {
        return id;
    }

    public PoolDescription description() {
        return description;
    }

    public Participants participants() {
        return participants;
    }

    public Slots slots() {
        return ownership.slots();
    }

    public Epochs epochs() {
        return epochs;
    }

    Ownership ownership() {
        return ownership;
    }

    public BlockAllocator allocator() {
        return allocator;
    }

    public Names names() {
        return names;
    }

    /** Takes back what the dead have left, and has requests carried out that are there. */
    public void sweep() {
        sweeper.sweep();
        requests.look();
    }

    /** What the reaper does in a round: {@link #sweep} for some of the others, and for the next ones then. */
    private void sweepSome() {
        sweeper.sweepSome();
        requests.look();
    }

    /** @param name of the execution attempt, for people */
    public OpenEpoch openEpoch(String name) {
        return new OpenEpoch(epochs, channels, name);
    }

    /**
     * Keeps the pool mapped until {@link #exit()}, or throws.
     *
     * @throws SharedMemoryException CLOSED
     */
    public void enter() {
        operations.incrementAndGet();
        if (closed) {
            operations.decrementAndGet();
            throw new SharedMemoryException(Kind.CLOSED, "the pool " + directory + " is closed");
        }
    }

    public void exit() {
        operations.decrementAndGet();
    }

    /**
     * Leaves the pool and returns true, unless handles of this JVM are still open: their memory must stay mapped, and
     * {@link OpenPools#leave} is called with the last of them.
     */
    boolean close() {
        requests.stop();
        closed = true;
        while (operations.get() > 0) {
            LockSupport.parkNanos(POLL_NANOS);
        }
        names.removeOwn();
        int handles = ownership.localHandles();
        if (handles > 0) {
            LOG.info(
                    "The pool {} was closed while {} segment handles are open in this JVM, which leaves it with the last",
                    directory,
                    handles);
            return false;
        }
        runClosing();
        return true;
    }

    /** Leaves the pool, which is closed, and returns true, unless there are handles again. */
    boolean leave() {
        if (ownership.localHandles() > 0) {
            return false;
        }
        runClosing();
        return true;
    }

    private void lastHandleReleased() {
        if (closed) {
            OpenPools.leave(this);
        }
    }

    /** After {@link #close} returned false: this JVM is still the same participant. */
    void reopen() {
        closed = false;
        requests.goOn();
    }

    /** @throws SharedMemoryException FULL also after handles that were forgotten in this JVM have been given back */
    public UnsealedMemory allocate(long bytes) {
        return new PooledBlock(this, allocateBlock(bytes));
    }

    Block allocateBlock(long bytes) {
        try {
            return allocator.allocate(bytes);
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.FULL || ownership.localHandles() == 0) {
                throw e;
            }
            return ForgottenHandles.collectAndRetry(e, () -> allocator.allocate(bytes));
        }
    }

    /**
     * Makes a file in the folder for incoming ones a segment, see {@link Adoption}.
     *
     * @throws SharedMemoryException ABSENT, ARGUMENT, CORRUPT, NO_PERMISSION, FULL: then the file stays where it is, and if
     *     it is the file that is wrong, the reason is beside it
     */
    public PooledMemory adopt(String name) {
        return adoption.adopt(name);
    }

    /**
     * Makes what is in a file outside of the pool a segment, see {@link Adoption}.
     *
     * @param moved is told how many bytes more were read, by any thread
     * @throws SharedMemoryException ABSENT, ARGUMENT, CORRUPT, NO_PERMISSION, FULL
     */
    public PooledMemory copy(Path file, LongConsumer moved) {
        return adoption.copy(file, moved);
    }

    /**
     * Takes a reference out of flight.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it was received before, is void, or is of another pool
     */
    public PooledMemory receive(long poolId, int slot, long generation, int epoch) {
        checkReference(poolId, slot);
        ownership.receive(slot, generation, epoch);
        return heldMemory(slot);
    }

    /**
     * Takes a hold on what a reference is of, and leaves that in flight.
     *
     * @throws SharedMemoryException STALE_REFERENCE if it is not in flight, or is of another pool
     */
    public PooledMemory claim(long poolId, int slot, long generation, int epoch) {
        checkReference(poolId, slot);
        ownership.claim(slot, generation, epoch);
        return heldMemory(slot);
    }

    private void checkReference(long poolId, int slot) {
        if (poolId != id) {
            throw new SharedMemoryException(
                    Kind.STALE_REFERENCE,
                    "the reference is of pool " + PoolDescription.hex(poolId) + ", this is pool "
                            + PoolDescription.hex(id));
        }
        allocator.checkSlot(slot);
    }

    /**
     * Takes a hold on a segment that a name holds.
     *
     * @throws SharedMemoryException STALE_REFERENCE if the name does not hold it any more
     */
    public PooledMemory openNamed(int slot, long generation) {
        allocator.checkSlot(slot);
        ownership.openNamed(slot, generation);
        return heldMemory(slot);
    }

    /** The segment in a slot that this process has just got one handle on, which is released if this fails. */
    private PooledMemory heldMemory(int slot) {
        Block block = allocator.block(slot);
        long length = slots().length(slot);
        if (length < 0 || length > block.bytes()) {
            ownership.release(slot);
            throw new SharedMemoryException(
                    Kind.CORRUPT, "slot " + slot + " has length " + length + ", its block " + block.bytes());
        }
        return new PooledMemory(this, block, length);
    }

    /** Makes a segment that was built or shared by this participant immutable. */
    void seal(int slot, long address, long length) {
        if (!description.checksums()) {
            ownership.seal(slot, length);
        } else if (OwnershipWord.state(slots().word(slot)) == OwnershipWord.BUILDING) {
            slots().setChecksum(slot, Checksum.crc32c(address, length));
            ownership.seal(slot, length);
        } else {
            // Until it is sealed others may write, even if they hold it but for a moment.
            slots().setChecksum(slot, SlotRecord.NO_CHECKSUM);
            ownership.seal(slot, length);
            slots().setChecksum(slot, Checksum.crc32c(address, length));
        }
    }

    private SafePath file(String name) {
        return directory.path().resolve(name);
    }

    private void runClosing() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
