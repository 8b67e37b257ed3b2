package io.arrowshm.shm.registry;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.SlotRecord;
import java.io.IOException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * The Chronicle Map that holds a record for every slot. All entries are inserted when the pool is built and never
 * removed; afterwards nobody takes a lock for writing and nobody iterates. Keeps the map reachable: an unreferenced map
 * is closed by its Cleaner. Any thread.
 */
public final class Registry implements AutoCloseable {
    // Loggers are weakly held by their manager: this keeps the level that is set below.
    private static final Logger CHRONICLE_CLEANER =
            Logger.getLogger("net.openhft.chronicle.core.internal.cleaner.ReflectionBasedByteBufferCleanerService");

    private static final long HEADER_BYTES = 64 << 10;

    static {
        // It asks on the console for a JVM flag that nothing here needs.
        CHRONICLE_CLEANER.setLevel(Level.OFF);
        // Read when the first Chronicle class loads: no telemetry, no advertisement on the console.
        System.setProperty("chronicle.analytics.disable", "true");
        System.setProperty("chronicle.announcer.disable", "true");
    }

    private final ChronicleMap<Integer, SlotEntry> map;
    private final int slots;
    private final AtomicLongArray addresses;

    private Registry(ChronicleMap<Integer, SlotEntry> map, int slots) {
        this.map = map;
        this.slots = slots;
        this.addresses = new AtomicLongArray(slots);
    }

    /** Bytes that the file takes at most: records, hash table and headers. */
    public static long mostBytes(int slots) {
        return HEADER_BYTES + 2L * slots * SlotRecord.BYTES;
    }

    /** Builds the file with a record of zeros, that is unbacked, for every slot; nobody else may see it yet. */
    public static void create(Path file, int slots) {
        try {
            // First by us, since the map would make it readable by everybody.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot create " + file + ": " + e, e);
        }
        BytesStore<?, ?> zeros = BytesStore.nativeStoreWithFixedCapacity(SlotRecord.BYTES);
        try (ChronicleMap<Integer, SlotEntry> map = builder(slots).createPersistedTo(file.toFile())) {
            SlotEntry entry = new SlotEntry();
            entry.bytesStore(zeros, 0, SlotRecord.BYTES);
            for (int slot = 0; slot < slots; slot++) {
                map.put(slot, entry);
            }
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot build the registry " + file + ": " + e, e);
        } finally {
            zeros.releaseLast();
        }
    }

    /**
     * Opens a registry that {@link #create} built.
     *
     * @throws SharedMemoryException IN_USE if another class loader of this JVM has it open; ABSENT, CORRUPT
     */
    public static Registry open(Path file, int slots) {
        if (!Files.exists(file)) {
            // The map would make one.
            throw new SharedMemoryException(Kind.ABSENT, file + " is missing");
        }
        try {
            return new Registry(builder(slots).createPersistedTo(file.toFile()), slots);
        } catch (OverlappingFileLockException e) {
            throw new SharedMemoryException(
                    Kind.IN_USE,
                    "another class loader of this JVM has the pool of " + file
                            + " open; a JVM is one participant: put arrow-shm into Flink's lib/ directory",
                    e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.CORRUPT, "cannot open the registry " + file + ": " + e, e);
        } catch (RuntimeException | AssertionError e) {
            // Whatever the map finds where its header should be.
            throw new SharedMemoryException(Kind.CORRUPT, "the registry " + file + " is damaged: " + e, e);
        }
    }

    public int slots() {
        return slots;
    }

    /** Address of the slot's {@link SlotRecord}, for as long as this registry is open. */
    public long address(int slot) {
        long address = addresses.getPlain(slot);
        if (address == 0) {
            SlotEntry entry = map.getUsing(slot, new SlotEntry());
            if (entry == null) {
                throw new SharedMemoryException(
                        Kind.CORRUPT, "the registry " + map.file() + " has no slot " + slot + " of " + slots);
            }
            address = entry.address();
            addresses.setPlain(slot, address);
        }
        return address;
    }

    @Override
    public void close() {
        map.close();
    }

    private static ChronicleMapBuilder<Integer, SlotEntry> builder(int slots) {
        return ChronicleMapBuilder.of(Integer.class, SlotEntry.class)
                .name("arrow-shm")
                .entries(slots)
                .entryAndValueOffsetAlignment(Long.BYTES)
                .actualSegments(1)
                // At the JVM's end it would unmap what the reaper and running tasks still read: the JVM would crash.
                .skipCloseOnExitHook(true)
                .checksumEntries(false);
    }
}
