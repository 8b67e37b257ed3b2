package io.arrowshm.internal.registry;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.EpochRecord;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.SafePath;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/**
 * The execution attempts that send or receive. Epoch e is open for exactly as long as the lock of byte e is held, by the
 * process that opened it. What it had in flight is void when it has ended and every epoch that joined one of its
 * channels has ended too: until then a receiver may still take what was sent to it. Any thread.
 */
public final class Epochs implements AutoCloseable {
    private final MappedFile records;
    private final ByteLocks own;
    private final ByteLocks probes;
    private final Channels channels;
    // One object does not exclude itself: the locks of a sweep are also this monitor's.
    private final Object sweeping = new Object();
    private final Rotation rotation = new Rotation(1, OwnershipWord.MAX_EPOCH + 1);
    private int openHere;
    private boolean closed;

    public Epochs(SafePath file, Channels channels) {
        this.channels = channels;
        records = MappedFile.map(file, bytes());
        own = new ByteLocks(file);
        probes = new ByteLocks(file);
    }

    public static long bytes() {
        return (long) (OwnershipWord.MAX_EPOCH + 1) * EpochRecord.BYTES;
    }

    /**
     * Opens an epoch.
     *
     * @param name of the execution attempt, for people
     * @throws SharedMemoryException EXHAUSTED if all indices are in use
     */
    public synchronized int open(String name) {
        if (closed) {
            throw new SharedMemoryException(Kind.CLOSED, "the pool is closed, opening epoch " + name);
        }
        for (int epoch = 1; epoch <= OwnershipWord.MAX_EPOCH; epoch++) {
            // The state first: one object does not exclude itself, so a lock of ours on an open epoch proves nothing.
            if (!isUsed(epoch) && own.tryLock(epoch)) {
                if (isUsed(epoch)) {
                    own.unlock(epoch);
                    continue;
                }
                FaultPoint.EPOCH_WITHOUT_RECORD.reached();
                write(epoch, name);
                openHere++;
                return epoch;
            }
        }
        throw new SharedMemoryException(
                Kind.EXHAUSTED,
                "all " + OwnershipWord.MAX_EPOCH + " epochs of the pool " + records + " are in use, opening " + name);
    }

    /** Ends an epoch that this process opened. What it had in flight is taken back by a later sweep. */
    public synchronized void end(int epoch) {
        openHere--;
        if (!closed) {
            own.unlock(epoch);
        }
    }

    public synchronized boolean isClosed() {
        return closed;
    }

    /**
     * Runs the sweep for every epoch that is void, under a shared lock of its byte: nobody can open the index meanwhile,
     * and a sweeper who is stopped holds nobody up. Then gives back the indices that nobody else sweeps.
     *
     * @param most epochs that are looked at; the next call looks at those that follow
     * @return the number of indices given back
     */
    public int voidEnded(int most, IntConsumer sweep) {
        int[] given = {0};
        synchronized (sweeping) {
            rotation.forUpTo(most, this::isUsed, epoch -> given[0] += voidIfEnded(epoch, sweep) ? 1 : 0);
        }
        return given[0];
    }

    /** Whether its index was given back. */
    private boolean voidIfEnded(int epoch, IntConsumer sweep) {
        if (!probes.tryLockShared(epoch)) {
            return false;
        }
        try {
            boolean isVoid = isUsed(epoch) && channels.closeToReceivers(epoch, this::isGone);
            if (isVoid) {
                sweep.accept(epoch);
            }
            return isVoid && probes.tryLock(epoch) && giveBack(epoch);
        } finally {
            probes.unlock(epoch);
        }
    }

    /** The number of epochs that are open or not void yet. */
    public int countUsed() {
        int used = 0;
        for (int epoch = 1; epoch <= OwnershipWord.MAX_EPOCH; epoch++) {
            if (isUsed(epoch)) {
                used++;
            }
        }
        return used;
    }

    /** Whether it is open or not void yet: it may stand in ownership words. */
    public boolean isUsed(int epoch) {
        return state(epoch) == EpochRecord.USED;
    }

    /** See {@link EpochRecord}. */
    public long state(int epoch) {
        return Memory.getLongVolatile(address(epoch) + EpochRecord.STATE);
    }

    /** Whether somebody has it open. */
    public boolean isOpen(int epoch) {
        return probes.isLockedExclusivelyElsewhere(epoch);
    }

    /** The name of the execution attempt, cut if it was too long for the record. */
    public String name(int epoch) {
        byte[] name = new byte[(int) Math.max(0, Math.min(nameLength(epoch), EpochRecord.NAME_BYTES))];
        Memory.copy(address(epoch) + EpochRecord.NAME, name, 0, name.length);
        return new String(name, StandardCharsets.UTF_8);
    }

    /** Bytes of the name as they stand in the record. */
    public long nameLength(int epoch) {
        return Memory.getLong(address(epoch) + EpochRecord.NAME_LENGTH);
    }

    /** Ends every epoch of this process. The channels of those that were not ended before stay mapped. */
    @Override
    public synchronized void close() {
        closed = true;
        own.close();
        probes.close();
        records.close();
        if (openHere == 0) {
            channels.close();
        }
    }

    private boolean giveBack(int epoch) {
        channels.free(epoch);
        FaultPoint.VOID_WITH_INDEX.reached();
        // A channel that still names this index as its receiver would take its next owner for the old one.
        if (channels.isReceiver(epoch)) {
            return false;
        }
        Memory.putLongVolatile(address(epoch) + EpochRecord.STATE, EpochRecord.FREE);
        return true;
    }

    private boolean isGone(int epoch) {
        return !isOpen(epoch);
    }

    private void write(int epoch, String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, EpochRecord.NAME_BYTES);
        Memory.copy(bytes, 0, address(epoch) + EpochRecord.NAME, length);
        Memory.putLong(address(epoch) + EpochRecord.NAME_LENGTH, length);
        Memory.putLongVolatile(address(epoch) + EpochRecord.STATE, EpochRecord.USED);
    }

    private long address(int epoch) {
        return records.address() + (long) epoch * EpochRecord.BYTES;
    }
}
