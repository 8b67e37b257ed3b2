package io.arrowshm.cluster;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One TaskManager to start.
 *
 * @param slots task slots, and how many slots of {@link Placement#group() placed groups} fit; at least 1
 * @param taskHeapMb heap for tasks, MiB; the JVM's heap is this and {@link #FRAMEWORK_HEAP_MB}
 * @param networkMb network buffers, MiB
 * @param managedMb managed memory, MiB; 0 is enough unless a state backend or a batch operator wants some
 * @param taskOffHeapMb direct memory for tasks, MiB
 * @param placement where slot-sharing groups that ask for this place run, or null for a TaskManager without a place
 * @param configuration further Flink options of this TaskManager alone; they win over everything else
 */
public record TaskManagerSpec(
        int slots,
        int taskHeapMb,
        int networkMb,
        int managedMb,
        int taskOffHeapMb,
        @Nullable Placement placement,
        Map<String, String> configuration) {
    /** Heap of Flink itself, MiB, beside that of the tasks. */
    public static final int FRAMEWORK_HEAP_MB = 128;

    /** One slot, 1 GiB of heap in all, 128 MiB of network buffers, no place. */
    public static final TaskManagerSpec DEFAULT = new TaskManagerSpec(1, 896, 128, 0, 64, null, Map.of());

    private static final int FRAMEWORK_OFF_HEAP_MB = 128;
    private static final int METASPACE_MB = 256;
    private static final int OVERHEAD_MB = 192;

    public TaskManagerSpec {
        if (slots < 1) {
            throw new IllegalArgumentException("slots must be at least 1: slots=" + slots);
        }
        configuration = Map.copyOf(configuration);
    }

    public TaskManagerSpec withSlots(int slots) {
        return new TaskManagerSpec(slots, taskHeapMb, networkMb, managedMb, taskOffHeapMb, placement, configuration);
    }

    public TaskManagerSpec withTaskHeapMb(int taskHeapMb) {
        return new TaskManagerSpec(slots, taskHeapMb, networkMb, managedMb, taskOffHeapMb, placement, configuration);
    }

    public TaskManagerSpec withNetworkMb(int networkMb) {
        return new TaskManagerSpec(slots, taskHeapMb, networkMb, managedMb, taskOffHeapMb, placement, configuration);
    }

    public TaskManagerSpec withPlacement(Placement placement) {
        return new TaskManagerSpec(slots, taskHeapMb, networkMb, managedMb, taskOffHeapMb, placement, configuration);
    }

    public TaskManagerSpec withConfiguration(Map<String, String> configuration) {
        return new TaskManagerSpec(slots, taskHeapMb, networkMb, managedMb, taskOffHeapMb, placement, configuration);
    }

    int heapMb() {
        return FRAMEWORK_HEAP_MB + taskHeapMb;
    }

    int directMemoryMb() {
        return FRAMEWORK_OFF_HEAP_MB + taskOffHeapMb + networkMb;
    }

    int metaspaceMb() {
        return METASPACE_MB;
    }

    /** Every memory component: TaskManagerRunner started without Flink's shell scripts computes none of them. */
    Map<String, String> flinkOptions() {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("taskmanager.numberOfTaskSlots", Integer.toString(slots));
        options.put("taskmanager.cpu.cores", Double.toString(slots * Placement.CPU_CORES_PER_SLOT));
        options.put("taskmanager.memory.framework.heap.size", FRAMEWORK_HEAP_MB + "m");
        options.put("taskmanager.memory.framework.off-heap.size", FRAMEWORK_OFF_HEAP_MB + "m");
        options.put("taskmanager.memory.task.heap.size", taskHeapMb + "m");
        options.put("taskmanager.memory.task.off-heap.size", taskOffHeapMb + "m");
        options.put("taskmanager.memory.network.min", networkMb + "m");
        options.put("taskmanager.memory.network.max", networkMb + "m");
        options.put("taskmanager.memory.managed.size", managedMb + "m");
        options.put("taskmanager.memory.jvm-metaspace.size", METASPACE_MB + "m");
        options.put("taskmanager.memory.jvm-overhead.min", OVERHEAD_MB + "m");
        options.put("taskmanager.memory.jvm-overhead.max", OVERHEAD_MB + "m");
        if (placement != null) {
            options.putAll(placement.taskManagerOptions(slots));
        }
        options.putAll(configuration);
        return options;
    }
}
