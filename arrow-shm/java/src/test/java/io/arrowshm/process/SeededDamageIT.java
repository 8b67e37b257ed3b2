package io.arrowshm.process;

import static io.arrowshm.internal.layout.OwnershipWord.BUILDING;
import static io.arrowshm.internal.layout.OwnershipWord.FOREIGN;
import static io.arrowshm.internal.layout.OwnershipWord.FREE;
import static io.arrowshm.internal.layout.OwnershipWord.NAMED;
import static io.arrowshm.internal.layout.OwnershipWord.PARTICIPANTS;
import static io.arrowshm.internal.layout.OwnershipWord.SEALED;
import static io.arrowshm.internal.layout.OwnershipWord.UNBACKED;
import static io.arrowshm.internal.layout.OwnershipWord.of;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.arrowshm.inspect.Invariant;
import io.arrowshm.inspect.Verification;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.inspect.Violation;
import io.arrowshm.internal.layout.ChannelRecord;
import io.arrowshm.internal.layout.EpochRecord;
import io.arrowshm.internal.layout.NamesRecord;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.ParticipantRecord;
import io.arrowshm.internal.layout.Place;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Damages a copy of what a killed process has left in the way of each invariant: exactly that is found. */
class SeededDamageIT {
    private static final int SLOTS = 1024;
    private static final int UNUSED_SLOT = SLOTS - 1;

    @RegisterExtension
    static final TestPool ORIGINAL = TestPool.with(
            options -> options.withSizeBytes(16 << 20).withSlots(SLOTS).withChecksums(true));

    private static LeftSlots left;

    private Path base;
    private DamagedPool copy;

    @FunctionalInterface
    interface Damage {
        void to(DamagedPool pool) throws IOException;
    }

    @BeforeAll
    static void leavePool() throws IOException {
        Path directory = ORIGINAL.pool().directory();
        ORIGINAL.leave();
        LeftSlots.leaveIn(ORIGINAL.name());
        left = LeftSlots.find(directory, SLOTS);
    }

    @BeforeEach
    void copyPool() throws IOException {
        base = Files.createTempDirectory(ORIGINAL.parent(), "copy-" + ORIGINAL.name() + "-");
        Path original = ORIGINAL.parent().resolve(ORIGINAL.name()).toRealPath();
        copy = new DamagedPool(base.resolve(original.getFileName()), SLOTS);
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file, copy.directory().resolve(original.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Files.createSymbolicLink(base.resolve(ORIGINAL.name()), original.getFileName());
    }

    @AfterEach
    void removeCopy() throws IOException {
        try (Stream<Path> files = Files.walk(base)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    static Stream<Arguments> damageToTheDescription() {
        return Stream.of(
                description(Invariant.DESCRIPTION, "\"slots\":1024", "\"slots\":-5"),
                description(Invariant.DESCRIPTION, "\"sizeBytes\":16777216", "\"sizeBytes\":0"),
                description(Invariant.DESCRIPTION, "\"poolId\":\"", "\"poolId\":\"x"),
                description(Invariant.DESCRIPTION, "{", "["),
                description(Invariant.BOOT, "\"bootId\":\"", "\"bootId\":\"x"),
                description(Invariant.DESCRIPTION, "\"sizeBytes\":16777216", "\"sizeBytes\":1125899906842624"),
                description(Invariant.BUDGET, "\"sizeBytes\":16777216", "\"sizeBytes\":4096"));
    }

    static Stream<Arguments> damageToFiles() {
        return Stream.of(
                breaks(Invariant.FILES, "a file is short", pool -> pool.truncate("generations", 64)),
                breaks(Invariant.FILES, "a file has no memory", pool -> pool.punch("epochs", 2048 * EpochRecord.BYTES)),
                breaks(Invariant.FILES, "a file is missing", pool -> pool.delete("leases")),
                breaks(Invariant.FILES, "the registry is empty", pool -> pool.truncate("registry.cm3", 0)),
                breaks(Invariant.FILES, "a directory is missing", pool -> pool.delete("incoming")),
                breaks(Invariant.REGISTRY, "an offset is another", pool -> pool.put("records", 8, 0x4141414141414141L)),
                breaks(
                        Invariant.REGISTRY,
                        "the checksum of the offsets is another",
                        pool -> pool.put("records", SLOTS * 8L, 1)));
    }

    static Stream<Arguments> damageToPermissions() {
        return Stream.of(
                opens("the directory", "", "rwxr-xr-x"),
                opens("a directory in it", "incoming", "rwxr-xr-x"),
                opens("a manifest", "names/d.json", "rw-r--r--"),
                opens("a slab", "slabs/1", "rw-r-----"),
                opens("a file", "hints", "rw-r--r--"));
    }

    static Stream<Arguments> damageToSlabs() {
        return Stream.of(
                breaks(
                        Invariant.SLAB_RECORD,
                        "there is no such size of blocks",
                        pool -> pool.put("slabs/table", Place.offset(0), Place.of(1, 255, 0))),
                breaks(
                        Invariant.SLAB_RECORD,
                        "two slots have one block",
                        pool -> pool.put("slabs/table", Place.offset(0), pool.get("slabs/table", Place.offset(1)))),
                breaks(
                        Invariant.SLAB_RECORD,
                        "a slot lies in a slab that was never made",
                        pool -> pool.put("slabs/table", Place.offset(0), Place.of(99, 1, 0))),
                breaks(
                        Invariant.SLAB_RECORD,
                        "a slot has a block that no slot had",
                        pool -> pool.put("slabs/table", Place.offset(UNUSED_SLOT), Place.of(1, 1, 60_000))),
                breaks(Invariant.SLAB_FILE, "a slab is missing", pool -> pool.delete("slabs/2")),
                breaks(Invariant.SLAB_FILE, "a slab is too short", pool -> pool.truncate("slabs/2", 0)),
                breaks(
                        Invariant.SLAB_FILE,
                        "a slab has no memory",
                        pool -> pool.punch("slabs/2", Files.size(pool.file("slabs/2")))),
                breaks(
                        Invariant.UNLISTED_SLAB,
                        "a slab is in no record",
                        pool -> Files.createFile(pool.file("slabs/99"))));
    }

    static Stream<Arguments> damageToOwnershipWords() {
        return Stream.of(
                word(Invariant.STATE, "there is no such state", left.free(), word -> of(7, 0, 0, 0, 1)),
                word(Invariant.STATE, "a slot of no slab is free", UNUSED_SLOT, word -> of(FREE, 0, 0, 0, 0)),
                word(Invariant.CLAIMS, "a free slot is held", left.free(), word -> of(FREE, 0, 0, 0, 1)),
                word(Invariant.CLAIMS, "a slot without memory is held", left.free(), word -> of(UNBACKED, 0, 0, 0, 1)),
                word(
                        Invariant.CLAIMS,
                        "what is being built is in flight",
                        left.held(),
                        word -> of(BUILDING, 0, 1, 1, 1)),
                word(Invariant.CLAIMS, "what is sealed has no claim", left.held(), word -> of(SEALED, 0, 0, 0, 0)),
                word(
                        Invariant.STATE,
                        "nobody can look for further holders in that name",
                        left.held(),
                        word -> OwnershipWord.withFurther(word, OwnershipWord.lookedAtBy(PARTICIPANTS + 1))),
                word(
                        Invariant.HOLDER,
                        "a holder is no participant",
                        left.held(),
                        word -> word | OwnershipWord.holderBit(5)),
                word(Invariant.EPOCH, "an epoch is not used", left.sent(), word -> of(SEALED, 0, 77, 1, 0)),
                word(Invariant.EPOCH, "it is in flight from no epoch", left.held(), word -> of(SEALED, 0, 0, 3, 1)),
                word(Invariant.LENT, "what was never lent is marked so", left.held(), word -> word | FOREIGN),
                word(Invariant.NAMES, "no manifest gives the name", left.tensor(), word -> word | NAMED),
                word(Invariant.NAMES, "a manifest names what has no name", left.named(), word -> word & ~NAMED));
    }

    static Stream<Arguments> damageToSlots() {
        return Stream.of(
                slot(Invariant.CREATOR, "the creator is no participant", left.held(), SlotRecord.CREATOR, 999),
                slot(
                        Invariant.HOLDER,
                        "a further holder is no participant",
                        left.held(),
                        SlotRecord.FURTHER_HOLDERS,
                        1 << 5),
                slot(Invariant.NAMES, "more names are counted than there are", left.named(), SlotRecord.NAMES, 2),
                slot(Invariant.NAMES, "a name is counted and holds nothing", left.held(), SlotRecord.NAMES, 1),
                slot(
                        Invariant.LENT,
                        "a generation was lent that is still to come",
                        left.held(),
                        SlotRecord.LENT_GENERATION,
                        9),
                slot(Invariant.LENGTH, "the length is more than the block", left.sent(), SlotRecord.LENGTH, 1L << 40),
                slot(Invariant.LENGTH, "the length is below zero", left.sent(), SlotRecord.LENGTH, -1),
                breaks(
                        Invariant.GENERATION,
                        "a slot in use has no generation",
                        pool -> pool.put("generations", left.held() * 8L, 0)));
    }

    static Stream<Arguments> damageToParticipantsEpochsAndChannels() {
        return Stream.of(
                breaks(
                        Invariant.PARTICIPANT_RECORD,
                        "a process id is below zero",
                        pool -> pool.put("participants", ParticipantRecord.PROCESS_ID, -4)),
                breaks(
                        Invariant.PARTICIPANT_RECORD,
                        "a command is longer than its place",
                        pool -> pool.put("participants", ParticipantRecord.COMMAND_LENGTH, 5000)),
                breaks(
                        Invariant.EPOCH_RECORD,
                        "an epoch has no such state",
                        pool -> pool.put("epochs", 9 * EpochRecord.BYTES, 5)),
                breaks(
                        Invariant.EPOCH_RECORD,
                        "a name is longer than its place",
                        pool -> pool.put("epochs", EpochRecord.BYTES + EpochRecord.NAME_LENGTH, 5000)),
                breaks(
                        Invariant.CHANNEL,
                        "the sender is no epoch",
                        pool -> pool.put("channels", ChannelRecord.SENDER, 99)),
                breaks(Invariant.CHANNEL, "the receiver is no epoch", pool -> {
                    pool.put("channels", ChannelRecord.SENDER, 1);
                    pool.put("channels", ChannelRecord.RECEIVER, 99);
                }));
    }

    static Stream<Arguments> damageToManifests() {
        return Stream.of(
                breaks(
                        Invariant.NAMES,
                        "a manifest has another generation",
                        pool -> pool.replace("names/d.json", "tion\":1", "tion\":2")),
                breaks(
                        Invariant.NAMES,
                        "a manifest says another length",
                        pool -> pool.replace("names/d.json", "\"length\":", "\"length\":9")),
                breaks(Invariant.NAMES, "a manifest cannot be read", pool -> pool.replace("names/d.json", "{", "[")),
                breaks(Invariant.NAMES, "a dataset outlives its creator", pool -> {
                    pool.replace("names/d.json", "\"persistent\":true", "\"persistent\":false");
                    pool.replace("names/d.json", "\"participant\":0", "\"participant\":7");
                }),
                breaks(
                        Invariant.NAMES,
                        "a segment is in more datasets than are counted",
                        pool -> Files.copy(
                                pool.file("names/d.json"),
                                pool.file("names/e.json"),
                                StandardCopyOption.COPY_ATTRIBUTES)),
                breaks(Invariant.NAMES, "a manifest was only written aside", pool -> {
                    Files.createFile(pool.file("names/.1"));
                    pool.permit("names/.1", "rw-------");
                }));
    }

    static Stream<Arguments> damageToSegments() {
        return Stream.of(
                breaks(
                        Invariant.CONTENT,
                        "the first bytes are of no format",
                        pool -> pool.putIntoSegment(left.held(), 0, 0x1111111111111111L)),
                breaks(Invariant.CONTENT, "a batch was sealed wrong", pool -> pool.sealWith(left.held(), -16, -1)),
                breaks(Invariant.CONTENT, "a tensor was sealed wrong", pool -> pool.sealWith(left.tensor(), 16, -1)),
                breaks(
                        Invariant.CONTENT,
                        "an array of strings was sealed wrong",
                        pool -> pool.sealWith(left.npy(), 16, -1)),
                slot(Invariant.CHECKSUM, "the checksum is another", left.npy(), SlotRecord.CHECKSUM, 1),
                breaks(
                        Invariant.CHECKSUM,
                        "an element is another",
                        pool -> pool.putIntoSegment(left.tensor(), 4096, -1)),
                breaks(
                        Invariant.CHECKSUM,
                        "what is in flight is another",
                        pool -> pool.putIntoSegment(left.sent(), 64, -1)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource({
        "damageToTheDescription",
        "damageToFiles",
        "damageToPermissions",
        "damageToSlabs",
        "damageToOwnershipWords",
        "damageToSlots",
        "damageToParticipantsEpochsAndChannels",
        "damageToManifests",
        "damageToSegments"
    })
    void exactlyTheDamageIsFound(Invariant invariant, String what, Damage damage) throws IOException {
        assertThat(verify(true)).as("before the damage").isEmpty();
        damage.to(copy);
        List<Violation> found = verify(true);
        assertThat(found).as(what).isNotEmpty().allMatch(violation -> violation.invariant() == invariant);
        assertThat(found)
                .as("each says what stands there")
                .allMatch(violation -> !violation.what().isBlank());
    }

    @Test
    void damageInsideASegmentIsFoundOnlyByReadingIt() throws IOException {
        copy.putIntoSegment(left.held(), 16, -1);
        assertThat(verify(false)).isEmpty();
        assertThat(verify(true)).extracting(Violation::invariant).containsExactly(Invariant.CHECKSUM);
    }

    @Test
    void whatTheNextRepairOfNamesPutsRightIsNoDamage() throws IOException {
        copy.put("names/lock", NamesRecord.REPAIRS_REQUESTED, 1000);
        copy.putIntoSlot(left.tensor(), SlotRecord.WORD, of(SEALED, 1, 0, 0, 1 | NAMED));
        assertThat(verify(true)).isEmpty();
        copy.putIntoSlot(left.named(), SlotRecord.WORD, of(SEALED, 1, 0, 0, 1));
        assertThat(verify(true)).extracting(Violation::invariant).containsExactly(Invariant.NAMES);
    }

    private List<Violation> verify(boolean deep) {
        Verification found = Verifier.verify(ORIGINAL.options().withDirectory(base.toString()), deep);
        assertThat(found.notVerified()).isEmpty();
        return found.violations();
    }

    private static Arguments breaks(Invariant invariant, String how, Damage damage) {
        return arguments(invariant, how, damage);
    }

    private static Arguments description(Invariant invariant, String from, String to) {
        return breaks(invariant, "the description says " + to, pool -> pool.replace("pool.json", from, to));
    }

    private static Arguments opens(String what, String file, String permissions) {
        return breaks(Invariant.PERMISSIONS, what + " is open to others", pool -> pool.permit(file, permissions));
    }

    private static Arguments word(Invariant invariant, String how, int slot, LongUnaryOperator change) {
        return breaks(invariant, how, pool -> pool.changeWord(slot, change));
    }

    private static Arguments slot(Invariant invariant, String how, int slot, int field, long value) {
        return breaks(invariant, how, pool -> pool.putIntoSlot(slot, field, value));
    }
}
