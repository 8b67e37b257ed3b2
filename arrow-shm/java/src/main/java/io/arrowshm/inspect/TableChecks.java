package io.arrowshm.inspect;

import io.arrowshm.internal.layout.ChannelRecord;
import io.arrowshm.internal.layout.EpochRecord;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.ParticipantRecord;

/** Participants, epochs, channels and hints. Stateless. */
final class TableChecks {
    private TableChecks() {}

    static void participants(PoolView pool, Violations found) {
        for (int p = 0; p < OwnershipWord.PARTICIPANTS; p++) {
            long processId = pool.participants.processId(p);
            long incarnation = pool.participants.incarnation(p);
            long commandLength = pool.participants.commandLength(p);
            boolean right = processId == 0
                    || (processId > 0
                            && incarnation != 0
                            && commandLength >= 0
                            && commandLength <= ParticipantRecord.COMMAND_BYTES);
            found.addUnless(
                    right,
                    Invariant.PARTICIPANT_RECORD,
                    "participant " + p,
                    "process id=" + processId + ", incarnation=" + incarnation + ", command of " + commandLength
                            + " bytes");
        }
    }

    static void epochs(PoolView pool, Violations found) {
        for (int epoch = 0; epoch <= OwnershipWord.MAX_EPOCH; epoch++) {
            long state = pool.epochs.state(epoch);
            long nameLength = pool.epochs.nameLength(epoch);
            boolean right = state == EpochRecord.FREE
                    || (state == EpochRecord.USED
                            && epoch != 0
                            && nameLength >= 0
                            && nameLength <= EpochRecord.NAME_BYTES);
            found.addUnless(
                    right,
                    Invariant.EPOCH_RECORD,
                    "epoch " + epoch,
                    "state=" + state + ", name of " + nameLength + " bytes");
        }
    }

    static void channels(PoolView pool, Violations found) {
        for (int channel = 0; channel < ChannelRecord.COUNT; channel++) {
            long sender = pool.channels.sender(channel);
            if (sender != 0) {
                int receiver = pool.channels.receiver(channel);
                boolean joined = receiver != ChannelRecord.NOT_JOINED && receiver != ChannelRecord.CLOSED_TO_RECEIVERS;
                found.addUnless(
                        isUsed(pool, sender) && (!joined || isUsed(pool, receiver)),
                        Invariant.CHANNEL,
                        "channel " + channel,
                        "its sender is epoch " + sender + ", its receiver " + receiver + ": one is not in use");
            }
        }
    }

    static void hints(PoolView pool, Violations found) {
        for (int slot = pool.slots.count(); slot % Long.SIZE != 0; slot++) {
            found.addUnless(
                    !pool.slots.hints().isSet(slot),
                    Invariant.HINTS,
                    "slot " + slot,
                    "there is a hint, and the pool has " + pool.slots.count() + " slots");
        }
    }

    private static boolean isUsed(PoolView pool, long epoch) {
        return epoch > 0 && epoch <= OwnershipWord.MAX_EPOCH && pool.epochs.isUsed((int) epoch);
    }
}
