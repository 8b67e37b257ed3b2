package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.Block;
import io.arrowshm.internal.arrow.ArrowConversion;
import io.arrowshm.internal.arrow.ArrowFile;
import io.arrowshm.internal.arrow.TableDescription;
import io.arrowshm.internal.layout.SegmentMagic;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes files that other runtimes wrote segments: in place, by copying them, or by conversion if they cannot be read in
 * place. All of a file is looked at first: in the pool it could not be refused any more. Any thread.
 */
final class Adoption {
    // Copying less takes less time than mapping a file of its own.
    private static final long SMALLEST_IN_PLACE = 1 << 20;

    private final PoolCore core;
    private final ArrayLook arrays;

    Adoption(PoolCore core, ArrayLook arrays) {
        this.core = core;
        this.arrays = arrays;
    }

    /**
     * A segment, and what it is, for people.
     *
     * @param memory of which the caller has one count
     */
    record Described(PooledMemory memory, String description) {}

    /**
     * Makes a file a segment; the file is gone then.
     *
     * @throws SharedMemoryException ABSENT, ARGUMENT, CORRUPT, NO_PERMISSION, FULL: then the file stays where it is, and if
     *     it is the file that is wrong, the reason is beside it
     */
    PooledMemory adopt(String name) {
        SafePath file = core.names().incoming().file(name);
        RefusalNote note = new RefusalNote(file);
        try {
            PooledMemory adopted = adopt(file);
            note.delete();
            return adopted;
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.CORRUPT || e.kind() == Kind.ARGUMENT) {
                note.write(e);
            }
            throw e;
        }
    }

    /**
     * A segment with what is in a file, which stays.
     *
     * @param goOn whether it is wanted, asked now and then
     * @throws SharedMemoryException ABSENT, ARGUMENT, CORRUPT, NO_PERMISSION, FULL; CLOSED if it is not wanted any more
     */
    Described copy(SafePath file, BooleanSupplier goOn) {
        long length = length(file);
        PooledMemory memory = copy(file, length, address -> PrivateFiles.readInto(address, length, file, goOn));
        return described(file, memory);
    }

    /**
     * A segment with what is in a file outside of the pool, which stays.
     *
     * @param moved is told how many bytes more were read, by any thread
     * @throws SharedMemoryException ABSENT, ARGUMENT, CORRUPT, NO_PERMISSION, FULL
     */
    PooledMemory copy(Path path, LongConsumer moved) {
        try (OutsideFile file = OutsideFile.open(path)) {
            return copy(file, file.length(), address -> file.readInto(address, moved));
        }
    }

    /** @param read writes the file to an address and returns how many bytes it has */
    private PooledMemory copy(Object file, long length, LongUnaryOperator read) {
        Block block = core.allocateBlock(length);
        boolean sealed = false;
        try {
            if (read.applyAsLong(block.address()) != length) {
                throw new SharedMemoryException(
                        Kind.ARGUMENT,
                        "cannot adopt " + file + ": somebody is still writing it; rename it when it is complete");
            }
            ArrowConversion conversion = look(file, block.address(), length, core);
            if (conversion != null) {
                return converted(conversion, () -> {});
            }
            core.seal(block.slot(), block.address(), length);
            sealed = true;
        } finally {
            if (!sealed) {
                core.ownership().release(block.slot());
            }
        }
        return new PooledMemory(core, block, length);
    }

    private PooledMemory adopt(SafePath file) {
        long length = length(file);
        if (length < SMALLEST_IN_PLACE) {
            Described copy = copy(file, () -> true);
            boolean adopted = false;
            try {
                deleteAdopted(file);
                adopted = true;
                return copy.memory;
            } finally {
                if (!adopted) {
                    copy.memory.release();
                }
            }
        }
        try (MappedFile source = MappedFile.map(file)) {
            ArrowConversion conversion = look(file, source.address(), source.length(), source);
            if (conversion != null) {
                return converted(conversion, () -> deleteAdopted(file));
            }
        }
        Block block = core.allocator().adopt(file, length);
        core.seal(block.slot(), block.address(), length);
        return new PooledMemory(core, block, length);
    }

    private static long length(SafePath file) {
        FileStatus status = FileStatus.ifThere(file);
        if (status == null) {
            throw new SharedMemoryException(Kind.ABSENT, "cannot adopt " + file + ": it is not there");
        }
        if (status.bytes() == 0 || status.type() != FileStatus.Type.FILE) {
            throw new SharedMemoryException(Kind.ARGUMENT, "cannot adopt " + file + ": it is empty or not a file");
        }
        // The process that wrote it had an umask of its own.
        PrivateFiles.makePrivate(file);
        checkMagic(file, PrivateFiles.read(file, SegmentMagic.BYTES));
        return status.bytes();
    }

    /** @throws SharedMemoryException CORRUPT */
    static void checkMagic(Object file, byte[] start) {
        if (!SegmentMagic.isKnown(start)) {
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    "cannot adopt " + file
                            + ": it begins as no Arrow file or stream, Arrow tensor message or .npy file");
        }
    }

    /** Looks at all of it, and returns what is to become of it if it cannot stay as it is. */
    private @Nullable ArrowConversion look(Object file, long address, long length, Object owner) {
        if (isArrow(address, length)) {
            ArrowConversion conversion = ArrowConversion.of(file::toString, address, length);
            if (conversion == null) {
                try (ArrowFile arrow = ArrowFile.open(file::toString, address, length, () -> {})) {
                    arrow.validate();
                }
            }
            return conversion;
        }
        try (ArrayMemory memory = new ArrayMemory(file::toString, address, length, owner)) {
            arrays.describe(memory);
        }
        return null;
    }

    /** Takes the memory over. */
    private Described described(SafePath file, PooledMemory memory) {
        boolean described = false;
        try {
            Described result = new Described(memory, description(file, memory));
            described = true;
            return result;
        } finally {
            if (!described) {
                memory.release();
            }
        }
    }

    private String description(SafePath file, PooledMemory memory) {
        if (!isArrow(memory.address(), memory.length())) {
            try (ArrayMemory array = new ArrayMemory(file::toString, memory.address(), memory.length(), core)) {
                return arrays.describe(array);
            }
        }
        try (ArrowFile arrow = ArrowFile.open(file::toString, memory.address(), memory.length(), () -> {})) {
            long rows = 0;
            for (int batch = 0; batch < arrow.batchCount(); batch++) {
                rows += arrow.batch(batch).getRowCount();
            }
            return TableDescription.of(arrow.schema(), rows);
        }
    }

    private static boolean isArrow(long address, long length) {
        return SegmentMagic.isArrowFile(Memory.bytes(address, SegmentMagic.BYTES))
                || ArrowConversion.isStream(address, length);
    }

    /** @param last done when it is written, and before others can see it */
    private PooledMemory converted(ArrowConversion conversion, Runnable last) {
        Block block = core.allocateBlock(conversion.bytes());
        boolean converted = false;
        try {
            conversion.writeTo(block.address());
            last.run();
            converted = true;
        } finally {
            if (!converted) {
                core.ownership().release(block.slot());
            }
        }
        core.seal(block.slot(), block.address(), conversion.bytes());
        return new PooledMemory(core, block, conversion.bytes());
    }

    /** Last, and by one adopter only: whoever is killed before leaves the file. */
    private static void deleteAdopted(SafePath file) {
        if (!PrivateFiles.delete(file)) {
            throw new SharedMemoryException(Kind.ABSENT, "cannot adopt " + file + ": it is gone");
        }
    }
}
