package io.arrowshm.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.ArrayWriter;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.TestPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.flink.api.common.TaskInfoImpl;
import org.apache.flink.api.connector.sink2.Committer.CommitRequest;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Writer and committer, without a job around them. */
class DatasetWriterTest {
    @RegisterExtension
    static final TestPool POOL = new TestPool("writer");

    private static final SinkOptions OPTIONS = new SinkOptions(
            POOL.options(), "out", new LinkedHashMap<>(Map.of("unit", "counts")), Duration.ofMillis(50));

    @AfterEach
    void deleteDatasets() {
        POOL.deleteAll();
    }

    @Test
    void readersSeeADatasetWhenItIsCommittedAndNotBefore() throws Exception {
        try (DatasetWriter writer = fresh()) {
            write(writer, 1);
            write(writer, 2);
            Collection<StagedDataset> staged = writer.prepareCommit();
            assertThat(POOL.datasets().list("out")).isEmpty();
            POOL.awaitSegments(2);
            assertThat(commit(staged)).containsExactly("committed");
            assertThat(POOL.names()).containsExactly("out/0000000001-00000");
        }
        try (Dataset dataset = POOL.datasets().open("out/0000000001-00000")) {
            assertThat(dataset.attributes()).containsEntry("unit", "counts");
            assertThat(dataset.root().segments()).containsExactly("00000000", "00000001");
            assertThat(dataset.segment("00000001").array().getLong(0)).isEqualTo(2);
        }
    }

    @Test
    void committingAgainIsFineAlsoWhenAReaderHasDeletedTheDataset() throws Exception {
        try (DatasetWriter writer = fresh()) {
            write(writer, 1);
            Collection<StagedDataset> staged = writer.prepareCommit();
            commit(staged);
            assertThat(commit(staged)).containsExactly("already");
            POOL.deleteAll();
            assertThat(commit(staged)).containsExactly("already");
        }
    }

    @Test
    void numbersFollowCheckpointsAlsoWhereSomeWereGivenUp() throws Exception {
        try (DatasetWriter writer = writer(0, 1, 0, OptionalLong.of(6))) {
            write(writer, 1);
            commit(writer.prepareCommit());
            writer.snapshotState(9);
            assertThat(writer.prepareCommit()).isEmpty();
            writer.snapshotState(10);
            write(writer, 2);
            commit(writer.prepareCommit());
        }
        assertThat(POOL.names()).containsExactly("out/0000000007-00000", "out/0000000011-00000");
    }

    @Test
    void theNextAttemptDeletesWhatWasStagedForNoCheckpointAndKeepsTheRest() throws Exception {
        List<StagedDataset> covered;
        try (DatasetWriter killed = fresh()) {
            write(killed, 1);
            covered = List.copyOf(killed.prepareCommit());
            killed.snapshotState(3);
            write(killed, 2);
            killed.prepareCommit();
            write(killed, 3);
        }
        assertThat(POOL.names()).hasSize(2);
        writer(1, 2, 1, OptionalLong.of(3)).close();
        assertThat(POOL.names()).hasSize(2);
        writer(0, 2, 1, OptionalLong.of(3)).close();
        assertThat(POOL.names()).containsExactly(covered.get(0).stagingName());
        commit(covered);
        assertThat(POOL.names()).containsExactly("out/0000000001-00000");
        POOL.awaitSegments(1);
    }

    @Test
    void whatMoreSubtasksHaveStagedIsDeletedByFewer() throws Exception {
        try (DatasetWriter third = writer(2, 3, 0, OptionalLong.empty())) {
            write(third, 1);
            third.prepareCommit();
        }
        writer(1, 2, 1, OptionalLong.empty()).close();
        assertThat(POOL.names()).hasSize(1);
        writer(0, 2, 1, OptionalLong.empty()).close();
        assertThat(POOL.names()).isEmpty();
    }

    @Test
    void aJobThatStartsAfreshOverDatasetsOfAnotherRunIsRefused() throws Exception {
        try (DatasetWriter writer = fresh()) {
            write(writer, 1);
            commit(writer.prepareCommit());
        }
        assertThatThrownBy(DatasetWriterTest::fresh)
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isEqualTo(Kind.EXISTS));
        writer(0, 1, 1, OptionalLong.empty()).close();
        writer(0, 1, 0, OptionalLong.of(1)).close();
    }

    @Test
    void segmentsThatHaveANameOrComeTwiceArePublishedWhereTheyLie() throws Exception {
        POOL.publish("in", 42);
        try (DatasetWriter writer = fresh();
                Dataset in = POOL.datasets().open("in");
                Segment own = POOL.array(43)) {
            writer.write(in.segment("values"), null);
            writer.write(own, null);
            writer.write(own, null);
            commit(writer.prepareCommit());
        }
        POOL.awaitSegments(2);
        POOL.datasets().delete("in");
        List<Long> values = new ArrayList<>();
        try (Dataset out = POOL.datasets().open("out/0000000001-00000")) {
            out.root()
                    .segments()
                    .forEach(path -> values.add(out.segment(path).array().getLong(0)));
        }
        assertThat(values).containsExactly(42L, 43L, 43L);
    }

    @Test
    void whatIsNotPublishedIsReleasedWhenTheWriterIsClosed() throws Exception {
        try (DatasetWriter writer = fresh();
                Segment pooled = POOL.array(1)) {
            writer.write(pooled, null);
            write(writer, 2);
        }
        POOL.awaitSegments(0);
    }

    @Test
    void aFullPoolIsAnErrorThatSaysWhatToDo() throws Exception {
        try (DatasetWriter writer = fresh()) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            writeLarge(writer);
                        }
                    })
                    .isInstanceOfSatisfying(
                            SharedMemoryException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.FULL))
                    .hasMessageContaining("take them more often");
        }
        POOL.awaitSegments(0);
    }

    @Test
    void whatWasStagedInAnotherPoolIsLostAndSaysSo() {
        StagedDataset staged = new StagedDataset(POOL.pool().id() + 1, "_staging/out/1-0-a", "out/1-0");
        assertThatThrownBy(() -> commit(List.of(staged))).hasMessageContaining("it is lost with that pool");
    }

    @Test
    void whatVersion1WroteStaysReadable() throws Exception {
        StagedDataset staged = new StagedDataset(0x0123456789abcdefL, "_staging/a", "a");
        String version1 = "0123456789abcdef000a5f73746167696e672f61000161";
        assertThat(HexFormat.of().formatHex(StagedDatasetSerializer.INSTANCE.serialize(staged)))
                .isEqualTo(version1);
        assertThat(StagedDatasetSerializer.INSTANCE.deserialize(
                        1, HexFormat.of().parseHex(version1)))
                .isEqualTo(staged);
    }

    private static DatasetWriter fresh() {
        return writer(0, 1, 0, OptionalLong.empty());
    }

    private static DatasetWriter writer(int subtask, int parallelism, int attempt, OptionalLong restored) {
        return new DatasetWriter(
                OPTIONS,
                new TaskInfoImpl("sink", 128, subtask, parallelism, attempt),
                restored,
                UnregisteredMetricsGroup.createSinkWriterMetricGroup());
    }

    private static void write(DatasetWriter writer, long value) throws Exception {
        write(writer, value, 1);
    }

    private static void writeLarge(DatasetWriter writer) throws Exception {
        write(writer, 1, 1 << 17);
    }

    private static void write(DatasetWriter writer, long value, int length) throws Exception {
        try (ArrayWriter array = ArrayWriter.inPrivateMemory(ArraySpec.of(DType.INT64, length))) {
            array.array().at(0).set(value);
            try (Segment segment = array.seal()) {
                writer.write(segment, null);
            }
        }
    }

    private static List<String> commit(Collection<StagedDataset> staged) {
        List<String> results = new ArrayList<>();
        List<CommitRequest<StagedDataset>> requests = new ArrayList<>();
        staged.forEach(dataset -> requests.add(new Request(dataset, results)));
        try (DatasetCommitter committer = new DatasetCommitter(POOL.options())) {
            committer.commit(requests);
        }
        requests.forEach(request -> ((Request) request).end());
        return results;
    }

    /** Remembers what it was told. */
    private static final class Request implements CommitRequest<StagedDataset> {
        private final StagedDataset staged;
        private final List<String> results;
        private String result = "committed";

        Request(StagedDataset staged, List<String> results) {
            this.staged = staged;
            this.results = results;
        }

        void end() {
            results.add(result);
        }

        @Override
        public StagedDataset getCommittable() {
            return staged;
        }

        @Override
        public int getNumberOfRetries() {
            return 0;
        }

        @Override
        public void signalFailedWithKnownReason(Throwable t) {
            result = "failed";
        }

        @Override
        public void signalFailedWithUnknownReason(Throwable t) {
            result = "failed";
        }

        @Override
        public void retryLater() {
            result = "later";
        }

        @Override
        public void updateAndRetryLater(StagedDataset committable) {
            result = "later";
        }

        @Override
        public void signalAlreadyCommitted() {
            result = "already";
        }
    }
}
