package io.arrowshm.internal.allocator;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.SafePath;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of a slab: mapped on first use by this process and kept, so that its pages stay warm, until no slot names it
 * any more. No other file ever has its number. Any thread.
 */
final class SlabFile {
    private final SafePath path;
    private final long number;
    private volatile @Nullable MappedFile mapping;

    SlabFile(SafePath directory, long number) {
        this.number = number;
        path = directory.resolve(Long.toString(number));
    }

    /**
     * The names of all files of slabs that there are, whether the table has them or not. (A set of paths would have the JVM
     * make up how a record is hashed, which takes a tenth of the time that a process needs to open a pool.)
     */
    static Set<String> names(SafePath directory) {
        Set<String> names = new LinkedHashSet<>();
        for (SafePath file : directory.list()) {
            names.add(file.name());
        }
        names.remove(PoolFiles.SLAB_TABLE);
        return names;
    }

    SafePath path() {
        return path;
    }

    long number() {
        return number;
    }

    FileStatus status() {
        return FileStatus.of(path);
    }

    /** For who has not the creation lock: 0 if all slots have just left it, so that it is deleted. */
    long bytesTakenIfThere() {
        FileStatus status = FileStatus.ifThere(path);
        return status == null ? 0 : status.bytesTaken();
    }

    /**
     * Where a block is mapped; the caller has a claim on its slot.
     *
     * @throws SharedMemoryException CORRUPT if the file does not reach that far
     */
    long address(long offset, long bytes) {
        MappedFile open = mapping;
        MappedFile mapped = open == null ? map() : open;
        if (offset < 0 || offset > mapped.length() - bytes) {
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    path + " is cut: it has " + mapped.length() + " bytes, a block of " + bytes + " bytes begins at "
                            + offset);
        }
        return mapped.address() + offset;
    }

    /** Nobody in this process has a claim on any of its blocks. */
    synchronized void unmap() {
        MappedFile mapped = mapping;
        if (mapped != null) {
            mapping = null;
            mapped.close();
        }
    }

    private synchronized MappedFile map() {
        MappedFile mapped = mapping;
        if (mapped == null) {
            mapped = MappedFile.map(path);
            mapping = mapped;
        }
        return mapped;
    }
}
