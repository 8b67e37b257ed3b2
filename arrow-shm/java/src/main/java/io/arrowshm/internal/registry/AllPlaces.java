package io.arrowshm.internal.registry;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.ParticipantRecord;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Every place of a pool that no living process has, taken so that nobody can join what is being removed. The file is not
 * mapped: it may be damaged. One thread.
 */
public final class AllPlaces implements AutoCloseable {
    private final ByteLocks locks;
    private final List<Long> others = new ArrayList<>();

    /**
     * Takes them.
     *
     * @param participants file of the pool
     * @throws io.arrowshm.error.SharedMemoryException ABSENT, NO_PERMISSION, CORRUPT (it is no regular file)
     */
    public AllPlaces(SafePath participants) {
        locks = new ByteLocks(participants);
        try {
            ByteBuffer records = ByteBuffer.wrap(PrivateFiles.read(participants, (int) Participants.bytes()))
                    .order(ByteOrder.nativeOrder());
            for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
                if (!locks.tryLock(p)) {
                    others.add(processId(records, p));
                }
            }
        } catch (RuntimeException e) {
            locks.close();
            throw e;
        }
    }

    /** The process ids of those who have the other places, 0 where it is not known. */
    public List<Long> others() {
        return others;
    }

    @Override
    public void close() {
        locks.close();
    }

    private static long processId(ByteBuffer records, int participant) {
        int at = participant * ParticipantRecord.BYTES + ParticipantRecord.PROCESS_ID;
        return at + Long.BYTES <= records.limit() ? records.getLong(at) : 0;
    }
}
