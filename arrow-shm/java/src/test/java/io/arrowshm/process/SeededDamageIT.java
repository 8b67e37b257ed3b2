package io.arrowshm.process;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.MUTABLE;
import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.internal.layout.OwnershipWord.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.inspect.Invariant;
import io.arrowshm.inspect.Verification;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.inspect.Violation;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.layout.ChannelRecord;
import io.arrowshm.internal.layout.EpochRecord;
import io.arrowshm.internal.layout.NamesRecord;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.ParticipantRecord;
import io.arrowshm.internal.layout.SlabRecord;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.Registry;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.PoolProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damages a copy of what a killed process has left in the way of each invariant: exactly that is found. */
class SeededDamageIT {
    private static final String NAME = "damage-it-" + ProcessHandle.current().pid();
    private static final PoolOptions ORIGINAL = PoolOptions.named(NAME);
    private static final int SLOTS = 1024;
    private static final int UNUSED_SLOT = SLOTS - 1;
    /** Held by participant 0. */
    private static int held;
    /** In flight from epoch 1. */
    private static int sent;
    /** Never used, with memory. */
    private static int free;
    /** A tensor message, held by participant 0. */
    private static int tensor;
    /** An .npy file, held by participant 0. */
    private static int npy;
    /** In the dataset d, held by participant 0. */
    private static int named;

    private Path base;
    private Path directory;

    @FunctionalInterface
    interface Damage {
        void to(Path pool) throws IOException;
    }

    @BeforeAll
    static void leavePool() throws IOException {
        SharedMemoryPool.open(ORIGINAL.withSizeBytes(16 << 20).withSlots(SLOTS).withChecksums(true))
                .close();
        try (Child child = Child.start(NAME)) {
            assertThat(child.read()).startsWith("pool ");
            child.ask("hold 1");
            child.ask("build");
            child.ask("send 3");
            child.ask("array <i8 1000");
            child.ask("array <U5 1000");
            child.ask("name d 9");
        }
        Path pool = Path.of(ORIGINAL.directory(), NAME).toRealPath();
        held = -1;
        sent = -1;
        free = -1;
        tensor = -1;
        npy = -1;
        named = -1;
        long tensorBytes = PoolProcess.array("<i8", "1000").bytes();
        long npyBytes = PoolProcess.array("<U5", "1000").bytes();
        try (Registry registry = Registry.open(pool.resolve("registry.cm3"), SLOTS)) {
            for (int slot = 0; slot < SLOTS; slot++) {
                long word = Memory.getLongVolatile(registry.address(slot));
                long length = Memory.getLong(registry.address(slot) + SlotRecord.LENGTH);
                if (OwnershipWord.inFlight(word) > 0) {
                    sent = slot;
                } else if (OwnershipWord.isNamed(word)) {
                    named = slot;
                } else if (OwnershipWord.state(word) == SEALED && length == tensorBytes) {
                    tensor = slot;
                } else if (OwnershipWord.state(word) == SEALED && length == npyBytes) {
                    npy = slot;
                } else if (OwnershipWord.state(word) == SEALED) {
                    held = slot;
                } else if (OwnershipWord.state(word) == FREE && free < 0) {
                    free = slot;
                }
            }
        }
        assertThat(List.of(held, sent, free, tensor, npy, named))
                .doesNotContain(-1)
                .doesNotHaveDuplicates();
    }

    @AfterAll
    static void removePool() {
        assertThat(SharedMemoryPool.remove(ORIGINAL)).isTrue();
    }

    @BeforeEach
    void copyPool() throws IOException {
        base = Files.createTempDirectory(Path.of(ORIGINAL.directory()), "copy-" + NAME + "-");
        Path original = Path.of(ORIGINAL.directory(), NAME).toRealPath();
        directory = base.resolve(original.getFileName());
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(original.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.createSymbolicLink(base.resolve(NAME), directory.getFileName());
    }

    @AfterEach
    void removeCopy() throws IOException {
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    static Stream<Arguments> damages() {
        return Stream.of(
                json(Invariant.DESCRIPTION, "\"slots\":1024", "\"slots\":-5"),
                json(Invariant.DESCRIPTION, "\"sizeBytes\":16777216", "\"sizeBytes\":0"),
                json(Invariant.DESCRIPTION, "\"poolId\":\"", "\"poolId\":\"x"),
                json(Invariant.DESCRIPTION, "{", "["),
                json(Invariant.BOOT, "\"bootId\":\"", "\"bootId\":\"x"),
                row(Invariant.FILES, "a short file", pool -> truncate(pool.resolve("generations"), 64)),
                row(Invariant.FILES, "a file without memory", pool -> {
                    truncate(pool.resolve("epochs"), 0);
                    extend(pool.resolve("epochs"), 2048 * EpochRecord.BYTES);
                }),
                row(Invariant.FILES, "a missing file", pool -> Files.delete(pool.resolve("leases"))),
                row(Invariant.FILES, "an empty registry", pool -> truncate(pool.resolve("registry.cm3"), 0)),
                row(Invariant.REGISTRY, "an offset", pool -> put(pool, "records", 8, 0x4141414141414141L)),
                row(Invariant.REGISTRY, "the checksum of offsets", pool -> put(pool, "records", SLOTS * 8L, 1)),
                row(Invariant.PERMISSIONS, "an open directory", pool -> mode(pool, "rwxr-xr-x")),
                row(Invariant.FILES, "a missing directory", pool -> Files.delete(pool.resolve("incoming"))),
                row(Invariant.PERMISSIONS, "an open manifest", pool -> mode(pool.resolve("names/d.json"), "rw-r--r--")),
                row(Invariant.PERMISSIONS, "an open slab", pool -> mode(pool.resolve("slabs/0"), "rw-r-----")),
                row(
                        Invariant.PERMISSIONS,
                        "an open directory in it",
                        pool -> mode(pool.resolve("incoming"), "rwxr-xr-x")),
                row(Invariant.PERMISSIONS, "an open file", pool -> mode(pool.resolve("hints"), "rw-r--r--")),
                row(
                        Invariant.SLAB_RECORD,
                        "a block size",
                        pool -> put(pool, "slabs/table", SlabRecord.BLOCK_BYTES, 7777)),
                row(Invariant.SLAB_RECORD, "slots", pool -> put(pool, "slabs/table", SlabRecord.FIRST_SLOT, 3)),
                row(Invariant.SLAB_FILE, "a slab file", pool -> Files.delete(pool.resolve("slabs/1"))),
                row(Invariant.SLAB_FILE, "its length", pool -> extend(pool.resolve("slabs/0"), 1 << 20)),
                row(Invariant.SLAB_FILE, "its memory", pool -> {
                    long bytes = Files.size(pool.resolve("slabs/1"));
                    truncate(pool.resolve("slabs/1"), 0);
                    extend(pool.resolve("slabs/1"), bytes);
                }),
                row(Invariant.UNLISTED_SLAB, "a file", pool -> Files.createFile(pool.resolve("slabs/99"))),
                json(Invariant.BUDGET, "\"sizeBytes\":16777216", "\"sizeBytes\":4096"),
                word(Invariant.STATE, "state 7", free, word -> of(7, 0, 0, 0, 1)),
                word(Invariant.STATE, "no slab", UNUSED_SLOT, word -> of(FREE, 0, 0, 0, 0)),
                word(Invariant.CLAIMS, "a free slot that is held", free, word -> of(FREE, 0, 0, 0, 1)),
                word(Invariant.CLAIMS, "an unbacked slot that is held", free, word -> of(UNBACKED, 0, 0, 0, 1)),
                word(Invariant.CLAIMS, "a builder that has sent", held, word -> of(BUILDING, 1, 1, 1, 1)),
                word(Invariant.CLAIMS, "a sealed slot without a claim", held, word -> of(SEALED, 1, 0, 0, 0)),
                word(Invariant.CREATOR, "mutable without creator", held, word -> of(MUTABLE, 1, 1, 1, 0)),
                row(Invariant.CREATOR, "a creator", pool -> slot(pool, held, SlotRecord.CREATOR, 99)),
                word(Invariant.HOLDER, "a holder", held, word -> word | OwnershipWord.holderBit(5)),
                word(Invariant.EPOCH, "an unused epoch", sent, word -> of(SEALED, 1, 77, 1, 0)),
                word(Invariant.EPOCH, "in flight from nobody", held, word -> of(SEALED, 1, 0, 3, 1)),
                row(Invariant.GENERATION, "none", pool -> put(pool, "generations", held * 8L, 0)),
                row(Invariant.LENT, "a generation to come", pool -> slot(pool, held, SlotRecord.LENT_GENERATION, 9)),
                word(Invariant.LENT, "lent without a mark", held, word -> word | FOREIGN),
                row(Invariant.LENGTH, "a length", pool -> slot(pool, sent, SlotRecord.LENGTH, 1L << 40)),
                row(Invariant.LENGTH, "below zero", pool -> slot(pool, sent, SlotRecord.LENGTH, -1)),
                row(
                        Invariant.PARTICIPANT_RECORD,
                        "a process id",
                        pool -> put(pool, "participants", ParticipantRecord.PROCESS_ID, -4)),
                row(
                        Invariant.PARTICIPANT_RECORD,
                        "a command",
                        pool -> put(pool, "participants", ParticipantRecord.COMMAND_LENGTH, 5000)),
                row(Invariant.EPOCH_RECORD, "a state", pool -> put(pool, "epochs", 9 * EpochRecord.BYTES, 5)),
                row(
                        Invariant.EPOCH_RECORD,
                        "a name",
                        pool -> put(pool, "epochs", EpochRecord.BYTES + EpochRecord.NAME_LENGTH, 5000)),
                row(Invariant.CHANNEL, "a sender", pool -> put(pool, "channels", ChannelRecord.SENDER, 99)),
                row(Invariant.CHANNEL, "a receiver", pool -> {
                    put(pool, "channels", ChannelRecord.SENDER, 1);
                    put(pool, "channels", ChannelRecord.RECEIVER, 99);
                }),
                word(Invariant.NAMES, "a name that no manifest gives", tensor, word -> word | NAMED),
                word(Invariant.NAMES, "a manifest whose segment has no name", named, word -> word & ~NAMED),
                row(
                        Invariant.NAMES,
                        "a manifest of another generation",
                        pool -> manifest(pool, "tion\":1", "tion\":2")),
                row(Invariant.NAMES, "a manifest that cannot be read", pool -> manifest(pool, "{", "[")),
                row(Invariant.NAMES, "a dataset that outlives its creator", pool -> {
                    manifest(pool, "\"persistent\":true", "\"persistent\":false");
                    manifest(pool, "\"participant\":0", "\"participant\":7");
                }),
                row(Invariant.NAMES, "a segment in two datasets", pool -> {
                    Files.copy(
                            pool.resolve("names/d.json"),
                            pool.resolve("names/e.json"),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }),
                row(Invariant.NAMES, "a manifest written aside", pool -> {
                    Files.createFile(pool.resolve("names/.1"));
                    mode(pool.resolve("names/.1"), "rw-------");
                }),
                row(Invariant.CONTENT, "the first bytes", pool -> content(pool, held, 0, 0x1111111111111111L)),
                row(Invariant.CONTENT, "a batch", pool -> sealedContent(pool, held, 16, -1)),
                row(Invariant.CONTENT, "a tensor", pool -> sealedContent(pool, tensor, 16, -1)),
                row(Invariant.CONTENT, "an array of strings", pool -> sealedContent(pool, npy, 16, -1)),
                row(Invariant.CHECKSUM, "a checksum", pool -> slot(pool, npy, SlotRecord.CHECKSUM, 1)),
                row(Invariant.CHECKSUM, "an element", pool -> content(pool, tensor, 4096, -1)),
                row(Invariant.CHECKSUM, "what is in flight", pool -> content(pool, sent, 64, -1)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("damages")
    void exactlyTheDamageIsFound(Invariant invariant, String what, Damage damage) throws IOException {
        assertThat(verify(true)).as("before the damage").isEmpty();
        damage.to(directory);
        List<Violation> found = verify(true);
        assertThat(found).as(what).isNotEmpty().allMatch(violation -> violation.invariant() == invariant);
        assertThat(found)
                .as("each says what stands there")
                .allMatch(violation -> !violation.what().isBlank());
    }

    @Test
    void damageInsideASegmentIsFoundOnlyByReadingIt() throws IOException {
        content(directory, held, 16, -1);
        assertThat(verify(false)).isEmpty();
        assertThat(verify(true)).extracting(Violation::invariant).containsExactly(Invariant.CHECKSUM);
    }

    @Test
    void whatTheNextRepairOfNamesPutsRightIsNoDamage() throws IOException {
        put(directory, "names/lock", NamesRecord.REPAIRS_REQUESTED, 1000);
        slot(directory, tensor, SlotRecord.WORD, of(SEALED, 1, 0, 0, 1 | NAMED));
        assertThat(verify(true)).isEmpty();
        slot(directory, named, SlotRecord.WORD, of(SEALED, 1, 0, 0, 1));
        assertThat(verify(true)).extracting(Violation::invariant).containsExactly(Invariant.NAMES);
    }

    private List<Violation> verify(boolean deep) {
        Verification found = Verifier.verify(ORIGINAL.withDirectory(base.toString()), deep);
        assertThat(found.notVerified()).isEmpty();
        return found.violations();
    }

    private static Arguments row(Invariant invariant, String what, Damage damage) {
        return arguments(invariant, what, damage);
    }

    private static Arguments json(Invariant invariant, String from, String to) {
        return row(invariant, to, pool -> {
            replace(pool.resolve("pool.json"), from, to);
        });
    }

    private static void replace(Path file, String from, String to) throws IOException {
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private static Arguments word(Invariant invariant, String what, int slot, LongUnaryOperator change) {
        return row(invariant, what, pool -> {
            try (Registry registry = Registry.open(pool.resolve("registry.cm3"), SLOTS)) {
                long address = registry.address(slot);
                Memory.putLongVolatile(address, change.applyAsLong(Memory.getLongVolatile(address)));
            }
        });
    }

    private static void slot(Path pool, int slot, int field, long value) {
        try (Registry registry = Registry.open(pool.resolve("registry.cm3"), SLOTS)) {
            Memory.putLongVolatile(registry.address(slot) + field, value);
        }
    }

    /** Changes 8 bytes of a segment, wherever its block lies. */
    private static void content(Path pool, int slot, int offset, long value) throws IOException {
        ByteBuffer table =
                ByteBuffer.wrap(Files.readAllBytes(pool.resolve("slabs/table"))).order(ByteOrder.LITTLE_ENDIAN);
        int slab = 0;
        while (slot
                >= table.getLong(slab * SlabRecord.BYTES + SlabRecord.FIRST_SLOT)
                        + table.getLong(slab * SlabRecord.BYTES + SlabRecord.BLOCK_COUNT)) {
            slab++;
        }
        long first = table.getLong(slab * SlabRecord.BYTES + SlabRecord.FIRST_SLOT);
        long blockBytes = table.getLong(slab * SlabRecord.BYTES + SlabRecord.BLOCK_BYTES);
        put(pool, "slabs/" + slab, (slot - first) * blockBytes + offset, value);
    }

    /** As if it had been sealed so. */
    private static void sealedContent(Path pool, int slot, int offset, long value) throws IOException {
        content(pool, slot, offset, value);
        try (SlabEntries slabs = new SlabEntries(pool, SLOTS);
                Registry registry = Registry.open(pool.resolve("registry.cm3"), SLOTS)) {
            SlabEntries.Entry slab = slabs.read().stream()
                    .filter(entry -> slot < entry.endSlot())
                    .findFirst()
                    .orElseThrow();
            byte[] file = Files.readAllBytes(slab.file());
            CRC32C checksum = new CRC32C();
            long length = Memory.getLong(registry.address(slot) + SlotRecord.LENGTH);
            checksum.update(file, (int) slab.offset(slot), (int) length);
            Memory.putLong(registry.address(slot) + SlotRecord.CHECKSUM, checksum.getValue());
        }
    }

    private static void manifest(Path pool, String from, String to) throws IOException {
        replace(pool.resolve("names/d.json"), from, to);
    }

    private static void put(Path pool, String file, long offset, long value) throws IOException {
        try (FileChannel channel = FileChannel.open(pool.resolve(file), StandardOpenOption.WRITE)) {
            channel.write(
                    ByteBuffer.allocate(Long.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putLong(0, value),
                    offset);
        }
    }

    private static void truncate(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(bytes);
        }
    }

    private static void extend(Path file, long bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), bytes - 1);
        }
    }

    private static void mode(Path file, String permissions) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
