package io.arrowshm.benchmark.flink.job;

import com.sun.management.ThreadMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.flink.api.common.accumulators.LongMaximum;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * What a JVM, or several, have spent on their heap while a job ran.
 *
 * @param allocatedBytes by all threads
 * @param collectionMillis spent collecting garbage
 */
public record ProcessCosts(long allocatedBytes, long collectionMillis) {
    private static final String ALLOCATED = "allocatedBytes of ";
    private static final String COLLECTION = "collectionMillis of ";

    /** Of this JVM since it started; threads that have ended are not counted. */
    static ProcessCosts now() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        return new ProcessCosts(
                LongStream.of(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
                        .filter(bytes -> bytes > 0)
                        .sum(),
                ManagementFactory.getGarbageCollectorMXBeans().stream()
                        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                        .sum());
    }

    /** Says what this JVM has spent since then. Several tasks of one JVM may do so: the longest of them counts. */
    void addTo(RuntimeContext context) {
        ProcessCosts now = now();
        long pid = ProcessHandle.current().pid();
        add(context, ALLOCATED + pid, now.allocatedBytes - allocatedBytes);
        add(context, COLLECTION + pid, now.collectionMillis - collectionMillis);
    }

    /** Of all JVMs that ran tasks of a job, from the accumulators of the job when it has finished. */
    static ProcessCosts of(Map<String, Object> accumulators) {
        return new ProcessCosts(sum(accumulators, ALLOCATED), sum(accumulators, COLLECTION));
    }

    private static long sum(Map<String, Object> accumulators, String prefix) {
        return accumulators.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(prefix))
                .mapToLong(entry -> (Long) entry.getValue())
                .sum();
    }

    private static void add(RuntimeContext context, String name, long value) {
        context.addAccumulator(name, new LongMaximum(value));
    }
}
