package io.arrowshm.flink;

import io.arrowshm.flink.internals.KeyGroups;
import io.arrowshm.flink.internals.OperatorHandle;
import io.arrowshm.flink.stream.KeyedRouting;
import io.arrowshm.flink.stream.Routing;
import java.util.List;
import org.apache.flink.api.common.ExecutionConfig;
import org.apache.flink.api.common.operators.SlotSharingGroup;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/**
 * An operator behind an edge of the connector. Whatever places it places the receiving operator in front of it as well, so
 * that they stay in one task, and is told to those who send by key.
 */
final class ReceivedOperator<R> extends OperatorHandle<R> {
    private final List<SingleOutputStreamOperator<?>> receivers;
    private final List<SingleOutputStreamOperator<?>> senders;
    private final List<Routing> routings;
    private boolean maxParallelismIsSet;

    /**
     * @param receivers chained in front of the operator; none if the operator receives by itself
     * @param senders in front of the edges
     * @param routings of the edges
     */
    ReceivedOperator(
            SingleOutputStreamOperator<R> operator,
            List<SingleOutputStreamOperator<?>> receivers,
            List<SingleOutputStreamOperator<?>> senders,
            List<Routing> routings) {
        super(operator);
        this.receivers = receivers;
        this.senders = senders;
        this.routings = routings;
        int maxParallelism = getExecutionEnvironment().getConfig().getMaxParallelism();
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
        receivers.forEach(receiver -> receiver.setParallelism(parallelism));
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
        receivers.forEach(receiver -> receiver.forceNonParallel());
        return super.forceNonParallel();
    }

    @Override
    public SingleOutputStreamOperator<R> slotSharingGroup(String group) {
        receivers.forEach(receiver -> receiver.slotSharingGroup(group));
        return super.slotSharingGroup(group);
    }

    @Override
    public SingleOutputStreamOperator<R> slotSharingGroup(SlotSharingGroup group) {
        receivers.forEach(receiver -> receiver.slotSharingGroup(group));
        return super.slotSharingGroup(group);
    }

    /** Also for the operators of the edge, for jobs in which every operator must have one. */
    @Override
    public SingleOutputStreamOperator<R> uid(String uid) {
        receivers.forEach(receiver -> receiver.uid(uid + " receive"));
        for (int i = 0; i < senders.size(); i++) {
            senders.get(i).uid(uid + " send " + i);
        }
        return super.uid(uid);
    }

    /** A batch job would choose one that nobody has set when the senders are done, and not tell them. */
    private void keepParallelism() {
        if (getParallelism() == ExecutionConfig.PARALLELISM_DEFAULT) {
            throw new IllegalStateException("the parallelism of the environment is " + getParallelism()
                    + ", which leaves it to Flink, but who sends segments must know it: set it to 1 or more, with "
                    + "parallelism.default or setParallelism of the environment");
        }
        receivers.forEach(receiver -> receiver.setParallelism(receiver.getParallelism()));
        super.setParallelism(getParallelism());
    }

    /** What Flink takes if nobody has said anything, but said: senders cannot ask for it when the job runs. */
    private void applyDefaultMaxParallelism() {
        if (routings.stream().anyMatch(KeyedRouting.class::isInstance)) {
            applyMaxParallelism(KeyGroups.byDefault(getParallelism()));
        }
    }

    private void applyMaxParallelism(int maxParallelism) {
        receivers.forEach(receiver -> receiver.setMaxParallelism(maxParallelism));
        super.setMaxParallelism(maxParallelism);
        for (Routing routing : routings) {
            if (routing instanceof KeyedRouting<?> keyed) {
                keyed.setMaxParallelism(maxParallelism);
            }
        }
    }
}
