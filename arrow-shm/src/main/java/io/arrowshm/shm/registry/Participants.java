package io.arrowshm.shm.registry;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.OwnershipWord;
import io.arrowshm.shm.layout.ParticipantRecord;
import io.arrowshm.shm.memory.ByteLocks;
import io.arrowshm.shm.memory.MappedFile;
import io.arrowshm.shm.memory.Memory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The processes that have the pool open. Participant p is alive for exactly as long as the lock of byte p is held: no
 * heartbeat, no time-out, so that neither a long collection nor SIGSTOP makes a live process look dead. Bit p of any
 * ownership word changes only under that lock. Any thread.
 */
public final class Participants implements AutoCloseable {
    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(1);
    private static final long POLL_NANOS = 5_000_000;

    private final MappedFile records;
    private final ByteLocks own;
    private final ByteLocks probes;
    // One object does not exclude itself: the locks of a sweep are also this monitor's.
    private final Object sweeping = new Object();

    public Participants(Path file) {
        records = MappedFile.map(file);
        own = new ByteLocks(file);
        probes = new ByteLocks(file);
    }

    public static long bytes() {
        return (long) OwnershipWord.PARTICIPANTS * ParticipantRecord.BYTES;
    }

    /**
     * Takes a place for this process, for as long as this object is open. Whatever a dead predecessor on the place
     * still holds is to be reaped before the place is used.
     *
     * @throws SharedMemoryException EXHAUSTED if all places are taken by living processes
     */
    public int join() {
        long deadline = System.nanoTime() + JOIN_TIMEOUT.toNanos();
        do {
            for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
                if (own.tryLock(p)) {
                    Memory.putLong(address(p) + ParticipantRecord.JOINED_AT_MS, System.currentTimeMillis());
                    Memory.putLongVolatile(
                            address(p) + ParticipantRecord.PROCESS_ID,
                            ProcessHandle.current().pid());
                    return p;
                }
            }
            // The place of a dead participant is taken for as long as somebody sweeps it.
            LockSupport.parkNanos(POLL_NANOS);
        } while (System.nanoTime() - deadline < 0);
        throw new SharedMemoryException(
                Kind.EXHAUSTED,
                "all " + OwnershipWord.PARTICIPANTS + " participants of the pool " + records
                        + " are living processes; stop one of them or use a second pool");
    }

    /** Gives the place up; the caller holds nothing any more. */
    public void leave(int participant) {
        Memory.putLongVolatile(address(participant) + ParticipantRecord.PROCESS_ID, 0);
        own.unlock(participant);
    }

    /** Runs the sweep for every participant that is dead, under the lock of his byte. */
    public void reapDead(IntConsumer sweep) {
        synchronized (sweeping) {
            for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
                if (processId(p) != 0 && probes.tryLock(p)) {
                    try {
                        if (processId(p) != 0) {
                            sweep.accept(p);
                            Memory.putLongVolatile(address(p) + ParticipantRecord.PROCESS_ID, 0);
                        }
                    } finally {
                        probes.unlock(p);
                    }
                }
            }
        }
    }

    /**
     * Takes every place, so that nobody can join until this object is closed.
     *
     * @return 0, or the number of places that others have
     */
    public int takeAllPlaces() {
        int taken = 0;
        for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
            taken += own.tryLock(p) ? 0 : 1;
        }
        return taken;
    }

    /** The number of participants that are alive, this process included. */
    public int countLiving() {
        int living = 0;
        for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
            if (probes.isLockedElsewhere(p)) {
                living++;
            }
        }
        return living;
    }

    /** Process id of the participant, 0 if there is none; a dead one keeps his until he is reaped. */
    public long processId(int participant) {
        return Memory.getLongVolatile(address(participant) + ParticipantRecord.PROCESS_ID);
    }

    @Override
    public void close() {
        own.close();
        probes.close();
        records.close();
    }

    private long address(int participant) {
        return records.address() + (long) participant * ParticipantRecord.BYTES;
    }
}
