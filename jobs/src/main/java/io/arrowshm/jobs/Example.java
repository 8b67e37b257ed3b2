package io.arrowshm.jobs;

import io.arrowshm.cluster.LocalCluster;
import io.arrowshm.jobs.examples.DatasetInAndOut;
import io.arrowshm.jobs.examples.DropInOnAnUnchangedJob;
import io.arrowshm.jobs.examples.FirstArray;
import io.arrowshm.jobs.examples.MetricsAndOptions;
import io.arrowshm.jobs.examples.NumpyStep;
import io.arrowshm.jobs.examples.PartitionedByKey;
import io.arrowshm.jobs.examples.WindowsOverCopies;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * A job that is one class to copy.
 *
 * @param name as {@code jobs/run} knows it
 * @param summary one line
 */
record Example(String name, String summary, Program program) {
    static final int PARALLELISM = 2;

    static final List<Example> ALL = List.of(
            new Example("first-array", "Arrays that tasks in other processes read in place.", FirstArray::main),
            new Example("partitioned-by-key", "Segments by key, and copies of them in state.", PartitionedByKey::main),
            new Example("windows-over-copies", "Flink's windows over batches of rows.", WindowsOverCopies::main),
            new Example("dataset-in-and-out", "Arrays with names, written and read back.", DatasetInAndOut::main),
            new Example(
                    "drop-in-on-an-unchanged-job",
                    "Arrays in POJOs, with one line more.",
                    DropInOnAnUnchangedJob::main),
            new Example("numpy-step", "A function of Python on arrays, in place.", NumpyStep::main),
            new Example("metrics-and-options", "How segments have travelled, and why.", MetricsAndOptions::main));

    /** The main method of a Flink job. */
    interface Program {
        void run(String... arguments) throws Exception;
    }

    /**
     * Runs the job as {@code flink run} would, on the calling thread; what it prints goes to the standard output.
     *
     * @param cluster where it runs
     * @param pool name of the pool
     * @throws Exception as the job does
     */
    void run(LocalCluster cluster, String pool) throws Exception {
        JobEnvironment.use(cluster);
        try {
            program.run(pool);
        } finally {
            JobEnvironment.reset();
        }
    }

    /** What {@code getExecutionEnvironment} gives to the job, whose own configuration wins over the parallelism here. */
    private static final class JobEnvironment extends StreamExecutionEnvironment {
        static void use(LocalCluster cluster) {
            initializeContextEnvironment(ofJob -> {
                Configuration merged = new Configuration();
                merged.set(CoreOptions.DEFAULT_PARALLELISM, PARALLELISM);
                merged.addAll(ofJob);
                return cluster.environment(merged);
            });
        }

        static void reset() {
            resetContextEnvironment();
        }
    }
}
