package io.arrowshm.flink.source.enumerator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.flink.TestPool;
import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.NamedSegment;
import io.arrowshm.flink.source.split.SplitsRead;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.connector.testutils.source.reader.TestingSplitEnumeratorContext;
import org.apache.flink.connector.testutils.source.reader.TestingSplitEnumeratorContext.SplitAssignmentState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DatasetEnumeratorTest {
    @RegisterExtension
    static final TestPool POOL = new TestPool("enumerator");

    private static final int READERS = 3;

    private TestingSplitEnumeratorContext<DatasetSplit> context = new TestingSplitEnumeratorContext<>(READERS);

    @AfterEach
    void deleteDatasets() {
        POOL.deleteAll();
    }

    @Test
    void anArrayIsCutIntoOnePartForEachReader() {
        POOL.publish("data", 0, 1, 2, 3, 4, 5, 6);
        start(bounded("data"), null);
        registerAll();
        assertThat(rows(assigned(0))).containsExactly("data[0,3)");
        assertThat(rows(assigned(1))).containsExactly("data[3,5)");
        assertThat(rows(assigned(2))).containsExactly("data[5,7)");
        assertThat(context.getSplitAssignments().values())
                .allMatch(SplitAssignmentState::hasReceivedNoMoreSplitsSignal);
    }

    @Test
    void aPolicySaysHowManyPartsThereAreButNeverMoreThanRows() {
        POOL.publish("data", 0, 1, 2, 3, 4, 5, 6);
        start(selection("data", false, (dataset, path, rows, parallelism) -> 100, null, false), null);
        registerAll();
        assertThat(rows(assigned(0))).containsExactly("data[0,1)", "data[3,4)", "data[6,7)");
    }

    @Test
    void readersThatRegisterLateGetTheirShare() {
        POOL.publish("data", 0, 1, 2);
        DatasetEnumerator enumerator = start(bounded("data"), null);
        assertThat(context.getSplitAssignments()).isEmpty();
        context.registerReader(2, "host");
        enumerator.addReader(2);
        assertThat(rows(assigned(2))).containsExactly("data[2,3)");
    }

    @Test
    void whatAReaderGivesBackItGetsAgainWhenItRegisters() {
        POOL.publish("data", 0, 1, 2);
        DatasetEnumerator enumerator = start(bounded("data"), null);
        context.registerReader(0, "host");
        enumerator.addReader(0);
        List<DatasetSplit> back = assigned(0);
        context.registeredReaders().remove(0);
        context.getSplitAssignments().remove(0);
        enumerator.addSplitsBack(back, 0);
        assertThat(enumerator.snapshotState(1).pending()).hasSize(READERS).containsAll(back);
        context.registerReader(0, "host");
        enumerator.addReader(0);
        assertThat(assigned(0)).containsExactlyElementsOf(back);
    }

    @Test
    void datasetsBelowANameAreReadInTheirOrderAndNewOnesOnce() {
        POOL.publish("other/1", 1);
        POOL.publish("in/2", 1);
        POOL.publish("in/1", 1);
        start(growing(false), null);
        registerAll();
        assertThat(allRows()).containsExactly("in/1[0,1)", "in/2[0,1)");
        context.triggerAllActions();
        POOL.publish("in/0", 1);
        context.triggerAllActions();
        context.triggerAllActions();
        assertThat(allRows()).containsExactlyInAnyOrder("in/1[0,1)", "in/2[0,1)", "in/0[0,1)");
        assertThat(context.getSplitAssignments().values())
                .noneMatch(SplitAssignmentState::hasReceivedNoMoreSplitsSignal);
    }

    @Test
    void afterARestoreWithAnotherParallelismOnlyWhatIsNewIsAdded() throws Exception {
        POOL.publish("in/1", 1);
        DatasetEnumerator enumerator = start(growing(false), null);
        EnumeratorState state = throughSerializer(enumerator.snapshotState(1));
        assertThat(rows(state.pending())).containsExactly("in/1[0,1)");
        POOL.publish("in/2", 1);
        context = new TestingSplitEnumeratorContext<>(1);
        start(growing(false), state);
        context.registerReader(0, "host");
        context.triggerAllActions();
        assertThat(rows(assigned(0))).containsExactly("in/1[0,1)", "in/2[0,1)");
    }

    @Test
    void aDatasetThatIsOverwrittenCountsAsANewOne() {
        POOL.publish("in/1", 1);
        DatasetEnumerator enumerator = start(growing(false), null);
        registerAll();
        POOL.publish("in/1", 1, 2, 3);
        context.triggerAllActions();
        assertThat(allRows()).containsExactlyInAnyOrder("in/1[0,1)", "in/1[0,3)");
        POOL.deleteAll();
        context.triggerAllActions();
        assertThat(enumerator.snapshotState(1).unread()).isEmpty();
    }

    @Test
    void aDatasetIsDeletedWhenAllItsSplitsAreReportedAndTheReaderIsToldSo() {
        POOL.publish("in/1", 1, 2);
        DatasetEnumerator enumerator =
                start(selection("in", true, SplitPolicy.byParallelism(), Duration.ofDays(1), true), null);
        registerAll();
        List<DatasetSplit> splits = allSplits();
        assertThat(splits).hasSize(2);
        SplitsRead first = new SplitsRead(List.of(splits.get(0).splitId()));
        enumerator.handleSourceEvent(0, first);
        enumerator.notifyCheckpointComplete(1);
        assertThat(POOL.names()).containsExactly("in/1");
        enumerator.handleSourceEvent(1, new SplitsRead(List.of(splits.get(1).splitId())));
        assertThat(POOL.names()).isEmpty();
        assertThat(context.getSentEvents().get(0)).containsExactly(first);
        context.triggerAllActions();
        assertThat(enumerator.snapshotState(1).unread()).isEmpty();
    }

    @Test
    void aReaderThatMayHaveEndedIsToldNothing() {
        POOL.publish("in", 1);
        DatasetEnumerator enumerator = start(selection("in", false, SplitPolicy.byParallelism(), null, true), null);
        registerAll();
        enumerator.handleSourceEvent(
                0, new SplitsRead(List.of(allSplits().get(0).splitId())));
        assertThat(POOL.names()).isEmpty();
        assertThat(context.getSentEvents()).isEmpty();
    }

    @Test
    void whatWasPutUnderTheNameOfAReadDatasetIsNotDeleted() {
        POOL.publish("in/1", 1);
        DatasetEnumerator enumerator = start(growing(true), null);
        registerAll();
        POOL.publish("in/1", 2);
        enumerator.handleSourceEvent(
                0, new SplitsRead(List.of(allSplits().get(0).splitId())));
        enumerator.notifyCheckpointComplete(1);
        assertThat(POOL.names()).containsExactly("in/1");
    }

    @Test
    void aDatasetOrPathThatIsNotThereIsAnErrorThatSaysSo() {
        POOL.publish("data", 1);
        assertThatThrownBy(() -> start(bounded("absent"), null)).hasStackTraceContaining("there is no dataset absent");
        Selection otherPath =
                new Selection(POOL.options(), "data", false, "value", false, SplitPolicy.bySegment(), null, false);
        assertThatThrownBy(() -> start(otherPath, null))
                .hasStackTraceContaining("there is no segment or group value in the dataset data");
    }

    @Test
    void whatVersion1WroteStaysReadable() throws Exception {
        NamedSegment named = new NamedSegment("a", "b", 1, 2, 3);
        EnumeratorState state = new EnumeratorState(
                true,
                Map.of(new Publication("a", 4, 5), Set.of("a:b[0,9)@2.3")),
                List.of(new DatasetSplit(named, 0, 9)));
        String version1 = "0100000001000161000000000000000400000000000000050000000100"
                + "0c613a625b302c3929" + "40322e33" + "00000001" + "000161" + "000162"
                + "0000000000000001" + "00000002" + "0000000000000003"
                + "0000000000000000" + "0000000000000009" + "0000000000000000";
        assertThat(HexFormat.of().formatHex(EnumeratorStateSerializer.INSTANCE.serialize(state)))
                .isEqualTo(version1);
        assertThat(EnumeratorStateSerializer.INSTANCE.deserialize(
                        1, HexFormat.of().parseHex(version1)))
                .isEqualTo(state);
    }

    private DatasetEnumerator start(Selection selection, EnumeratorState restored) {
        DatasetEnumerator enumerator = new DatasetEnumerator(context, selection, restored);
        enumerator.start();
        context.triggerAllActions();
        current = enumerator;
        return enumerator;
    }

    private DatasetEnumerator current;

    private void registerAll() {
        for (int reader = 0; reader < READERS; reader++) {
            context.registerReader(reader, "host");
            current.addReader(reader);
        }
    }

    private static Selection bounded(String name) {
        return selection(name, false, SplitPolicy.byParallelism(), null, false);
    }

    private static Selection growing(boolean deleteWhenRead) {
        return selection("in", true, SplitPolicy.bySegment(), Duration.ofDays(1), deleteWhenRead);
    }

    private static Selection selection(
            String name, boolean below, SplitPolicy policy, Duration interval, boolean deleteWhenRead) {
        return new Selection(POOL.options(), name, below, "", false, policy, interval, deleteWhenRead);
    }

    private List<DatasetSplit> assigned(int reader) {
        SplitAssignmentState<DatasetSplit> state = context.getSplitAssignments().get(reader);
        return state == null ? List.of() : List.copyOf(state.getAssignedSplits());
    }

    private List<DatasetSplit> allSplits() {
        List<DatasetSplit> all = new ArrayList<>();
        for (int reader = 0; reader < READERS; reader++) {
            all.addAll(assigned(reader));
        }
        return all;
    }

    private List<String> allRows() {
        return rows(allSplits());
    }

    private static List<String> rows(List<DatasetSplit> splits) {
        return splits.stream()
                .map(split -> split.segment().dataset() + "[" + split.from() + "," + split.to() + ")")
                .toList();
    }

    private static EnumeratorState throughSerializer(EnumeratorState state) throws Exception {
        EnumeratorStateSerializer serializer = EnumeratorStateSerializer.INSTANCE;
        return serializer.deserialize(serializer.getVersion(), serializer.serialize(state));
    }
}
