package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.Slots;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.IntSupplier;

/** Looks at names and changes nothing. Under the names lock. */
final class NamesVerifier {
    private final ManifestFiles files;
    private final IncomingFiles incoming;
    private final NamesRepair repair;
    private final Slots slots;
    private final IntSupplier slotsInUse;

    NamesVerifier(
            ManifestFiles files, IncomingFiles incoming, NamesRepair repair, Slots slots, IntSupplier slotsInUse) {
        this.files = files;
        this.incoming = incoming;
        this.repair = repair;
        this.slots = slots;
        this.slotsInUse = slotsInUse;
    }

    /**
     * What is wrong, a line each; in the same words for as long as nobody changes it, whoever takes or releases holds.
     *
     * @param repairIsDue then what it puts right is not wrong
     */
    List<String> verify(boolean repairIsDue) {
        List<String> problems = new ArrayList<>();
        NameCounts named = new NameCounts(slots);
        BitSet gone = new BitSet();
        for (String name : files.names()) {
            try {
                Manifest manifest = files.read(name);
                if (manifest != null) {
                    if (!repairIsDue && repair.isOverdue(manifest)) {
                        problems.add("the dataset " + name + " should have ended with its creator");
                    }
                    manifest.content().segments().forEach(segment -> check(name, segment, named, gone, problems));
                }
            } catch (SharedMemoryException e) {
                problems.add(e.getMessage());
            }
        }
        files.strangers().forEach(file -> problems.add(file + " is no file of a dataset: remove it"));
        addWrongCounts(named, gone, repairIsDue, problems);
        if (!repairIsDue) {
            files.leftAside().forEach(file -> problems.add(file + " was written aside and nobody is publishing it"));
            incoming.decided()
                    .forEach(request -> problems.add("the request " + request + " is decided and nobody answers it"));
        }
        return problems;
    }

    private void addWrongCounts(NameCounts named, BitSet gone, boolean repairIsDue, List<String> problems) {
        int end = slotsInUse.getAsInt();
        // What is wrong with a segment that is gone was said.
        for (int slot = gone.nextClearBit(0); slot < end; slot = gone.nextClearBit(slot + 1)) {
            boolean hasBit = OwnershipWord.isNamed(slots.word(slot));
            String which = "slot " + slot + " (generation " + slots.generation(slot) + ")";
            if (hasBit && named.of(slot) == 0 && !repairIsDue) {
                problems.add(which + " is named by no manifest that can be read");
            } else if (slots.names(slot) < named.of(slot)
                    || (slots.names(slot) > 0 && !hasBit)
                    || (slots.names(slot) != named.of(slot) && !repairIsDue)) {
                problems.add(which + " is named " + named.of(slot) + " times by manifests, its record says "
                        + slots.names(slot) + ", and it is " + (hasBit ? "named" : "not named"));
            }
        }
    }

    private void check(String name, NamedSlot segment, NameCounts named, BitSet gone, List<String> problems) {
        String what = "the segment " + segment.path() + " of the dataset " + name;
        if (!named.add(segment)) {
            gone.set(segment.slot());
            problems.add(what + " is gone: wanted generation " + segment.generation() + ", named, of slot "
                    + segment.slot() + ", which has generation " + slots.generation(segment.slot()) + " and is "
                    + (OwnershipWord.isNamed(slots.word(segment.slot())) ? "named" : "not named"));
        } else if (slots.length(segment.slot()) != segment.length()) {
            problems.add(what + " is said to have " + segment.length() + " bytes, slot " + segment.slot() + " has "
                    + slots.length(segment.slot()));
        }
    }
}
