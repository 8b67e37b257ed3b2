package io.arrowshm.systemtest.topology;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.runtime.state.FunctionInitializationContext;

/**
 * What the functions of all nodes have in common: their logic, and the sum of what they get, which is in every checkpoint.
 * When a subtask closes it writes its sum into a file of its own, over that of an earlier attempt: when the job has
 * finished every file is exact, also those of subtasks that were finished at the last checkpoint and do not run again.
 * One thread.
 *
 * @param <T> a record
 */
final class NodeTask<T> implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final String SEPARATOR = "-";

    private final int node;
    private final Logic logic;
    private final Carrier<T> carrier;
    private final String directory;
    private transient ListState<long[]> saved;
    private transient NodeSum sum;

    /** @param directory where the sums go */
    NodeTask(int node, Logic logic, Carrier<T> carrier, Path directory) {
        this.node = node;
        this.logic = logic;
        this.carrier = carrier;
        this.directory = directory.toString();
    }

    Logic logic() {
        return logic;
    }

    Carrier<T> carrier() {
        return carrier;
    }

    void initialize(FunctionInitializationContext context) throws Exception {
        sum = NodeSum.NOTHING;
        saved = context.getOperatorStateStore()
                .getListState(new ListStateDescriptor<>("sum", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
        for (long[] restored : saved.get()) {
            sum = sum.plus(new NodeSum(restored[0], restored[1]));
        }
    }

    void snapshot() throws Exception {
        saved.update(List.of(new long[] {sum.records(), sum.checksum()}));
    }

    /** Counts a record and returns its first word. */
    long take(T record) {
        sum = sum.plusRecord(carrier.digest(record));
        return carrier.first(record);
    }

    void close(RuntimeContext context) throws IOException {
        // Absent if the attempt never got so far.
        if (sum != null) {
            String subtask = node + SEPARATOR + context.getTaskInfo().getIndexOfThisSubtask();
            Files.writeString(Path.of(directory, subtask), sum.records() + " " + sum.checksum());
        }
    }

    /** The sums of a job that has finished, by node. */
    static Map<Integer, NodeSum> sums(Path directory) throws IOException {
        Map<Integer, NodeSum> sums = new TreeMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(f -> f.getFileName().toString().contains(SEPARATOR))
                    .toList()) {
                int node = Integer.parseInt(file.getFileName().toString().split(SEPARATOR, -1)[0]);
                String[] words = Files.readString(file).split(" ", -1);
                NodeSum sum = new NodeSum(Long.parseLong(words[0]), Long.parseLong(words[1]));
                sums.merge(node, sum, NodeSum::plus);
            }
        }
        return sums;
    }
}
