package io.arrowshm.shm.names;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.layout.OwnershipWord;
import io.arrowshm.shm.registry.Slots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** What is wrong, a line each. */
    List<String> verify() {
        List<String> problems = new ArrayList<>();
        Map<Integer, String> namedBy = new HashMap<>();
        for (String name : files.names()) {
            try {
                Manifest manifest = files.read(name);
                if (manifest != null) {
                    if (repair.isAbandoned(manifest)) {
                        problems.add("the dataset " + name + " should have ended with its creator");
                    }
                    manifest.content().segments().forEach(segment -> check(name, segment, namedBy, problems));
                }
            } catch (SharedMemoryException e) {
                problems.add(e.getMessage());
            }
        }
        int end = slotsInUse.getAsInt();
        for (int slot = 0; slot < end; slot++) {
            if (OwnershipWord.isNamed(slots.word(slot)) && !namedBy.containsKey(slot)) {
                problems.add(slots.describe(slot) + " is named by no manifest that can be read");
            }
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

    private static boolean holds(Manifest manifest, NamedSlot segment) {
        return manifest.content().segments().stream()
                .anyMatch(other -> other.slot() == segment.slot() && other.generation() == segment.generation());
    }

    private void check(String name, NamedSlot segment, Map<Integer, String> namedBy, List<String> problems) {
        String what = "the segment " + segment.path() + " of the dataset " + name;
        boolean holds = OwnershipWord.isNamed(slots.word(segment.slot()))
                && slots.generation(segment.slot()) == segment.generation();
        if (!holds) {
            problems.add(what + " is gone: wanted generation " + segment.generation() + ", named, of "
                    + slots.describe(segment.slot()));
        }
        String other = namedBy.putIfAbsent(segment.slot(), name);
        if (other != null) {
            problems.add(what + " is in the dataset " + other + " too");
        }
    }
}
