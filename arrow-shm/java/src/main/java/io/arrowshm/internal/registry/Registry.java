package io.arrowshm.internal.registry;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.Checksum;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.io.File;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.logging.Level;
import java.util.logging.Logger;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/**
 * The Chronicle Map that holds a record for every slot. Chronicle Map builds it: all entries are inserted then and none
 * later. Whoever opens it afterwards goes straight to the records, where the file {@code records} says they are, and not
 * through the map: its locks do not survive the death of their holder, and it believes what the file says, so that a
 * damaged one would crash the JVM. Any thread.
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

    private final MappedFile file;
    // In units of eight bytes.
    private final int[] offsets;

    private Registry(MappedFile file, int[] offsets) {
        this.file = file;
        this.offsets = offsets;
    }

    /** Bytes that the files take at most: records, hash table, headers and offsets. */
    public static long mostBytes(int slots) {
        return HEADER_BYTES + 3L * slots * SlotRecord.BYTES;
    }

    /** Builds the files with a record of zeros, that is unbacked, for every slot; nobody else may see them yet. */
    public static void create(SafePath file, int slots) {
        long mark = new SecureRandom().nextLong();
        insert(file, slots, mark);
        MappedFile.create(offsetsFile(file), offsetsBytes(slots));
        try (MappedFile map = MappedFile.map(file);
                MappedFile offsets = MappedFile.map(offsetsFile(file))) {
            int found = 0;
            for (long offset = 0; offset <= map.length() - SlotRecord.BYTES; offset += Long.BYTES) {
                long record = map.address() + offset;
                if (Memory.getLong(record) == mark) {
                    Memory.putLong(offsets.address() + Memory.getLong(record + Long.BYTES) * Long.BYTES, offset);
                    Memory.fill(record, SlotRecord.BYTES, (byte) 0);
                    found++;
                }
            }
            if (found != slots) {
                throw new IllegalStateException(file + " has " + found + " records of " + slots);
            }
            long length = (long) slots * Long.BYTES;
            Memory.putLong(offsets.address() + length, Checksum.crc32c(offsets.address(), length));
        }
    }

    /**
     * Opens a registry that {@link #create} built.
     *
     * @throws SharedMemoryException CORRUPT if the records are not where they can be
     */
    public static Registry open(SafePath file, int slots) {
        MappedFile map = MappedFile.map(file);
        try {
            return new Registry(map, readOffsets(offsetsFile(file), slots, map.length()));
        } catch (RuntimeException e) {
            map.close();
            throw e;
        }
    }

    public int slots() {
        return offsets.length;
    }

    /** Address of the slot's {@link SlotRecord}, for as long as this registry is open. */
    public long address(int slot) {
        return file.address() + (long) offsets[slot] * Long.BYTES;
    }

    @Override
    public void close() {
        file.close();
    }

    private static int[] readOffsets(SafePath path, int slots, long fileBytes) {
        int[] result = new int[slots];
        long length = (long) slots * Long.BYTES;
        try (MappedFile file = MappedFile.map(path, offsetsBytes(slots))) {
            if (Checksum.crc32c(file.address(), length) != Memory.getLong(file.address() + length)) {
                throw new SharedMemoryException(Kind.CORRUPT, path + " is damaged: its checksum is wrong");
            }
            for (int slot = 0; slot < slots; slot++) {
                long offset = Memory.getLong(file.address() + (long) slot * Long.BYTES);
                if (offset < 0 || offset > fileBytes - SlotRecord.BYTES || offset % Long.BYTES != 0) {
                    throw new SharedMemoryException(
                            Kind.CORRUPT,
                            path + " is damaged: the record of slot " + slot + " is said to be at " + offset + " of "
                                    + fileBytes + " bytes");
                }
                result[slot] = (int) (offset / Long.BYTES);
            }
        }
        return result;
    }

    /** Every value is the mark and its slot, so that it is found in the file. */
    private static void insert(SafePath file, int slots, long mark) {
        BytesStore<?, ?> value = BytesStore.nativeStoreWithFixedCapacity(SlotRecord.BYTES);
        try (ChronicleMap<Integer, SlotEntry> map = emptyMap(file, slots)) {
            SlotEntry entry = new SlotEntry();
            entry.bytesStore(value, 0, SlotRecord.BYTES);
            value.writeLong(0, mark);
            for (int slot = 0; slot < slots; slot++) {
                value.writeLong(Long.BYTES, slot);
                map.put(slot, entry);
            }
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot build the registry " + file + ": " + e, e);
        } finally {
            value.releaseLast();
        }
    }

    private static ChronicleMap<Integer, SlotEntry> emptyMap(SafePath file, int slots) throws IOException {
        // Chronicle takes an empty file for a new one; one that it makes itself could be read by others.
        PrivateFiles.createFile(file);
        return ChronicleMapBuilder.of(Integer.class, SlotEntry.class)
                .name("arrow-shm")
                .entries(slots)
                .entryAndValueOffsetAlignment(Long.BYTES)
                .actualSegments(1)
                // At the JVM's end it would unmap under whoever is still building.
                .skipCloseOnExitHook(true)
                .checksumEntries(false)
                .createPersistedTo(new SafeFile(file));
    }

    /**
     * Chronicle opens what a file's canonical name is, the way to which others may be able to change: so that is what
     * it was given.
     */
    private static final class SafeFile extends File {
        private static final long serialVersionUID = 1;

        SafeFile(SafePath path) {
            super(path.access().toString());
        }

        @Override
        public File getCanonicalFile() {
            return this;
        }
    }

    private static SafePath offsetsFile(SafePath file) {
        return file.resolveSibling(PoolFiles.RECORDS);
    }

    /** Bytes of the file that says where the records are: a checksum stands behind them. */
    public static long offsetsBytes(int slots) {
        return (slots + 1L) * Long.BYTES;
    }
}
