package io.arrowshm.benchmark.flink.job;

import java.io.Serializable;
import java.util.function.Consumer;

/**
 * What a job does, whatever it moves the arrays by.
 *
 * @param doubles in each array, at least 1; at least 2 if arrays come at a fixed rate
 * @param hops edges between the task that fills arrays and those that read them, at least 1
 * @param consumers tasks that each read every array, at least 1
 * @param reads what they read
 * @param taskManagers 2 for neighbours in different processes, 1 for all tasks in one
 * @param jobs that do this at the same time, at least 1
 * @param arraysPerSecond at which each job's arrays come; 0 for as fast as they are taken
 * @param warmUpSeconds since the first array, in which nothing is counted
 * @param measuredSeconds after that
 */
public record Load(
        int doubles,
        int hops,
        int consumers,
        Reads reads,
        int taskManagers,
        int jobs,
        double arraysPerSecond,
        double warmUpSeconds,
        double measuredSeconds)
        implements Serializable {
    /** What a consumer reads of each array. */
    public enum Reads {
        FIRST,
        ALL
    }

    /** One element; one job over one edge between two processes, to one consumer that reads it, at full speed. */
    public static Load of(double measuredSeconds) {
        return new Load(1, 1, 1, Reads.FIRST, 2, 1, 0, measuredSeconds / 2, measuredSeconds);
    }

    /** This load, but for what the change sets. */
    public Load with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return new Load(
                draft.bytes / Double.BYTES,
                draft.hops,
                draft.consumers,
                draft.reads,
                draft.taskManagers,
                draft.jobs,
                draft.arraysPerSecond,
                warmUpSeconds,
                measuredSeconds);
    }

    /** A load that is being changed. */
    public static final class Draft {
        /** A multiple of 8. */
        public int bytes;

        public int hops;
        public int consumers;
        public Reads reads;
        public int taskManagers;
        public int jobs;
        public double arraysPerSecond;

        private Draft(Load load) {
            bytes = Math.toIntExact(load.bytes());
            hops = load.hops;
            consumers = load.consumers;
            reads = load.reads;
            taskManagers = load.taskManagers;
            jobs = load.jobs;
            arraysPerSecond = load.arraysPerSecond;
        }
    }

    /** Size of an array. */
    public long bytes() {
        return (long) doubles * Double.BYTES;
    }

    /** Whether it is measured how long arrays take, and not how many pass. */
    public boolean isPaced() {
        return arraysPerSecond > 0;
    }

    /** When a paced array is due, since the first one. */
    long dueNanos(long number) {
        return (long) (number * 1e9 / arraysPerSecond);
    }
}
