package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;
import io.arrowshm.inspect.DatasetSnapshot;
import io.arrowshm.inspect.NamedSegmentSnapshot;
import io.arrowshm.inspect.ParticipantSnapshot;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.QuickVerifier;
import io.arrowshm.inspect.SegmentSnapshot;
import io.arrowshm.inspect.SegmentState;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pools in every state that processes leave, which a script made from the format alone: what they show, and what sweeps make
 * of them.
 */
@Execution(ExecutionMode.CONCURRENT)
class PoolVectorsTest {
    private static final Map<String, JsonNode> POOLS = byName("pools.json");
    private static final Map<String, JsonNode> REFUSED = byName("refused-pools.json");
    private static final Map<String, Map<String, byte[]>> FILES = filesOfPools();

    static Set<String> names() {
        return POOLS.keySet();
    }

    /** A participant would carry requests out, and not only sweep. */
    static Stream<String> namesWithoutRequest() {
        return names().stream().filter(name -> !FILES.get(name).containsKey("incoming/r.request"));
    }

    static Set<String> refused() {
        return REFUSED.keySet();
    }

    private static Map<String, JsonNode> byName(String file) {
        Map<String, JsonNode> cases = new LinkedHashMap<>();
        VectorFiles.json(file).forEach(each -> cases.put(each.get("name").asText(), each));
        return cases;
    }

    private static Map<String, Map<String, byte[]>> filesOfPools() {
        Map<String, Map<String, byte[]>> pools = new TreeMap<>();
        VectorFiles.archive("pools.zip").forEach((path, bytes) -> {
            int slash = path.indexOf('/');
            pools.computeIfAbsent(path.substring(0, slash), name -> new TreeMap<>())
                    .put(path.substring(slash + 1), bytes);
        });
        return pools;
    }

    static VectorPool unpack(String name) throws IOException {
        return VectorPool.unpack(POOLS.get(name).get("poolId").asText(), FILES.get(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void aPoolShowsWhatStandsInIt(String name) throws Exception {
        JsonNode expected = POOLS.get(name);
        JsonNode locked = expected.get("runs").get(0).get("locked");
        try (VectorPool pool = unpack(name)) {
            pool.lock(locked);
            try (PoolInspector inspector = PoolInspector.open(pool.options())) {
                PoolSnapshot snapshot = inspector.snapshot();
                assertThat(snapshot.poolId()).isEqualTo(expected.get("poolId").asText());
                assertThat(snapshot.totals().sizeBytes())
                        .isEqualTo(expected.get("sizeBytes").asLong());
                assertThat(snapshot.checksums())
                        .isEqualTo(expected.get("checksums").asBoolean());
                assertThat(snapshot.slots()).isEqualTo(expected.get("slotCount").asInt());
                assertThat(snapshot.segments())
                        .containsExactlyElementsOf(segments(expected, locked.get("leases"), snapshot));
                assertThat(snapshot.participants())
                        .extracting(ParticipantSnapshot::index, ParticipantSnapshot::processId)
                        .containsExactlyElementsOf(elements(expected.get("participants")).stream()
                                .map(each -> Tuple.tuple(
                                        each.get("participant").asInt(),
                                        each.get("processId").asLong()))
                                .toList());
                assertThat(snapshot.epochs())
                        .extracting(epoch -> (long) epoch.index())
                        .containsExactlyElementsOf(longs(expected.get("epochs")));
                checkDatasets(expected, inspector.datasets());
            }
        }
    }

    private static List<SegmentSnapshot> segments(JsonNode expected, JsonNode leases, PoolSnapshot snapshot) {
        List<SegmentSnapshot> segments = new ArrayList<>();
        for (JsonNode slot : expected.get("slots")) {
            if (slot.has("length")) {
                List<Long> holders = new ArrayList<>(longs(slot.get("holders")));
                if (slot.get("further").asInt() != 0) {
                    holders.addAll(longs(slot.get("furtherHolders")));
                }
                int sizeClass = slot.get("sizeClass").asInt();
                segments.add(new SegmentSnapshot(
                        slot.get("slot").asInt(),
                        SegmentState.valueOf(slot.get("state").asText().toUpperCase(Locale.ROOT)),
                        slot.get("generation").asLong(),
                        slot.get("length").asLong(),
                        (4L + sizeClass % 4) << (6 + sizeClass / 4),
                        holders.stream().map(Long::intValue).toList(),
                        slot.get("inFlight").asInt(),
                        slot.get("epoch").asInt(),
                        slot.get("epoch").asInt() == 0 ? null : "attempt",
                        slot.get("named").asBoolean(),
                        slot.get("lent").asBoolean(),
                        longs(leases).contains(slot.get("slot").asLong()),
                        slot.get("creator").asInt(),
                        slot.get("creatorProcessId").asLong()));
            }
        }
        assertThat(snapshot.segments()).hasSameSizeAs(segments);
        return segments;
    }

    private static void checkDatasets(JsonNode expected, List<DatasetSnapshot> datasets) {
        Map<String, DatasetSnapshot> readable = datasets.stream()
                .filter(dataset -> dataset.error() == null)
                .collect(Collectors.toMap(DatasetSnapshot::name, dataset -> dataset, (a, b) -> a, TreeMap::new));
        assertThat(readable.keySet()).containsExactlyInAnyOrderElementsOf(names(expected.get("datasets")));
        for (JsonNode dataset : expected.get("datasets")) {
            DatasetSnapshot actual = readable.get(dataset.get("name").asText());
            JsonNode content = dataset.get("content");
            assertThat(actual.persistent()).isEqualTo(content.get("persistent").asBoolean());
            assertThat(actual.attributes()).isEqualTo(VectorFiles.plain(content.get("attributes")));
            assertThat(actual.groups()).isEqualTo(VectorFiles.plain(content.get("groups")));
            assertThat(actual.segments())
                    .containsExactlyElementsOf(elements(content.get("segments")).stream()
                            .map(PoolVectorsTest::namedSegment)
                            .toList());
        }
    }

    @SuppressWarnings("unchecked")
    private static NamedSegmentSnapshot namedSegment(JsonNode segment) {
        return new NamedSegmentSnapshot(
                segment.get("path").asText(),
                segment.get("slot").asInt(),
                segment.get("generation").asLong(),
                segment.get("length").asLong(),
                segment.get("description").asText(),
                (Map<String, Object>) VectorFiles.plain(segment.get("attributes")));
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatTheDeadHaveLeftIsNoViolationAndIsTakenBackByWhoIsNoParticipant(String name) throws Exception {
        JsonNode expected = POOLS.get(name);
        for (JsonNode run : expected.get("runs")) {
            try (VectorPool pool = unpack(name)) {
                pool.lock(run.get("locked"));
                assertThat(QuickVerifier.violations(pool.options()))
                        .hasSize(expected.get("violations").size());
                try (PoolInspector inspector = PoolInspector.open(pool.options())) {
                    inspector.reclaim();
                }
                checkSwept(pool, run, List.of());
                checkVerified(pool, run);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("namesWithoutRequest")
    void aParticipantTakesBackWhatTheDeadHaveLeft(String name) throws Exception {
        JsonNode expected = POOLS.get(name);
        for (JsonNode run : expected.get("runs")) {
            try (VectorPool pool = unpack(name)) {
                pool.lock(run.get("locked"));
                try (SharedMemoryPool participant = SharedMemoryPool.open(pool.options())) {
                    // An epoch may be void only once those that it sent to are.
                    participant.sweep();
                    participant.sweep();
                    checkSwept(pool, run, List.of(0L));
                    checkAllocations(participant, expected.path("allocates"));
                    checkArrays(participant, run, expected.path("arrays"), expected);
                }
                checkVerified(pool, run);
            }
        }
    }

    private static void checkVerified(VectorPool pool, JsonNode run) {
        assertThat(QuickVerifier.violations(pool.options()))
                .hasSize(run.get("after").get("violations").size());
    }

    /** @param joined places of those who have swept */
    private static void checkSwept(VectorPool pool, JsonNode run, List<Long> joined) throws IOException {
        JsonNode after = run.get("after");
        ByteBuffer registry = pool.numbers("registry.cm3");
        List<String> words = new ArrayList<>();
        Map<String, Object> names = new TreeMap<>();
        Map<String, Object> furtherHolders = new TreeMap<>();
        for (int slot = 0; slot < registry.limit() / 64; slot++) {
            long word = registry.getLong(64 * slot);
            words.add(withoutLooker(word));
            if ((word & (1L << 25)) != 0) {
                names.put("" + slot, registry.getLong(64 * slot + 32));
            }
            List<Long> further = furtherHolders(registry, slot);
            if (!further.isEmpty()) {
                furtherHolders.put("" + slot, further);
            }
        }
        // Whoever joins looks for further holders, also where somebody is just looking who lives.
        boolean looked = !joined.isEmpty() && after.has("wordsAfterJoining");
        assertThat(words)
                .as(run.get("what").asText())
                .containsExactlyElementsOf(elements(after.get(looked ? "wordsAfterJoining" : "words")).stream()
                        .map(word -> withoutLooker(Long.parseUnsignedLong(word.asText(), 16)))
                        .toList());
        assertThat(furtherHolders).isEqualTo(VectorFiles.plain(after.get("furtherHolders")));
        assertThat(names).isEqualTo(VectorFiles.plain(after.get("names")));
        List<Long> participants = new ArrayList<>(longs(after.get("participants")));
        participants.addAll(joined);
        assertThat(used(pool.numbers("participants"), 256)).containsExactlyInAnyOrderElementsOf(participants);
        assertThat(used(pool.numbers("epochs"), 256)).containsExactlyElementsOf(longs(after.get("epochs")));
        assertThat(channels(pool.numbers("channels"))).isEqualTo(VectorFiles.plain(after.get("channels")));
        ByteBuffer repairs = pool.numbers("names/lock");
        assertThat(repairs.getLong(0) != repairs.getLong(8))
                .isEqualTo(after.get("repairIsDue").asBoolean());
        for (JsonNode file : after.get("files").get("gone")) {
            assertThat(pool.directory().resolve(file.asText())).doesNotExist();
        }
        for (JsonNode file : after.get("files").get("new")) {
            assertThat(pool.directory().resolve(file.asText())).exists();
        }
    }

    /** Who has looked for further holders does not matter. */
    private static String withoutLooker(long word) {
        long further = 0xFFFL << 49;
        return String.format("%016x", (word & further) == 0 ? word : (word & ~further) | (1L << 49));
    }

    private static List<Long> furtherHolders(ByteBuffer registry, int slot) {
        List<Long> holders = new ArrayList<>();
        for (int bit = 0; bit < 104; bit++) {
            if (((registry.getLong(64 * slot + 48 + bit / 64 * 8) >>> (bit % 64)) & 1) != 0) {
                holders.add(24L + bit);
            }
        }
        return holders;
    }

    private static List<Long> used(ByteBuffer records, int bytes) {
        List<Long> used = new ArrayList<>();
        for (int i = 0; i < records.limit() / bytes; i++) {
            if (records.getLong(i * bytes) != 0) {
                used.add((long) i);
            }
        }
        return used;
    }

    private static List<Map<String, Object>> channels(ByteBuffer records) {
        return used(records, 192).stream()
                .map(channel -> Map.<String, Object>of(
                        "channel",
                        channel,
                        "sender",
                        records.getLong((int) (192 * channel)),
                        "receiver",
                        records.getLong((int) (192 * channel + 16)) & 4095))
                .toList();
    }

    private static void checkAllocations(SharedMemoryPool participant, JsonNode allocates) {
        List<Segment> segments = new ArrayList<>();
        for (int i = 0; i < allocates.path("arrays").asInt(); i++) {
            try (ArrayWriter writer = participant.newArray(
                    ArraySpec.of(DType.UINT8, allocates.get("uint8").asLong()))) {
                segments.add(writer.seal());
            }
        }
        segments.forEach(Segment::close);
    }

    /** Reads the arrays that datasets name. */
    private static void checkArrays(SharedMemoryPool participant, JsonNode run, JsonNode arrays, JsonNode expected) {
        for (JsonNode dataset : expected.get("datasets")) {
            String name = dataset.get("name").asText();
            if (arrays.isMissingNode()
                    || !names(run.get("after").get("datasets")).contains(name)) {
                continue;
            }
            try (Dataset open = Datasets.of(participant).open(name)) {
                for (JsonNode segment : dataset.get("content").get("segments")) {
                    JsonNode array = arrays.get(segment.get("slot").asText());
                    assertThat(open.array(segment.get("path").asText()).toLongs())
                            .containsExactly(longs(array.get("values")).stream()
                                    .mapToLong(Long::longValue)
                                    .toArray());
                }
            }
        }
    }

    static List<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).toList();
    }

    private static List<Long> longs(JsonNode list) {
        return elements(list).stream().map(JsonNode::asLong).toList();
    }

    /** Of datasets, or of their names. */
    private static List<String> names(JsonNode datasets) {
        return elements(datasets).stream()
                .map(dataset -> dataset.isTextual()
                        ? dataset.asText()
                        : dataset.get("name").asText())
                .toList();
    }

    @ParameterizedTest
    @MethodSource("refused")
    void whatIsNoPoolIsRefusedWithOneKindOfError(String name) throws Exception {
        JsonNode change = REFUSED.get(name);
        try (VectorPool pool = unpack("fresh")) {
            new PoolChange(pool).make(change);
            Errors.assertRefused(
                    change, () -> PoolInspector.open(pool.options()).close());
            Errors.assertRefused(
                    change, () -> SharedMemoryPool.open(pool.options()).close());
        }
    }
}
