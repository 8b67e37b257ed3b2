package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.registry.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at names and changes nothing. Under the names lock. */
final class NamesVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(NamesVerifier.class);

    private final ManifestFiles files;
    private final NamesRepair repair;
    private final Slots slots;
    private final IntSupplier slotsInUse;

    NamesVerifier(ManifestFiles files, NamesRepair repair, Slots slots, IntSupplier slotsInUse) {
        this.files = files;
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
        Map<Integer, String> namedBy = new HashMap<>();
        for (String name : files.names()) {
            try {
                Manifest manifest = files.read(name);
                if (manifest != null) {
                    if (!repairIsDue && repair.isOverdue(manifest)) {
                        problems.add("the dataset " + name + " should have ended with its creator");
                    }
                    manifest.content().segments().forEach(segment -> check(name, segment, namedBy, problems));
                }
            } catch (SharedMemoryException e) {
                problems.add(e.getMessage());
            }
        }
        files.strangers().forEach(file -> problems.add(file + " is no file of a dataset: remove it"));
        if (!repairIsDue) {
            addLeftovers(namedBy.keySet(), problems);
        }
        return problems;
    }

    /** For messages. */
    String whoNames(NamedSlot segment) {
        for (String name : files.names()) {
            try {
                Manifest manifest = files.read(name);
                if (manifest != null && holds(manifest, segment)) {
                    return "the dataset " + name;
                }
            } catch (SharedMemoryException e) {
                LOG.debug("Whether it names the segment cannot be told: {}", e.getMessage());
            }
        }
        return "a dataset that cannot be read";
    }

    private void addLeftovers(Set<Integer> named, List<String> problems) {
        files.leftAside().forEach(file -> problems.add(file + " was written aside and nobody is publishing it"));
        int end = slotsInUse.getAsInt();
        for (int slot = 0; slot < end; slot++) {
            if (OwnershipWord.isNamed(slots.word(slot)) && !named.contains(slot)) {
                problems.add("slot " + slot + " (generation " + slots.generation(slot)
                        + ") is named by no manifest that can be read");
            }
        }
    }

    private static boolean holds(Manifest manifest, NamedSlot segment) {
        return manifest.content().segments().stream()
                .anyMatch(other -> other.slot() == segment.slot() && other.generation() == segment.generation());
    }

    private void check(String name, NamedSlot segment, Map<Integer, String> namedBy, List<String> problems) {
        String what = "the segment " + segment.path() + " of the dataset " + name;
        long generation = slots.generation(segment.slot());
        boolean named = OwnershipWord.isNamed(slots.word(segment.slot()));
        boolean isThere = named && generation == segment.generation();
        if (!isThere) {
            problems.add(what + " is gone: wanted generation " + segment.generation() + ", named, of slot "
                    + segment.slot() + ", which has generation " + generation + " and is "
                    + (named ? "named" : "not named"));
        }
        if (isThere && slots.length(segment.slot()) != segment.length()) {
            problems.add(what + " is said to have " + segment.length() + " bytes, slot " + segment.slot() + " has "
                    + slots.length(segment.slot()));
        }
        String other = namedBy.putIfAbsent(segment.slot(), name);
        if (other != null) {
            problems.add(what + " is in the dataset " + other + " too");
        }
    }
}
