package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.Registry;
import io.arrowshm.testing.Opened;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.LongUnaryOperator;
import java.util.zip.CRC32C;

/**
 * The files of a pool that nobody has open, for damage of any kind.
 *
 * @param directory of the pool
 */
record DamagedPool(Path directory, int slots) {
    Path file(String name) {
        return directory.resolve(name);
    }

    void delete(String file) throws IOException {
        Files.delete(file(file));
    }

    void truncate(String file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file(file), StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    /** Without memory for what comes new. */
    void extend(String file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file(file), StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    /** Takes a file's memory and leaves its length. */
    void punch(String file, long bytes) throws IOException {
        truncate(file, 0);
        extend(file, bytes);
    }

    void permit(String file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file(file), PosixFilePermissions.fromString(permissions));
    }

    void replace(String file, String from, String to) throws IOException {
        String text = Files.readString(file(file));
        assertThat(text).contains(from);
        Files.writeString(file(file), text.replace(from, to));
    }

    void put(String file, long offset, long value) throws IOException {
        try (FileChannel channel = FileChannel.open(file(file), StandardOpenOption.WRITE)) {
            channel.write(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0, value),
                    offset);
        }
    }

    long get(String file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file(file))) {
            ByteBuffer value = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            channel.read(value, offset);
            return value.getLong(0);
        }
    }

    /** Changes the ownership word of a slot. */
    void changeWord(int slot, LongUnaryOperator change) {
        try (Registry registry = registry()) {
            long address = registry.address(slot);
            Memory.putLongVolatile(address, change.applyAsLong(Memory.getLongVolatile(address)));
        }
    }

    /** Sets a field of a slot's record. */
    void putIntoSlot(int slot, int field, long value) {
        try (Registry registry = registry()) {
            Memory.putLongVolatile(registry.address(slot) + field, value);
        }
    }

    /** Changes 8 bytes of a segment. */
    void putIntoSegment(int slot, int offset, long value) throws IOException {
        SlabEntries.Entry slab = slabOf(slot);
        put(slab.file().relative(), slab.offset(slot) + offset, value);
    }

    /**
     * Changes 8 bytes of a segment, as if it had been sealed so.
     *
     * @param offset counted from the end if it is negative
     */
    void sealWith(int slot, int offset, long value) throws IOException {
        try (Registry registry = registry()) {
            long length = Memory.getLong(registry.address(slot) + SlotRecord.LENGTH);
            putIntoSegment(slot, offset < 0 ? (int) length + offset : offset, value);
            SlabEntries.Entry slab = slabOf(slot);
            byte[] file = Files.readAllBytes(file(slab.file().relative()));
            CRC32C checksum = new CRC32C();
            checksum.update(file, (int) slab.offset(slot), (int) length);
            Memory.putLong(registry.address(slot) + SlotRecord.CHECKSUM, checksum.getValue());
        }
    }

    private Registry registry() {
        return Opened.with(file("registry.cm3"), file -> Registry.open(file, slots));
    }

    private SlabEntries.Entry slabOf(int slot) {
        try (DirectoryHandle opened = DirectoryHandle.open(directory);
                SlabEntries slabs = new SlabEntries(opened.path(), slots)) {
            return slabs.read().stream()
                    .filter(entry -> entry.slots().anyMatch(other -> other == slot))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
