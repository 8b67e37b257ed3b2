package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.Question.Processes;
import io.arrowshm.benchmark.flink.job.Load;
import java.util.List;

/** All questions: whoever adds one adds it here, and to the list. */
final class Questions {
    private static final List<Integer> FEW = List.of(1 << 10, 1 << 16, 1 << 20, 1 << 24);
    private static final Sizes MANY = new Sizes(
            List.of(1 << 10, 1 << 20),
            FEW,
            List.of(16, 1 << 8, 1 << 10, 1 << 12, 1 << 16, 1 << 20, 1 << 22, 1 << 24, 1 << 26));
    private static final Sizes LARGE =
            new Sizes(List.of(1 << 20), List.of(1 << 16, 1 << 24), List.of(1 << 16, 1 << 24));

    /** Half of what the slowest exchange manages. */
    private static final double PACED_BYTES_PER_SECOND = 100e6;

    private static final double MOST_PACED_ARRAYS_PER_SECOND = 1_000;

    /** From which size of arrays on does it pay? */
    static final Question SIZE = new Question(
            "size",
            "Arrays that a consumer reads one element of",
            Questions::passing,
            Sweep.overSizes(MANY, load -> {}),
            List.of(Chart.RATE, Chart.CPU, Chart.ALLOCATED),
            Column.RATES,
            Answers::fromWhichSize,
            Processes.WARM);

    /** The same, where the consumer has work of its own. */
    static final Question READ_ALL = new Question(
            "read-all",
            "Arrays that a consumer reads all of",
            Questions::passing,
            Sweep.overSizes(MANY, load -> load.reads = Load.Reads.ALL),
            List.of(Chart.RATE, Chart.CPU),
            Column.RATES,
            Answers::fromWhichSize,
            Processes.WARM);

    /** What do tasks cost that only pass arrays on? */
    static final Question HOPS = new Question(
            "hops",
            "Arrays that cross several edges",
            load -> "Between the task that fills arrays and the one that reads " + reading(load)
                    + " of each there are tasks that only pass them on, each in the other process.",
            Sweep.over(Axis.HOPS, LARGE, 1, 2, 3, 4, 5),
            List.of(Chart.RATE, Chart.CPU),
            Column.RATES,
            Answers::fromLeastToMost,
            Processes.WARM);

    /** What do further consumers of the same arrays cost? */
    static final Question CONSUMERS = new Question(
            "consumers",
            "Arrays that several consumers read",
            load -> "Several tasks each read " + reading(load) + " of every array.",
            Sweep.over(Axis.CONSUMERS, LARGE, 1, 2, 4),
            List.of(Chart.RATE, Chart.CPU),
            Column.RATES,
            Answers::fromLeastToMost,
            Processes.WARM);

    /** What is left for each of two jobs? */
    static final Question JOBS = new Question(
            "jobs",
            "Arrays of several jobs at the same time",
            load -> "The same job runs several times at the same time, in the same processes.",
            Sweep.over(Axis.JOBS, LARGE, 1, 2),
            List.of(Chart.RATE),
            Column.RATES,
            Answers::fromLeastToMost,
            Processes.WARM);

    /** And where no process has to be crossed? */
    static final Question TOGETHER = new Question(
            "together",
            "All tasks in one TaskManager",
            Questions::passing,
            Sweep.overSizes(MANY, load -> load.taskManagers = 1),
            List.of(Chart.RATE),
            Column.RATES,
            Answers::fromWhichSize,
            Processes.WARM);

    /** How long does an array take at a moderate rate? */
    static final Question LATENCY = new Question(
            "latency",
            "Arrays that come at a fixed rate",
            load -> "From when an array is due to be filled until it has been read in another process; a source that "
                    + "falls behind counts as well.",
            Sweep.overSizes(
                    new Sizes(FEW, FEW, FEW),
                    load -> load.arraysPerSecond =
                            Math.min(MOST_PACED_ARRAYS_PER_SECOND, PACED_BYTES_PER_SECOND / load.bytes)),
            List.of(Chart.P50, Chart.P99, Chart.P999),
            Column.LATENCIES,
            Answers::howLong,
            Processes.WARM);

    /** How much memory does it take? */
    static final Question MEMORY = new Question(
            "memory",
            "Memory of fresh TaskManagers and the pool",
            load -> "What both TaskManager processes, fresh for every run, and the pool's files take at most, in a run "
                    + "at full speed.",
            Sweep.overSizesForEach(Axis.CONSUMERS, LARGE, 1, 4),
            List.of(Chart.MEMORY),
            Column.MEMORY,
            Answers::howMuch,
            Processes.FRESH);

    static final List<Question> ALL = List.of(SIZE, READ_ALL, HOPS, CONSUMERS, JOBS, TOGETHER, LATENCY, MEMORY);

    private Questions() {}

    private static String passing(Load load) {
        return "A task fills arrays of doubles; a task in " + (load.taskManagers() == 1 ? "the same" : "another")
                + " process, " + (load.hops() == 1 ? "one edge" : load.hops() + " edges") + " further, reads "
                + reading(load) + " of each. How many bytes of arrays pass in a second?";
    }

    private static String reading(Load load) {
        return load.reads() == Load.Reads.ALL ? "all elements" : "the first element";
    }
}
