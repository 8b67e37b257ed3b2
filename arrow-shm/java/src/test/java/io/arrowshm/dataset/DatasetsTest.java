package io.arrowshm.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.SegmentWriter;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetsTest {
    private static final Schema SCHEMA = new Schema(List.of(Field.nullable("number", new ArrowType.Int(64, true))));

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(4 << 20, 1024);

    private SharedMemoryPool pool;
    private Datasets datasets;

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
        datasets = Datasets.of(pool);
    }

    @Test
    void whatIsSharedForWritingIsFoundByItsNameAndWrittenInPlace() {
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.FLOAT64, 3, 4));
                Segment shared = writer.share()) {
            try (Dataset published = datasets.create("matrix").add("m", shared).publishWhileOpen();
                    Dataset opened = datasets.open("matrix")) {
                assertThat(opened.root().info("m").description()).isEqualTo("<f8 [3, 4]");
                opened.segment("m").mutableArray().at(1, 2).set(42);
                assertThat(published.segment("m").array().getDouble(1, 2)).isEqualTo(42);
                assertThatThrownBy(shared::seal).hasMessageContaining("cannot be sealed");
            }
            shared.seal();
            assertThat(shared.array().getDouble(1, 2)).isEqualTo(42);
        }
    }

    @Test
    void aNestedDatasetIsReadAsItWasPublished() {
        Map<String, Object> attributes = Map.of(
                "unit",
                "mm",
                "count",
                3L,
                "scale",
                0.5,
                "raw",
                true,
                "shape",
                List.of(2L, 3L),
                "by",
                Map.of("who", "me"));
        try (Segment train = write(1);
                Segment test = write(2);
                Segment labels = write(3);
                Dataset published = datasets.create("experiment/run1")
                        .attributes(attributes)
                        .group("images", Map.of("kind", "grey"))
                        .group("empty", Map.of())
                        .add("images/train", train, Map.of("rows", 1), "int64[1]")
                        .add("images/test/a", test)
                        .add("labels", labels)
                        .publishWhileOpen()) {
            try (Dataset read = datasets.open("experiment/run1")) {
                assertThat(read.attributes()).isEqualTo(attributes).isEqualTo(published.attributes());
                assertThat(number(read.segment("images/train"))).isEqualTo(1);
                assertThat(number(read.group("images").segment("test/a"))).isEqualTo(2);
                assertThat(number(read.root().segment("labels"))).isEqualTo(3);
                assertThat(read.root().groups()).containsExactly("empty", "images");
                assertThat(read.root().segments()).containsExactly("labels");
                Group images = read.group("images");
                assertThat(images.attributes()).isEqualTo(Map.of("kind", "grey"));
                assertThat(images.groups()).containsExactly("test");
                assertThat(images.segments()).containsExactly("train");
                assertThat(images.info("train").description()).isEqualTo("int64[1]");
                assertThat(images.info("train").attributes()).isEqualTo(Map.of("rows", 1L));
                assertThat(images.group("test").segments()).containsExactly("a");
                assertThat(read.group("empty").segments()).isEmpty();
                assertFails(Kind.ABSENT, () -> read.group("image"), "no group image");
                assertFails(Kind.ABSENT, () -> read.segment("images"), "no segment images");
                assertThat(datasets.verify()).isEmpty();
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aDatasetEndsWithItsHandleUnlessItIsPersistent() {
        publish("passing", 1).close();
        assertThat(datasets.exists("passing")).isFalse();
        assertNothingIsLeft();
        try (Segment segment = write(7)) {
            datasets.create("lasting").add("a", segment).publishPersistent();
        }
        assertThat(pool.statistics().segmentsHeld()).isZero();
        assertThat(pool.statistics().segmentsNamed()).isEqualTo(1);
        testPool.leave();
        openPool();
        try (Dataset read = datasets.open("lasting")) {
            assertThat(number(read.segment("a"))).isEqualTo(7);
        }
        assertThat(datasets.delete("lasting")).isTrue();
        assertThat(datasets.delete("lasting")).isFalse();
        assertNothingIsLeft();
    }

    @Test
    void closingHandlesOnAPersistentDatasetDeletesNothing() {
        DatasetInfo published;
        try (Segment segment = write(7)) {
            published = datasets.create("lasting").add("a", segment).publishPersistent();
        }
        datasets.open("lasting").close();
        assertThat(datasets.list()).containsExactly(published);
        assertThat(published.persistent()).isTrue();
        assertThat(pool.statistics().segmentsHeld()).isZero();
        datasets.delete("lasting");
        assertNothingIsLeft();
    }

    @Test
    void closingReadersOfADatasetThatLastsWhileItIsOpenDeletesNothing() {
        try (Dataset published = publish("passing", 1)) {
            datasets.open("passing").close();
            assertThat(datasets.list()).containsExactly(published.info());
        }
        assertThat(datasets.list()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void whatLiesAtAPathIsReadAsAnArrayOrAsABatch() {
        try (ArrayWriter writer = pool.newArray(ArraySpec.of(DType.FLOAT64, 2))) {
            writer.array().copyFrom(new double[] {1.5, 2.5}, 0);
            try (Segment array = writer.seal();
                    Segment batch = write(7);
                    Dataset dataset = datasets.create("mixed")
                            .add("in/array", array)
                            .add("in/batch", batch)
                            .publishWhileOpen()) {
                assertThat(dataset.array("in/array").toDoubles()).containsExactly(1.5, 2.5);
                assertThat(dataset.group("in").array("array").toDoubles()).containsExactly(1.5, 2.5);
                assertThat(dataset.batch("in/batch").getRowCount()).isEqualTo(1);
                assertThat(dataset.group("in").batch("batch").getRowCount()).isEqualTo(1);
                assertFails(
                        Kind.ARGUMENT,
                        () -> dataset.array("in/batch"),
                        "the segment in/batch of the dataset mixed is no array; read it with batch");
                assertFails(
                        Kind.ARGUMENT,
                        () -> dataset.batch("in/array"),
                        "the segment in/array of the dataset mixed is an array, no record batch; read it with array");
                assertFails(Kind.ABSENT, () -> dataset.array("in/nothing"), "no segment in/nothing");
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aReaderRemovesThePublicationThatItHasReadUnderAnyNameAndNoOther() {
        try (Dataset first = publish("a", 1);
                Dataset reader = datasets.open("a");
                Segment segment = write(2);
                Dataset second =
                        datasets.create("a").overwrite().add("s", segment).publishWhileOpen()) {
            assertThat(second.info().id()).isEqualTo(reader.info().id());
            assertThat(second.info().revision()).isEqualTo(reader.info().revision() + 1);
            reader.remove();
            assertThat(datasets.exists("a")).isTrue();
            try (Dataset current = datasets.open("a")) {
                datasets.rename("a", "b");
                current.remove();
                assertThat(datasets.list()).isEmpty();
                assertThat(number(current.segment("s"))).isEqualTo(2);
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aReaderKeepsWhatOthersDeleteAndOverwrite() {
        try (Dataset first = publish("a", 1);
                Dataset reader = datasets.open("a")) {
            first.close();
            assertFails(Kind.ABSENT, () -> datasets.open("a"), "no dataset a");
            try (Dataset second = publish("a", 2);
                    Segment segment = write(3);
                    Dataset third =
                            datasets.create("a").overwrite().add("s", segment).publishWhileOpen()) {
                second.close();
                assertThat(number(reader.segment("s"))).isEqualTo(1);
                try (Dataset now = datasets.open("a")) {
                    assertThat(number(now.segment("s"))).isEqualTo(3);
                }
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void anExistingDatasetIsOverwrittenOnlyOnRequest() {
        try (Dataset first = publish("a", 1)) {
            assertFails(Kind.EXISTS, () -> publish("a", 2), "the dataset a exists");
            assertThat(number(first.segment("s"))).isEqualTo(1);
        }
        assertNothingIsLeft();
    }

    @Test
    void segmentsThatStayKeepTheirNameWhenADatasetIsOverwritten() {
        try (Segment kept = write(1);
                Segment dropped = write(2);
                Dataset first = datasets.create("a")
                        .add("kept", kept)
                        .add("dropped", dropped)
                        .publishWhileOpen();
                Segment added = write(3);
                Dataset second = datasets.create("a")
                        .overwrite()
                        .add("moved/kept", kept)
                        .add("added", added)
                        .publishWhileOpen()) {
            assertThat(pool.statistics().segmentsNamed()).isEqualTo(2);
            assertThat(datasets.verify()).isEmpty();
            try (Dataset read = datasets.open("a")) {
                assertThat(number(read.segment("moved/kept"))).isEqualTo(1);
                assertThat(number(read.segment("added"))).isEqualTo(3);
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void aSegmentStaysUntilTheLastOfItsNamesIsGone() {
        DatasetInfo both;
        try (Segment segment = write(7)) {
            datasets.create("first").add("s", segment).publishPersistent();
            both = datasets.create("second")
                    .add("a/s", segment)
                    .add("b/s", segment)
                    .publishPersistent();
            assertThat(datasets.verify()).isEmpty();
        }
        assertThat(both.segments()).extracting(DatasetInfo.SegmentInfo::path).containsExactly("a/s", "b/s");
        assertThat(pool.statistics().segmentsNamed()).isEqualTo(1);
        try (Dataset read = datasets.open("second")) {
            assertThat(number(read.segment("a/s"))).isEqualTo(number(read.segment("b/s")));
            datasets.create("second").overwrite().add("s", read.segment("b/s")).publishPersistent();
        }
        datasets.rename("second", "first", true);
        assertThat(datasets.verify()).isEmpty();
        try (Dataset read = datasets.open("first")) {
            assertThat(number(read.segment("s"))).isEqualTo(7);
            datasets.create("third").add("s", read.segment("s")).publishPersistent();
        }
        datasets.delete("first");
        assertThat(datasets.verify()).isEmpty();
        try (Dataset read = datasets.open("third")) {
            assertThat(number(read.segment("s"))).isEqualTo(7);
        }
        datasets.delete("third");
        assertNothingIsLeft();
    }

    @Test
    void anOverwrittenOneWithoutSomeOfItsSegmentsLeavesWhatOtherDatasetsName() {
        try (Segment shared = write(1);
                Segment own = write(2)) {
            datasets.create("a").add("shared", shared).add("own", own).publishPersistent();
            datasets.create("b").add("shared", shared).publishPersistent();
        }
        datasets.create("a").overwrite().publishPersistent();
        assertThat(pool.statistics().segments()).isEqualTo(1);
        assertThat(datasets.verify()).isEmpty();
        datasets.delete("a");
        datasets.delete("b");
        assertNothingIsLeft();
    }

    @Test
    void aDatasetIsRenamedAndReplacesAnotherOnRequest() {
        try (Dataset a = publish("a", 1);
                Dataset b = publish("x/b", 2)) {
            assertFails(Kind.EXISTS, () -> datasets.rename("a", "x/b"), "the dataset x/b exists");
            assertFails(Kind.ABSENT, () -> datasets.rename("c", "d"), "no dataset c");
            datasets.rename("a", "a");
            datasets.rename("a", "x/b", true);
            assertThat(datasets.list()).extracting(DatasetInfo::name).containsExactly("x/b");
            assertThat(pool.statistics().segmentsNamed()).isEqualTo(1);
            try (Dataset read = datasets.open("x/b")) {
                assertThat(number(read.segment("s"))).isEqualTo(1);
            }
            b.close();
            assertThat(datasets.exists("x/b")).isTrue();
            assertThat(datasets.verify()).isEmpty();
        }
        assertThat(datasets.list()).isEmpty();
        assertNothingIsLeft();
    }

    @Test
    void aPrefixListsWhatIsBelowIt() {
        try (Dataset a = publish("a", 1);
                Dataset ab = publish("a/b", 2);
                Dataset abc = publish("a/b/c", 3);
                Dataset other = publish("ab", 4)) {
            assertThat(datasets.list()).extracting(DatasetInfo::name).containsExactly("a", "a/b", "a/b/c", "ab");
            assertThat(datasets.list("a/b")).extracting(DatasetInfo::name).containsExactly("a/b", "a/b/c");
            DatasetInfo info = datasets.list("ab").get(0);
            assertThat(info.bytes()).isEqualTo(other.segment("s").length());
            assertThat(info.segments()).hasSize(1);
            assertThat(info.persistent()).isFalse();
            assertThat(info.creatorProcessId())
                    .isEqualTo(ProcessHandle.current().pid());
        }
    }

    @Test
    void namesAreAnyTextWithoutControlCharacters() {
        for (String name : List.of(
                "with blanks/and (brackets)",
                " ",
                "a+b",
                "a%2Fb",
                "%",
                ".hidden",
                "..a/...",
                "größe/été",
                "e\u0301",
                "\u00e9",
                "观测/帧",
                "\ud83d\ude00",
                "a\\b\"c'd",
                "*?[x]",
                "lock",
                "a.json",
                "x".repeat(250),
                "ü".repeat(41),
                "1" + "/1".repeat(15))) {
            try (Segment segment = write(name.length());
                    Dataset published = datasets.create(name)
                            .add(name, segment)
                            .group(name + " group", Map.of(name, name))
                            .publishWhileOpen()) {
                assertThat(datasets.list()).containsExactly(published.info());
                assertThat(datasets.list(name)).extracting(DatasetInfo::name).containsExactly(name);
                datasets.rename(name, "ß/" + name.length());
                datasets.rename("ß/" + name.length(), name);
                try (Dataset read = datasets.open(name)) {
                    assertThat(number(read.segment(name))).isEqualTo(name.length());
                    assertThat(read.groupAttributes(name + " group")).isEqualTo(Map.of(name, name));
                }
                assertThat(datasets.verify()).isEmpty();
            }
        }
        assertNothingIsLeft();
    }

    @Test
    void pathsInADatasetMayBeLongerThanItsName() {
        String path = "帧/".repeat(15) + "帧".repeat(310);
        try (Segment segment = write(1);
                Dataset dataset = datasets.create("a").add(path, segment).publishWhileOpen()) {
            assertThat(number(dataset.segment(path))).isEqualTo(1);
            assertFails(Kind.ARGUMENT, () -> datasets.create("b").add("帧".repeat(334), segment), "1000 bytes in UTF-8");
        }
    }

    @Test
    void whatIsNoFileOfADatasetIsNamedByVerify() throws IOException {
        for (String file : List.of("a b.json", "%41.json", "%2e.json", "a%.json", "%FF.json", "a", "ü.json")) {
            Path stranger = Files.createFile(pool.directory().resolve("names").resolve(file));
            assertThat(datasets.list()).isEmpty();
            assertThat(datasets.verify()).singleElement().asString().contains("is no file of a dataset");
            Files.delete(stranger);
        }
    }

    @Test
    void theLockOfADatasetExcludesOtherThreadsAndFollowsTheDataset() {
        try (Dataset a = publish("a", 1)) {
            DatasetLock lock = datasets.lock("a", Duration.ofSeconds(1));
            assertThat(datasets.tryLock("a")).isEmpty();
            datasets.rename("a", "b");
            assertFails(
                    Kind.IN_USE,
                    () -> datasets.lock("b", Duration.ofMillis(20)),
                    "another process or thread has the lock");
            lock.close();
            lock.close();
            Optional<DatasetLock> again = datasets.tryLock("b");
            assertThat(again).isPresent();
            again.get().close();
            assertFails(Kind.ABSENT, () -> datasets.tryLock("a"), "no dataset a");
        }
    }

    @Test
    void badNamesAttributesAndTreesAreRefused() {
        for (String name : List.of(
                "",
                "/",
                "a/",
                "/a",
                "a//b",
                ".",
                "..",
                "a/../b",
                "a/.",
                "a\tb",
                "a\u0000",
                "\u001b[2J",
                "a\u0085b",
                "a\ud800",
                "\udc00a",
                "a".repeat(251),
                "ü".repeat(42),
                "a".repeat(100_000_000))) {
            assertFails(Kind.ARGUMENT, () -> datasets.create(name), "allowed 1 to 16 parts");
            assertFails(Kind.ARGUMENT, () -> datasets.open(name), "allowed 1 to 16 parts");
        }
        assertThatThrownBy(() -> datasets.open("\u001b[2Ja"))
                .hasMessageContaining("\uFFFD[2Ja")
                .hasMessageNotContaining("\u001b");
        assertFails(Kind.ARGUMENT, () -> datasets.create("1" + "/1".repeat(16)), "allowed 1 to 16 parts");
        DatasetBuilder builder = datasets.create("a");
        assertFails(Kind.ARGUMENT, () -> builder.attribute("x", Double.NaN), "attribute x=NaN");
        assertFails(Kind.ARGUMENT, () -> builder.attribute("x", new Object()), "allowed are text");
        assertFails(Kind.ARGUMENT, () -> builder.attribute("", 1), "attribute name=");
        Object deep = 1;
        for (int i = 0; i < 20; i++) {
            deep = List.of(deep);
        }
        Object tooDeep = deep;
        assertFails(Kind.ARGUMENT, () -> builder.attribute("x", tooDeep), "allowed 16");
        try (Segment segment = write(1);
                Segment other = write(2);
                Segment elsewhere = segment.copyToHeap()) {
            assertFails(Kind.ARGUMENT, () -> builder.add("s", elsewhere), "does not lie in the pool");
            builder.add("s", segment);
            assertFails(Kind.ARGUMENT, () -> builder.add("s", other), "two segments s");
            builder.add("s/t", other);
            assertFails(Kind.ARGUMENT, builder::publishWhileOpen, "s is a segment, and a group");
        }
        assertNothingIsLeft();
    }

    @Test
    void arraysAndAllKindsOfNumbersAreAttributes() {
        try (Dataset a = datasets.create("a")
                .attribute("doubles", new double[] {1.5, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 1e300})
                .attribute("longs", new long[] {Long.MIN_VALUE, Long.MAX_VALUE})
                .attribute("float", 1.5f)
                .attribute("nested", new int[][] {{1}, {}})
                .publishWhileOpen()) {
            try (Dataset read = datasets.open("a")) {
                assertThat(read.attributes())
                        .isEqualTo(Map.of(
                                "doubles", List.of(1.5, -0.0, Double.MIN_VALUE, Double.MAX_VALUE, 1e300),
                                "longs", List.of(Long.MIN_VALUE, Long.MAX_VALUE),
                                "float", 1.5,
                                "nested", List.of(List.of(1L), List.of())))
                        .isEqualTo(a.attributes());
            }
        }
    }

    @Test
    void aDamagedManifestIsAnErrorThatNamesItAndIsDeletedOnRequest() throws IOException {
        try (Dataset bad = publish("bad", 1);
                Dataset good = publish("good", 2)) {
            Path file = pool.directory().resolve("names/bad.json");
            String right = Files.readString(file);
            Files.writeString(file, right.replace("\"slot\":", "\"slot\":1"));
            assertFails(Kind.STALE_REFERENCE, () -> datasets.open("bad"), "cannot be opened any more");
            assertThat(datasets.verify()).hasSize(2);
            Files.writeString(file, right.substring(1));
            assertFails(Kind.CORRUPT, () -> datasets.open("bad"), "names/bad.json is damaged");
            assertThat(datasets.list()).extracting(DatasetInfo::name).containsExactly("good");
            assertThat(datasets.verify()).anyMatch(line -> line.contains("bad.json"));
            // What a damaged manifest may name stays named, whatever else happens.
            publish("other", 3).close();
            assertThat(pool.statistics().segmentsNamed()).isEqualTo(2);
            assertThat(datasets.delete("bad")).isTrue();
            pool.sweep();
            assertThat(pool.statistics().segmentsNamed()).isEqualTo(1);
            assertThat(datasets.verify()).isEmpty();
        }
        assertNothingIsLeft();
    }

    @Test
    void aManifestOfALaterFormatIsNotCalledDamaged() throws IOException {
        try (Dataset dataset = publish("later", 1)) {
            Path file = pool.directory().resolve("names/later.json");
            Files.writeString(
                    file, Files.readString(file).replace("\"formatVersion\":2", "\"formatVersion\":3,\"more\":0"));
            assertFails(Kind.WRONG_VERSION, () -> datasets.open("later"), "format version 3");
            datasets.delete("later");
        }
    }

    private Dataset publish(String name, long number) {
        try (Segment segment = write(number)) {
            return datasets.create(name).add("s", segment).publishWhileOpen();
        }
    }

    private void assertNothingIsLeft() {
        pool.sweep();
        assertThat(pool.statistics().segments()).isZero();
        assertThat(pool.directory().resolve("names").toFile().list()).containsExactly("lock");
        assertThat(datasets.verify()).isEmpty();
    }

    private static void assertFails(Kind kind, ThrowingCallable call, String message) {
        assertThatThrownBy(call)
                .isInstanceOf(SharedMemoryException.class)
                .hasMessageContaining(message)
                .extracting("kind")
                .isEqualTo(kind);
    }

    private Segment write(long number) {
        try (SegmentWriter writer = pool.newSegment(SCHEMA, 4096)) {
            BigIntVector numbers = (BigIntVector) writer.root().getVector(0);
            numbers.allocateNew(1);
            numbers.set(0, number);
            writer.root().setRowCount(1);
            return writer.seal();
        }
    }

    private static long number(Segment segment) {
        return ((BigIntVector) segment.root().getVector(0)).get(0);
    }
}
