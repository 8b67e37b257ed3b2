package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Reclaimer;
import io.arrowshm.internal.registry.Slots;
import java.util.BitSet;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings names and manifests together again after somebody died between two steps: the manifests are right. Everything
 * under the names lock, and done again if the repairer dies.
 */
final class NamesRepair {
    private static final Logger LOG = LoggerFactory.getLogger(NamesRepair.class);

    private final ManifestFiles files;
    private final IncomingFiles incoming;
    private final RepairRequests requests;
    private final Slots slots;
    private final Reclaimer reclaimer;
    private final Participants participants;
    private final IntSupplier slotsInUse;

    NamesRepair(
            ManifestFiles files,
            IncomingFiles incoming,
            RepairRequests requests,
            Slots slots,
            Participants participants,
            IntSupplier slotsInUse) {
        this.files = files;
        this.incoming = incoming;
        this.requests = requests;
        this.slots = slots;
        reclaimer = new Reclaimer(slots);
        this.participants = participants;
        this.slotsInUse = slotsInUse;
    }

    void runIfDue() {
        if (requests.isDue()) {
            run();
        }
    }

    /**
     * Deletes what was written aside, removes datasets that ended with their creators, and counts the names of every slot
     * anew. While there is a damaged manifest no count changes: nobody can tell what it gives, and too many are counted
     * at worst.
     */
    Repaired run() {
        long request = requests.latest();
        int removed = 0;
        BitSet freed = new BitSet();
        files.leftAside().forEach(PrivateFiles::delete);
        NameCounts named = new NameCounts(slots);
        boolean complete = true;
        for (String name : files.names()) {
            try {
                Manifest manifest = files.read(name);
                if (manifest != null && isAbandoned(manifest)) {
                    freed.or(remove(
                            name,
                            manifest,
                            "its creator, process " + manifest.creator().processId() + ", has ended"));
                    removed++;
                } else if (manifest != null) {
                    manifest.content().segments().forEach(named::add);
                }
            } catch (SharedMemoryException e) {
                ManifestFiles.requireDamage(e);
                LOG.warn("Names that no manifest gives are kept while this is so: {}", e.getMessage());
                complete = false;
            }
        }
        incoming.settle(answer -> files.names().stream().anyMatch(name -> tellsOf(answer, name)));
        FaultPoint.REPAIRING_NAMES.reached();
        if (complete) {
            settle(named, freed);
        }
        requests.settle(request);
        return new Repaired(removed, freed);
    }

    private boolean tellsOf(Answer answer, String name) {
        try {
            Manifest manifest = files.read(name);
            return manifest != null && answer.isOf(manifest);
        } catch (SharedMemoryException e) {
            ManifestFiles.requireDamage(e);
            return false;
        }
    }

    /** Whether it was to end with a creator who has ended. */
    boolean isAbandoned(Manifest manifest) {
        if (manifest.content().persistent()) {
            return false;
        }
        int creator = manifest.creator().participant();
        boolean lives = creator >= 0
                && creator < OwnershipWord.PARTICIPANTS
                && participants.incarnation(creator) == manifest.creator().incarnation()
                && participants.isAlive(creator);
        return !lives;
    }

    /** Whether it should have been removed: its creator has ended, and everything else of that process was taken back. */
    boolean isOverdue(Manifest manifest) {
        int creator = manifest.creator().participant();
        boolean isUnswept = creator >= 0
                && creator < OwnershipWord.PARTICIPANTS
                && participants.processId(creator) != 0
                && participants.incarnation(creator) == manifest.creator().incarnation();
        return isAbandoned(manifest) && !isUnswept;
    }

    /** Removes every dataset that is as said; damaged ones are left alone. */
    void removeIf(Predicate<Manifest> condition, String why) {
        for (String name : files.names()) {
            try {
                Manifest manifest = files.read(name);
                if (manifest != null && condition.test(manifest)) {
                    remove(name, manifest, why);
                }
            } catch (SharedMemoryException e) {
                ManifestFiles.requireDamage(e);
            }
        }
    }

    /** Returns the slots that this freed. */
    BitSet remove(String name, Manifest manifest, String why) {
        files.delete(name);
        FaultPoint.MANIFEST_REMOVED.reached();
        BitSet freed = new BitSet();
        for (NamedSlot segment : manifest.content().segments()) {
            freed.set(segment.slot(), takeAway(segment));
        }
        LOG.debug(
                "Removed the dataset {} (revision {}, {} segments, {} bytes): {}",
                name,
                manifest.revision(),
                manifest.content().segments().size(),
                manifest.content().bytes(),
                why);
        return freed;
    }

    /** The name that a manifest gave is gone; returns whether that freed the slot. */
    boolean takeAway(NamedSlot segment) {
        return slots.generation(segment.slot()) == segment.generation() && reclaimer.unname(segment.slot());
    }

    private void settle(NameCounts named, BitSet freed) {
        int end = slotsInUse.getAsInt();
        for (int slot = 0; slot < end; slot++) {
            if (named.of(slot) != slots.names(slot)
                    || (named.of(slot) == 0 && OwnershipWord.isNamed(slots.word(slot)))) {
                LOG.debug("Manifests give {} names: {}", named.of(slot), slots.describe(slot));
                freed.set(slot, reclaimer.settleNames(slot, named.of(slot)));
            }
        }
    }
}
