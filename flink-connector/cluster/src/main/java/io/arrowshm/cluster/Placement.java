package io.arrowshm.cluster;

import java.util.Map;
import org.apache.flink.api.common.operators.SlotSharingGroup;

/**
 * A named place: the slot-sharing group of a place runs only in TaskManagers of that place.
 *
 * <p>The name is a Flink external resource. A TaskManager of the place owns one unit for each of its slots
 * ({@link TaskManagerSpec#withPlacement}), a slot of the group takes one, and TaskManagers without it are no match,
 * at first scheduling and after every failure. A slot allocated for one place is never reused for another, because the
 * slot pool reuses a slot only for an equal resource profile.
 *
 * <p>Every operator of the job must be in the group of some place: an operator in Flink's default group asks for no
 * resource and may take slots anywhere. Operators inherit the group of their inputs when these agree.
 *
 * @param name letters, digits, '-' and '_'
 */
public record Placement(String name) {
    static final double CPU_CORES_PER_SLOT = 1.0;
    /** Bookkeeping only: Flink enforces no heap limit on a slot, but refuses a profile that asks for none. */
    private static final int TASK_HEAP_MB_PER_SLOT = 1;

    public Placement {
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw new IllegalArgumentException("name must be letters, digits, '-' and '_': name=" + name);
        }
    }

    /** The slot-sharing group that runs here; equal for equal places. */
    public SlotSharingGroup group() {
        return SlotSharingGroup.newBuilder(name)
                .setCpuCores(CPU_CORES_PER_SLOT)
                .setTaskHeapMemoryMB(TASK_HEAP_MB_PER_SLOT)
                .setExternalResource(name, 1.0)
                .build();
    }

    Map<String, String> taskManagerOptions(int slots) {
        return Map.of("external-resources", name, "external-resource." + name + ".amount", Integer.toString(slots));
    }
}
