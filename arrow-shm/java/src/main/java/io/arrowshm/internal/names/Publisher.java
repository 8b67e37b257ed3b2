package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.registry.Ownership;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a manifest in place: first every segment gets its name, then the manifest appears, then what it replaced loses its
 * names. So whatever a manifest names can be opened, and a segment that is in both is held throughout. Under the names lock.
 */
final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final ManifestFiles files;
    private final NamesRepair repair;
    private final Ownership ownership;

    Publisher(ManifestFiles files, NamesRepair repair, Ownership ownership) {
        this.files = files;
        this.repair = repair;
        this.ownership = ownership;
    }

    /**
     * Publishes a manifest; leaves everything as it was if it fails.
     *
     * @param old what it replaces, null if nothing, or nothing that can be read
     */
    void publish(String name, Manifest manifest, @Nullable Manifest old) {
        Content content = manifest.content();
        SafePath aside = files.writeAside(ManifestFormat.write(manifest));
        FaultPoint.MANIFEST_WRITTEN.reached();
        List<NamedSlot> named = new ArrayList<>();
        boolean published = false;
        try {
            for (NamedSlot segment : content.segments()) {
                name(name, segment);
                named.add(segment);
                FaultPoint.SEGMENT_NAMED.reached();
            }
            files.publish(aside, name);
            published = true;
        } finally {
            if (!published) {
                named.forEach(repair::takeAway);
                PrivateFiles.delete(aside);
            }
        }
        FaultPoint.MANIFEST_RENAMED.reached();
        if (old != null) {
            old.content().segments().forEach(repair::takeAway);
        }
        LOG.debug(
                "Published the dataset {} (revision {}, {} segments, {} bytes, {})",
                name,
                manifest.revision(),
                content.segments().size(),
                content.bytes(),
                content.persistent() ? "persistent" : "until this process ends");
    }

    private void name(String name, NamedSlot segment) {
        if (!ownership.tryName(segment.slot())) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "the segment " + segment.path() + " of the dataset " + name
                            + " cannot be named: it is neither sealed nor shared, or not held here: "
                            + ownership.slots().describe(segment.slot()));
        }
    }
}
