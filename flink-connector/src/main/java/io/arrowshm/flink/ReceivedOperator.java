package io.arrowshm.flink;

import io.arrowshm.flink.stream.KeyedRouting;
import io.arrowshm.flink.stream.Routing;
import java.util.List;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.jspecify.annotations.Nullable;

/**
 * An operator behind an edge of the connector. Whatever places it places the receiving operator in front of it as well, so
 * that they stay in one task, and is told to those who send by key.
 */
final class ReceivedOperator<R> extends SingleOutputStreamOperator<R> {
    private final @Nullable SingleOutputStreamOperator<?> receiver;
    private final List<SingleOutputStreamOperator<?>> senders;
    private final List<Routing> routings;
    private boolean maxParallelismIsSet;

    /**
     * @param receiver chained in front of the operator; null if the operator receives by itself
     * @param senders in front of the edges
     * @param routings of the edges
     */
    ReceivedOperator(
            SingleOutputStreamOperator<R> operator,
            @Nullable SingleOutputStreamOperator<?> receiver,
            List<SingleOutputStreamOperator<?>> senders,
            List<Routing> routings) {
        super(operator.getExecutionEnvironment(), operator.getTransformation());
        this.receiver = receiver;
        this.senders = senders;
        this.routings = routings;
        int maxParallelism = environment.getConfig().getMaxParallelism();
        maxParallelismIsSet = maxParallelism > 0;
        if (maxParallelismIsSet) {
            applyMaxParallelism(maxParallelism);
        } else {
            applyDefaultMaxParallelism();
        }
        keepParallelism();
    }

    @Override
    public SingleOutputStreamOperator<R> setParallelism(int parallelism) {
        if (receiver != null) {
            receiver.setParallelism(parallelism);
        }
        super.setParallelism(parallelism);
        if (!maxParallelismIsSet) {
            applyDefaultMaxParallelism();
        }
        return this;
    }

    @Override
    public SingleOutputStreamOperator<R> setMaxParallelism(int maxParallelism) {
        maxParallelismIsSet = true;
        applyMaxParallelism(maxParallelism);
        return this;
    }

    @Override
    public SingleOutputStreamOperator<R> forceNonParallel() {
        if (receiver != null) {
            receiver.forceNonParallel();
        }
        return super.forceNonParallel();
    }

    @Override
    public SingleOutputStreamOperator<R> slotSharingGroup(String group) {
        if (receiver != null) {
            receiver.slotSharingGroup(group);
        }
        return super.slotSharingGroup(group);
    }

    @Override
    public SingleOutputStreamOperator<R> slotSharingGroup(SlotSharingGroup group) {
        if (receiver != null) {
            receiver.slotSharingGroup(group);
        }
        return super.slotSharingGroup(group);
    }

    /** Also for the operators of the edge, for jobs in which every operator must have one. */
    @Override
    public SingleOutputStreamOperator<R> uid(String uid) {
        if (receiver != null) {
            receiver.uid(uid + " receive");
        }
        for (int i = 0; i < senders.size(); i++) {
            senders.get(i).uid(uid + " send " + i);
        }
        return super.uid(uid);
    }

    /** A batch job would choose one that nobody has set when the senders are done, and not tell them. */
    private void keepParallelism() {
        if (receiver != null) {
            receiver.setParallelism(receiver.getParallelism());
        }
        super.setParallelism(getParallelism());
    }

    /** What Flink takes if nobody has said anything, but said: senders cannot ask for it when the job runs. */
    private void applyDefaultMaxParallelism() {
        if (routings.stream().anyMatch(KeyedRouting.class::isInstance)) {
            applyMaxParallelism(KeyGroupRangeAssignment.computeDefaultMaxParallelism(getParallelism()));
        }
    }

    private void applyMaxParallelism(int maxParallelism) {
        if (receiver != null) {
            receiver.setMaxParallelism(maxParallelism);
        }
        super.setMaxParallelism(maxParallelism);
        for (Routing routing : routings) {
            if (routing instanceof KeyedRouting<?> keyed) {
                keyed.setMaxParallelism(maxParallelism);
            }
        }
    }
}
