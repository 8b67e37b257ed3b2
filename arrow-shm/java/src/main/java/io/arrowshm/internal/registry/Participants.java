package io.arrowshm.internal.registry;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.ParticipantRecord;
import io.arrowshm.internal.memory.ByteLock;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.SafePath;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;

/**
 * The processes that have the pool open. Participant p is alive for exactly as long as the lock of byte p is held: no
 * heartbeat, no time-out, so that neither a long collection nor SIGSTOP makes a live process look dead. Bit p of any
 * ownership word is changed by the holder of that lock or, once that process is dead, under a shared one. Any thread.
 */
public final class Participants implements AutoCloseable {
    /** Place behind those of participants: of a process that is none, while it takes back what the dead have left. */
    public static final int RECLAIMER = OwnershipWord.PARTICIPANTS;

    private static final Duration JOIN_TIMEOUT = Duration.ofSeconds(1);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final long POLL_NANOS = 5_000_000;

    private final MappedFile records;
    private final ByteLocks own;
    private final ByteLock reclaimer;
    private final ByteLocks probes;
    // One object does not exclude itself: the locks of a sweep are also this monitor's.
    private final Object sweeping = new Object();
    private final Rotation rotation = new Rotation(0, OwnershipWord.PARTICIPANTS);

    public Participants(SafePath file) {
        records = MappedFile.map(file, bytes());
        own = new ByteLocks(file);
        reclaimer = new ByteLock(own, RECLAIMER);
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
                    FaultPoint.JOINED_WITHOUT_RECORD.reached();
                    write(p);
                    FaultPoint.JOINED_NOT_REAPED.reached();
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

    /**
     * Takes the place of the one process that is no participant and takes back what the dead have left; false if another
     * process has had it for all that time.
     */
    public boolean takeReclaimersPlace(Duration timeout) {
        return reclaimer.take(timeout);
    }

    public void giveReclaimersPlaceBack() {
        reclaimer.release();
    }

    /** Gives the place up; the caller holds nothing any more. */
    public void leave(int participant) {
        Memory.putLongVolatile(address(participant) + ParticipantRecord.PROCESS_ID, 0);
        FaultPoint.LEAVING.reached();
        own.unlock(participant);
    }

    /**
     * Runs the sweep for every participant that is dead, under a shared lock of its byte: nobody can take its place
     * meanwhile, and others can sweep for it too, so that a sweeper that is stopped holds nobody up.
     *
     * @param most participants that are looked at; the next call looks at those that follow
     * @return the number of these
     */
    public int reapDead(int most, IntConsumer sweep) {
        int[] reaped = {0};
        synchronized (sweeping) {
            rotation.forUpTo(most, p -> processId(p) != 0, p -> reaped[0] += reapIfDead(p, sweep) ? 1 : 0);
        }
        return reaped[0];
    }

    private boolean reapIfDead(int participant, IntConsumer sweep) {
        if (!probes.tryLockShared(participant)) {
            return false;
        }
        try {
            boolean isLeft = processId(participant) != 0;
            if (isLeft) {
                sweep.accept(participant);
                FaultPoint.REAPED_WITH_MARK.reached();
                Memory.putLongVolatile(address(participant) + ParticipantRecord.PROCESS_ID, 0);
            }
            return isLeft;
        } finally {
            probes.unlock(participant);
        }
    }

    /** The number of participants that are alive, this process included. */
    public int countLiving() {
        int living = 0;
        for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
            if (processId(p) != 0 && isAlive(p)) {
                living++;
            }
        }
        return living;
    }

    /** Process id of the participant, 0 if there is none; that of a dead one stays until it is reaped. */
    public long processId(int participant) {
        return Memory.getLongVolatile(address(participant) + ParticipantRecord.PROCESS_ID);
    }

    /** Random, and different for any two that ever had this place. */
    public long incarnation(int participant) {
        return Memory.getLong(address(participant) + ParticipantRecord.INCARNATION);
    }

    /** Milliseconds since 1970. */
    public long joinedAtMs(int participant) {
        return Memory.getLong(address(participant) + ParticipantRecord.JOINED_AT_MS);
    }

    /** The main class or jar of the process and its arguments, cut. */
    public String command(int participant) {
        byte[] command =
                new byte[(int) Math.max(0, Math.min(commandLength(participant), ParticipantRecord.COMMAND_BYTES))];
        Memory.copy(address(participant) + ParticipantRecord.COMMAND, command, 0, command.length);
        return new String(command, StandardCharsets.UTF_8);
    }

    /** For messages. */
    public String describe(int participant) {
        return "participant " + participant + " (process " + processId(participant) + ", " + command(participant) + ")";
    }

    /** Bytes of the command as they stand in the record. */
    public long commandLength(int participant) {
        return Memory.getLong(address(participant) + ParticipantRecord.COMMAND_LENGTH);
    }

    /** Whether somebody is dead and not swept yet. */
    public boolean hasDead() {
        for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
            if (processId(p) != 0 && !isAlive(p)) {
                return true;
            }
        }
        return false;
    }

    /** Whether the process that has the place is alive. */
    public boolean isAlive(int participant) {
        return probes.isLockedExclusivelyElsewhere(participant);
    }

    @Override
    public void close() {
        own.close();
        probes.close();
        records.close();
    }

    private void write(int participant) {
        long address = address(participant);
        Memory.putLong(address + ParticipantRecord.JOINED_AT_MS, System.currentTimeMillis());
        Memory.putLong(address + ParticipantRecord.INCARNATION, RANDOM.nextLong() | 1);
        byte[] command = System.getProperty("sun.java.command", "java").getBytes(StandardCharsets.UTF_8);
        int length = Math.min(command.length, ParticipantRecord.COMMAND_BYTES);
        Memory.copy(command, 0, address + ParticipantRecord.COMMAND, length);
        Memory.putLong(address + ParticipantRecord.COMMAND_LENGTH, length);
        FaultPoint.JOINED_WITHOUT_PROCESS_ID.reached();
        Memory.putLongVolatile(
                address + ParticipantRecord.PROCESS_ID, ProcessHandle.current().pid());
    }

    private long address(int participant) {
        return records.address() + (long) participant * ParticipantRecord.BYTES;
    }
}
