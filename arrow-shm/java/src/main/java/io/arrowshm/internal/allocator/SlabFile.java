package io.arrowshm.internal.allocator;

import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.layout.SlabRecord;
import io.arrowshm.internal.memory.FileMemory;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a slab: mapped on first use by this process and kept, so that its pages stay warm, until another file takes
 * its place, which happens only while nobody has a claim on any of its slots. Any thread.
 */
final class SlabFile {
    private final SafePath directory;
    private final int index;
    private final long recordAddress;
    private final long length;
    private volatile @Nullable Mapping mapping;

    /**
     * @param index of the slab
     * @param recordAddress of its entry in the table, which says how often the file was replaced
     * @param length in bytes
     */
    SlabFile(SafePath directory, int index, long recordAddress, long length) {
        this.directory = directory;
        this.index = index;
        this.recordAddress = recordAddress;
        this.length = length;
    }

    SafePath path() {
        return path(version());
    }

    /** The name has the version of the record, once there is one. */
    static SafePath path(SafePath directory, int index, long version) {
        return directory.resolve(version == 0 ? Integer.toString(index) : index + "." + version);
    }

    /** All files of slabs that there are, whether the table names them or not. */
    static Set<SafePath> all(SafePath directory) {
        Set<SafePath> files = new LinkedHashSet<>(directory.list());
        files.remove(directory.resolve(PoolFiles.SLAB_TABLE));
        return files;
    }

    long length() {
        return length;
    }

    /** Address of the first byte; the caller has a claim on one of the slots. */
    long address() {
        Mapping mapped = mapping;
        return mapped != null && mapped.version == version() ? mapped.file.address() : map();
    }

    /** Another file takes its place; the caller has the creation lock, and all slots are unbacked. */
    void replaceBy(SafePath other) {
        long version = version();
        FileMemory.move(other, path(version + 1));
        FaultPoint.SLAB_FILE_WITHOUT_ENTRY.reached();
        Memory.putLongVolatile(recordAddress + SlabRecord.VERSION, version + 1);
        FaultPoint.SLAB_FILE_REPLACED.reached();
        PrivateFiles.delete(path(version));
    }

    synchronized void unmap() {
        Mapping mapped = mapping;
        if (mapped != null) {
            mapped.file.close();
        }
    }

    private synchronized long map() {
        long version = version();
        Mapping mapped = mapping;
        if (mapped == null || mapped.version != version) {
            Mapping old = mapped;
            mapped = new Mapping(version, MappedFile.map(path(version), length));
            mapping = mapped;
            if (old != null) {
                old.file.close();
            }
        }
        return mapped.file.address();
    }

    private long version() {
        return Memory.getLongVolatile(recordAddress + SlabRecord.VERSION);
    }

    private SafePath path(long version) {
        return path(directory, index, version);
    }

    private record Mapping(long version, MappedFile file) {}
}
