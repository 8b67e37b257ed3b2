package io.arrowshm.flink.source.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.dataset.Dataset;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.flink.TestPool;
import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.DatasetSplitSerializer;
import io.arrowshm.flink.source.split.NamedSegment;
import io.arrowshm.flink.source.split.SplitsRead;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.connector.testutils.source.reader.SourceReaderTestBase;
import org.apache.flink.connector.testutils.source.reader.TestingReaderContext;
import org.apache.flink.connector.testutils.source.reader.TestingReaderOutput;
import org.apache.flink.core.io.InputStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flink's own tests of readers, and more. */
class DatasetReaderTest extends SourceReaderTestBase<DatasetSplit> {
    @RegisterExtension
    static final TestPool POOL = new TestPool("reader");

    private final TestingReaderContext context = new TestingReaderContext();
    private final TestingReaderOutput<Integer> output = new TestingReaderOutput<>();

    @AfterEach
    void deleteDatasets() {
        POOL.deleteAll();
    }

    @Test
    void aReaderThatIsRestoredAnywhereReadsTheRestAndNothingTwice() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            int rows = 1 + random.nextInt(50);
            List<DatasetSplit> state = List.of(split("round-" + round, 0, rows, random.nextInt(rows)));
            int first = Math.toIntExact(state.get(0).position());
            output.clearEmittedRecords();
            InputStatus status = InputStatus.MORE_AVAILABLE;
            while (status != InputStatus.END_OF_INPUT) {
                try (DatasetReader<Integer> reader = reader(1 + random.nextInt(20), false)) {
                    reader.addSplits(state);
                    reader.notifyNoMoreSplits();
                    for (int polls = random.nextInt(4); polls > 0; polls--) {
                        status = reader.pollNext(output);
                    }
                    state = throughSerializer(reader.snapshotState(1));
                }
            }
            assertThat(output.getEmittedRecords())
                    .containsExactlyElementsOf(
                            IntStream.range(first, rows).boxed().toList());
        }
    }

    @Test
    void whatIsMadeOfRowsWhenReadingThemFailsIsNotCountedAsRead() throws Exception {
        RowsReader<Integer> failing = (rows, out) -> {
            out.collect(1);
            throw new IllegalStateException("on purpose");
        };
        DatasetSplit split = split("failing", 0, 10, 0);
        try (DatasetReader<Integer> reader =
                new DatasetReader<>(context, new ReadOptions<>(POOL.options(), failing, 3, false, false))) {
            reader.addSplits(List.of(split));
            assertThatThrownBy(() -> reader.pollNext(output)).hasMessage("on purpose");
            assertThat(reader.snapshotState(1)).containsExactly(split);
        }
    }

    @Test
    void aPausedSplitWaitsWhileOthersAreReadAndIsAvailableWhenItIsResumed() throws Exception {
        DatasetSplit paused = split("paused", 0, 4, 0);
        DatasetSplit other = split("other", 100, 4, 0);
        try (DatasetReader<Integer> reader = reader(2, false)) {
            reader.addSplits(List.of(paused, other));
            reader.notifyNoMoreSplits();
            reader.pollNext(output);
            reader.pauseOrResumeSplits(List.of(paused.splitId()), List.of());
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.MORE_AVAILABLE);
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.NOTHING_AVAILABLE);
            assertThat(reader.isAvailable()).isNotDone();
            reader.pauseOrResumeSplits(List.of(), List.of(paused.splitId()));
            assertThat(reader.isAvailable()).isDone();
            assertThat(reader.pollNext(output)).isEqualTo(InputStatus.END_OF_INPUT);
        }
        assertThat(output.getEmittedRecords()).containsExactly(0, 1, 100, 101, 102, 103, 2, 3);
    }

    @Test
    void whatWasAddedIsReadToItsEndAlthoughItsNameIsRemovedAndThenEveryByteComesBack() throws Exception {
        DatasetSplit split = split("removed", 0, 6, 0);
        try (DatasetReader<Integer> reader = reader(2, false)) {
            reader.addSplits(List.of(split));
            reader.pollNext(output);
            POOL.datasets().delete("removed");
            POOL.awaitSegments(1);
            reader.pollNext(output);
            reader.pollNext(output);
            assertThat(output.getEmittedRecords()).containsExactly(0, 1, 2, 3, 4, 5);
            // Released when it was read, not when the job ends.
            POOL.awaitSegments(0);
        }
    }

    @Test
    void aDatasetThatWasRemovedOrOverwrittenIsAnErrorAndNeverOtherData() throws Exception {
        DatasetSplit removed = split("removed", 0, 6, 0);
        DatasetSplit overwritten = split("overwritten", 0, 6, 0);
        POOL.datasets().delete("removed");
        POOL.publish("overwritten", 7, 7, 7, 7, 7, 7);
        for (DatasetSplit gone : List.of(removed, overwritten)) {
            try (DatasetReader<Integer> reader = reader(2, false)) {
                assertThatThrownBy(() -> reader.addSplits(List.of(gone)))
                        .isInstanceOfSatisfying(
                                SharedMemoryException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.STALE_REFERENCE))
                        .hasMessageContaining(gone.segment().dataset());
            }
        }
    }

    @Test
    void aSplitOfAnotherPoolOrWithMoreRowsThanThereAreIsRefused() throws Exception {
        DatasetSplit split = split("data", 0, 6, 0);
        NamedSegment named = split.segment();
        NamedSegment elsewhere =
                new NamedSegment(named.dataset(), named.path(), named.poolId() + 1, named.slot(), named.generation());
        NamedSegment nowhere =
                new NamedSegment(named.dataset(), named.path(), named.poolId(), Integer.MAX_VALUE, named.generation());
        for (DatasetSplit wrong : List.of(
                new DatasetSplit(elsewhere, 0, 6), new DatasetSplit(nowhere, 0, 6), new DatasetSplit(named, 0, 7))) {
            try (DatasetReader<Integer> reader = reader(2, false)) {
                assertThatThrownBy(() -> reader.addSplits(List.of(wrong))).isInstanceOf(SharedMemoryException.class);
            }
        }
        POOL.awaitSegments(1);
    }

    @Test
    void splitsAreReportedOnceACompletedCheckpointCoversThemAndKeptUntilThatIsNoted() throws Exception {
        DatasetSplit first = split("first", 0, 2, 0);
        DatasetSplit second = split("second", 0, 2, 0);
        List<DatasetSplit> restored;
        try (DatasetReader<Integer> reader = reader(2, true)) {
            reader.addSplits(List.of(first, second));
            reader.pollNext(output);
            reader.snapshotState(1);
            reader.pollNext(output);
            restored = throughSerializer(reader.snapshotState(2));
            assertThat(context.getSentEvents()).isEmpty();
            reader.notifyCheckpointComplete(1);
            assertThat(context.getSentEvents()).containsExactly(new SplitsRead(List.of(first.splitId())));
            assertThat(reader.snapshotState(3)).contains(first.withPosition(2));
            reader.handleSourceEvents(new SplitsRead(List.of(first.splitId())));
            assertThat(reader.snapshotState(4)).containsExactly(second.withPosition(2));
        }
        context.clearSentEvents();
        POOL.deleteAll();
        // What nobody has noted is reported again, though it cannot be opened any more.
        try (DatasetReader<Integer> reader = reader(2, true)) {
            reader.addSplits(restored);
            reader.snapshotState(5);
            reader.notifyCheckpointComplete(5);
            assertThat(context.getSentEvents())
                    .containsExactly(new SplitsRead(List.of(first.splitId(), second.splitId())));
        }
    }

    @Override
    protected SourceReader<Integer, DatasetSplit> createReader() {
        return reader(3, true);
    }

    @Override
    protected List<DatasetSplit> getSplits(int numSplits, int numRecordsPerSplit, Boundedness boundedness) {
        List<DatasetSplit> splits = new ArrayList<>();
        for (int i = 0; i < numSplits; i++) {
            splits.add(getSplit(i, numRecordsPerSplit, boundedness));
        }
        return splits;
    }

    @Override
    protected DatasetSplit getSplit(int splitId, int numRecords, Boundedness boundedness) {
        return split("split-" + splitId, splitId * numRecords, numRecords, 0);
    }

    @Override
    protected long getNextRecordIndex(DatasetSplit split) {
        return split.position();
    }

    private DatasetReader<Integer> reader(long rowsPerRecord, boolean reportsRead) {
        RowsReader<Integer> rowsReader = (rows, out) -> {
            for (long i = 0; i < rows.array().length(0); i++) {
                out.collect(Math.toIntExact(rows.array().getLong(i)));
            }
        };
        return new DatasetReader<>(
                context, new ReadOptions<>(POOL.options(), rowsReader, rowsPerRecord, false, reportsRead));
    }

    private static DatasetSplit split(String dataset, int first, int rows, int position) {
        POOL.publish(dataset, LongStream.range(first, first + rows).toArray());
        try (Dataset open = POOL.datasets().open(dataset)) {
            NamedSegment named = NamedSegment.of(POOL.pool(), dataset, "values", open.segment("values"));
            return new DatasetSplit(named, 0, rows, position);
        }
    }

    private static List<DatasetSplit> throughSerializer(List<DatasetSplit> splits) throws Exception {
        List<DatasetSplit> read = new ArrayList<>();
        for (DatasetSplit split : splits) {
            byte[] bytes = DatasetSplitSerializer.INSTANCE.serialize(split);
            read.add(DatasetSplitSerializer.INSTANCE.deserialize(DatasetSplitSerializer.INSTANCE.getVersion(), bytes));
        }
        return read;
    }
}
