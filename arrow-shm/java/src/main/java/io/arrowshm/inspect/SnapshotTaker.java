package io.arrowshm.inspect;

import io.arrowshm.SizeClassStatistics;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.allocator.SizeClassCounter;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.directory.Tmpfs;
import io.arrowshm.internal.layout.ChannelRecord;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.SafePath;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One look at every slot, which is counted by size class, participant and epoch at once. Used once, by one thread. */
final class SnapshotTaker {
    // A slot that changes that often is shown as it was in between.
    private static final int ATTEMPTS = 100;

    private final PoolView pool;
    private final List<SegmentSnapshot> segments = new ArrayList<>();
    private final Map<Long, SizeClassCounter> sizeClasses = new TreeMap<>();
    private final Map<SegmentState, Long> bytesOfState = new EnumMap<>(SegmentState.class);
    private final int[] segmentsOfParticipant = new int[OwnershipWord.PARTICIPANTS];
    private final long[] bytesOfParticipant = new long[OwnershipWord.PARTICIPANTS];
    private final int[] segmentsOfEpoch = new int[OwnershipWord.MAX_EPOCH + 1];
    private final long[] bytesOfEpoch = new long[OwnershipWord.MAX_EPOCH + 1];
    private long freeBytes;
    private long inFlightBytes;
    private long heldBytes;
    private int segmentsInFlight;
    private int segmentsHeld;

    SnapshotTaker(PoolView pool) {
        this.pool = pool;
    }

    PoolSnapshot take(String name) {
        for (SlabEntries.Entry slab : pool.slabs.read()) {
            SizeClassCounter sizeClass = sizeClasses.computeIfAbsent(slab.blockBytes(), SizeClassCounter::new);
            sizeClass.addSlab(bytesTaken(slab.file()));
            slab.slots().forEach(slot -> count(slot, slab.blockBytes(), sizeClass));
        }
        List<ParticipantSnapshot> participants = participants();
        List<EpochSnapshot> epochs = epochs();
        return new PoolSnapshot(
                name,
                pool.directory.toString(),
                pool.description.poolId(),
                Tmpfs.problem(pool.directory.shown()),
                pool.description.slots(),
                pool.description.checksums(),
                totals(
                        (int) participants.stream()
                                .filter(ParticipantSnapshot::alive)
                                .count(),
                        epochs.size()),
                sizeClasses.values().stream()
                        .map(counter -> counter.to(SizeClassStatistics::new))
                        .toList(),
                participants,
                epochs,
                segments,
                RefusedFile.in(pool.names.incoming()));
    }

    private static long bytesTaken(SafePath slab) {
        try {
            return FileStatus.of(slab).bytesTaken();
        } catch (SharedMemoryException e) {
            // Another file has just taken its place, or it is missing, which the verifier tells.
            return 0;
        }
    }

    private void count(int slot, long blockBytes, SizeClassCounter sizeClass) {
        long word = pool.slots.word(slot);
        SegmentSnapshot segment = segment(slot, word, blockBytes);
        for (int attempt = 0; attempt < ATTEMPTS && pool.slots.word(slot) != word; attempt++) {
            word = pool.slots.word(slot);
            segment = segment(slot, word, blockBytes);
        }
        sizeClass.addBlock(word, segment == null ? 0 : segment.lengthBytes());
        if (segment != null) {
            add(segment);
        } else if (OwnershipWord.state(word) == OwnershipWord.FREE) {
            freeBytes += blockBytes;
        }
    }

    /** Null if the slot is not in use. */
    private @Nullable SegmentSnapshot segment(int slot, long word, long blockBytes) {
        int state = OwnershipWord.state(word);
        if (state == OwnershipWord.UNBACKED || state == OwnershipWord.FREE) {
            return null;
        }
        int epoch = OwnershipWord.epoch(word);
        return new SegmentSnapshot(
                slot,
                SegmentState.of(word),
                pool.slots.generation(slot),
                pool.slots.length(slot),
                blockBytes,
                pool.slots.holders(slot),
                OwnershipWord.inFlight(word),
                epoch,
                epoch == 0 ? null : pool.epochs.name(epoch),
                (word & OwnershipWord.NAMED) != 0,
                (word & OwnershipWord.FOREIGN) != 0,
                pool.slots.lentGeneration(slot) != 0 && pool.slots.isLeased(slot),
                pool.slots.creator(slot),
                pool.slots.creatorProcessId(slot));
    }

    private void add(SegmentSnapshot segment) {
        segments.add(segment);
        long bytes = segment.blockBytes();
        bytesOfState.merge(segment.state(), bytes, Long::sum);
        if (segment.inFlight() > 0) {
            segmentsInFlight++;
            inFlightBytes += bytes;
            segmentsOfEpoch[segment.epoch()]++;
            bytesOfEpoch[segment.epoch()] += bytes;
        }
        if (!segment.holders().isEmpty()) {
            segmentsHeld++;
            heldBytes += bytes;
        }
        for (int holder : segment.holders()) {
            segmentsOfParticipant[holder]++;
            bytesOfParticipant[holder] += bytes;
        }
    }

    private List<ParticipantSnapshot> participants() {
        List<ParticipantSnapshot> participants = new ArrayList<>();
        FileStatus.Identity file = FileStatus.of(pool.directory.path().resolve(PoolFiles.PARTICIPANTS))
                .identity();
        for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
            long processId = pool.participants.processId(p);
            if (processId != 0) {
                boolean alive = pool.participants.isAlive(p);
                participants.add(new ParticipantSnapshot(
                        p,
                        processId,
                        alive,
                        alive ? LockKeepers.inheritedFrom(processId, file, p) : List.of(),
                        pool.participants.command(p),
                        pool.participants.joinedAtMs(p),
                        segmentsOfParticipant[p],
                        bytesOfParticipant[p]));
            }
        }
        return participants;
    }

    private List<EpochSnapshot> epochs() {
        int[] sending = new int[OwnershipWord.MAX_EPOCH + 1];
        int[] joined = new int[OwnershipWord.MAX_EPOCH + 1];
        int[] receiving = new int[OwnershipWord.MAX_EPOCH + 1];
        for (int channel = 0; channel < ChannelRecord.COUNT; channel++) {
            long sender = pool.channels.sender(channel);
            if (sender > 0 && sender <= OwnershipWord.MAX_EPOCH) {
                sending[(int) sender]++;
                int receiver = pool.channels.receiver(channel);
                if (receiver > 0 && receiver <= OwnershipWord.MAX_EPOCH) {
                    joined[(int) sender]++;
                    receiving[receiver]++;
                }
            }
        }
        List<EpochSnapshot> epochs = new ArrayList<>();
        for (int epoch = 1; epoch <= OwnershipWord.MAX_EPOCH; epoch++) {
            if (pool.epochs.isUsed(epoch)) {
                epochs.add(new EpochSnapshot(
                        epoch,
                        pool.epochs.name(epoch),
                        pool.epochs.isOpen(epoch),
                        sending[epoch],
                        joined[epoch],
                        receiving[epoch],
                        segmentsOfEpoch[epoch],
                        bytesOfEpoch[epoch]));
            }
        }
        return epochs;
    }

    private Totals totals(int participantsAlive, int epochs) {
        long used = bytesOfState.values().stream().mapToLong(Long::longValue).sum();
        return new Totals(
                pool.description.sizeBytes(),
                Math.max(0, pool.description.sizeBytes() - freeBytes - used),
                freeBytes + used,
                freeBytes,
                bytes(SegmentState.BUILDING),
                bytes(SegmentState.SEALED),
                bytes(SegmentState.MUTABLE),
                bytes(SegmentState.ORPHAN),
                inFlightBytes,
                heldBytes,
                segments.size(),
                segmentsInFlight,
                segmentsHeld,
                participantsAlive,
                epochs);
    }

    private long bytes(SegmentState state) {
        return bytesOfState.getOrDefault(state, 0L);
    }
}
