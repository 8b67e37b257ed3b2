package io.arrowshm.shm.allocator;

import io.arrowshm.shm.memory.MappedFile;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** One file of equal blocks. Mapped on first use by this process and kept, so that its pages stay warm. Any thread. */
final class Slab {
    private final Path path;
    private final long blockBytes;
    private final int firstSlot;
    private final int blockCount;
    private volatile @Nullable MappedFile mapping;

    Slab(Path path, long blockBytes, int firstSlot, int blockCount) {
        this.path = path;
        this.blockBytes = blockBytes;
        this.firstSlot = firstSlot;
        this.blockCount = blockCount;
    }

    Path path() {
        return path;
    }

    /** Where in the file the slot's block begins. */
    long offset(int slot) {
        return (slot - firstSlot) * blockBytes;
    }

    long blockBytes() {
        return blockBytes;
    }

    int firstSlot() {
        return firstSlot;
    }

    /** One past the last slot. */
    int endSlot() {
        return firstSlot + blockCount;
    }

    long bytes() {
        return blockBytes * blockCount;
    }

    Block block(int slot) {
        return new Block(slot, mapped().address() + offset(slot), blockBytes);
    }

    synchronized void unmap() {
        MappedFile mapped = mapping;
        if (mapped != null) {
            mapped.close();
        }
    }

    private MappedFile mapped() {
        MappedFile mapped = mapping;
        return mapped == null ? map() : mapped;
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
