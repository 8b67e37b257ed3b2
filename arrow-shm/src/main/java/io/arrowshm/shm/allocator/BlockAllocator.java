package io.arrowshm.shm.allocator;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.PoolFiles;
import io.arrowshm.shm.memory.ByteLocks;
import io.arrowshm.shm.memory.MappedFile;
import io.arrowshm.shm.registry.Hints;
import io.arrowshm.shm.registry.Ownership;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives out blocks: a free one of the smallest size that fits, the lowest first so that few and warm pages are used; else
 * of a new slab while the budget lasts; else a larger free one. No system call unless a slab is created. Any thread.
 */
public final class BlockAllocator implements AutoCloseable {
    // A slab is about this share of the budget, so that a pool of any size has some hundred mappings, not 65,536.
    private static final int SLABS_PER_BUDGET = 256;
    private static final long LARGEST_SHARED_SLAB = 64L << 20;
    private static final Duration CREATION_TIMEOUT = Duration.ofSeconds(10);
    private static final long POLL_NANOS = 100_000;
    static final int CREATION_LOCK = 0;

    private final Path directory;
    private final long budget;
    private final int slots;
    private final Ownership ownership;
    private final Hints hints;
    private final SlabTable table;
    private final ByteLocks locks;
    // One object of locks does not exclude itself: first among the threads of this JVM.
    private final Semaphore creation = new Semaphore(1);

    /**
     * @param directory of the pool
     * @param budget bytes that all slabs together may take
     */
    public BlockAllocator(Path directory, long budget, Ownership ownership) {
        this.directory = directory;
        this.budget = budget;
        this.ownership = ownership;
        slots = ownership.slots().count();
        hints = ownership.slots().hints();
        table = new SlabTable(directory, slots);
        locks = new ByteLocks(tableFile(directory));
    }

    /** Makes the slab directory of a pool that is being built. */
    public static void create(Path poolDirectory, int slots) throws IOException {
        Files.createDirectory(
                poolDirectory.resolve(PoolFiles.SLABS),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        MappedFile.create(tableFile(poolDirectory), SlabTable.bytes(slots));
    }

    /**
     * Allocates a block for a segment of at least so many bytes; the caller's participant is building it.
     *
     * @throws SharedMemoryException FULL if no free block is large enough and the budget or the file system has no room
     */
    public Block allocate(long bytes) {
        long blockBytes = SizeClasses.blockBytes(bytes);
        if (blockBytes > budget) {
            throw full(bytes, blockBytes, "no segment of this pool can be that large");
        }
        Block block = takeFree(blockBytes, blockBytes);
        SharedMemoryException noSlab = null;
        if (block == null) {
            try {
                block = takeFromNewSlab(blockBytes);
            } catch (SharedMemoryException e) {
                // The file system is full, or somebody is stuck in there: a larger block may still be free.
                noSlab = e;
            }
        }
        if (block == null) {
            block = takeFree(blockBytes, Long.MAX_VALUE);
        }
        if (block == null) {
            // Hints that somebody lost by dying come back before the pool is called full.
            repairHints();
            block = takeFree(blockBytes, Long.MAX_VALUE);
        }
        if (block == null) {
            throw noSlab != null ? noSlab : full(bytes, blockBytes, "every block that is large enough is in use");
        }
        return block;
    }

    /** The memory of a slot that this process holds. */
    public Block block(int slot) {
        return table.slabOf(slot).block(slot);
    }

    /** One past the highest slot that has memory. */
    public int slotsInUse() {
        table.refresh();
        return table.slotsInUse();
    }

    /** Bytes that all slabs take. */
    public long bytesBacked() {
        table.refresh();
        return table.slabs().stream().mapToLong(Slab::bytes).sum();
    }

    @Override
    public void close() {
        table.close();
        locks.close();
    }

    private @Nullable Block takeFree(long smallest, long largest) {
        for (Slab slab : table.slabs()) {
            if (slab.blockBytes() >= smallest && slab.blockBytes() <= largest) {
                int slot = hints.take(slab.firstSlot(), slab.endSlot());
                while (slot >= 0) {
                    if (ownership.tryAllocate(slot)) {
                        return slab.block(slot);
                    }
                    slot = hints.take(slab.firstSlot(), slab.endSlot());
                }
            }
        }
        return null;
    }

    private @Nullable Block takeFromNewSlab(long blockBytes) {
        long deadline = System.nanoTime() + CREATION_TIMEOUT.toNanos();
        lockCreation(deadline);
        try {
            table.refresh();
            backNewestSlab();
            Block block = takeFree(blockBytes, blockBytes);
            if (block != null || !addSlab(blockBytes)) {
                return block;
            }
            return takeFree(blockBytes, blockBytes);
        } finally {
            locks.unlock(CREATION_LOCK);
            creation.release();
        }
    }

    private boolean addSlab(long blockBytes) {
        long left = budget - table.slabs().stream().mapToLong(Slab::bytes).sum();
        int blocks = (int) Math.min(blocksPerSlab(blockBytes), Math.min(left / blockBytes, slots - table.slotsInUse()));
        if (blocks <= 0) {
            return false;
        }
        Path path = table.nextPath();
        try {
            // Left by a process that died before the slab existed.
            Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot delete " + path + ": " + e, e);
        }
        MappedFile.create(path, blockBytes * blocks);
        table.add(blockBytes, blocks);
        backNewestSlab();
        return true;
    }

    /** Frees the slots of the newest slab, also where its creator died before he had done so. */
    private void backNewestSlab() {
        if (!table.slabs().isEmpty()) {
            Slab newest = table.slabs().get(table.slabs().size() - 1);
            for (int slot = newest.firstSlot(); slot < newest.endSlot(); slot++) {
                ownership.back(slot);
            }
        }
    }

    private long blocksPerSlab(long blockBytes) {
        return Math.max(1, Math.min(budget / SLABS_PER_BUDGET, LARGEST_SHARED_SLAB) / blockBytes);
    }

    private void repairHints() {
        table.refresh();
        for (int slot = 0; slot < table.slotsInUse(); slot++) {
            ownership.slots().repairHint(slot);
        }
    }

    private void lockCreation(long deadline) {
        boolean first = false;
        while (!(first || (first = creation.tryAcquire())) || !locks.tryLock(CREATION_LOCK)) {
            if (System.nanoTime() - deadline > 0) {
                if (first) {
                    creation.release();
                }
                throw new SharedMemoryException(
                        Kind.FULL,
                        "somebody else has been creating a slab in " + directory + " for more than "
                                + CREATION_TIMEOUT.toSeconds() + " s, and no block that is large enough is free");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    private SharedMemoryException full(long bytes, long blockBytes, String why) {
        return new SharedMemoryException(
                Kind.FULL,
                String.format(
                        Locale.ROOT,
                        "the pool %s is full: wanted %,d bytes (a block of %,d), budget %,d, in slabs %,d: %s; release"
                                + " segments or give the pool a larger size",
                        directory,
                        bytes,
                        blockBytes,
                        budget,
                        bytesBacked(),
                        why));
    }

    private static Path tableFile(Path poolDirectory) {
        return poolDirectory.resolve(PoolFiles.SLABS).resolve(PoolFiles.SLAB_TABLE);
    }
}
