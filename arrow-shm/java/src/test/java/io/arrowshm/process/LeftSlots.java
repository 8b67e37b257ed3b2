package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.Registry;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.Opened;
import io.arrowshm.testing.PoolProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What a process that was killed has left in a pool, one slot of each kind.
 *
 * @param held a batch, held by participant 0
 * @param sent a batch in flight from epoch 1
 * @param free never used, with memory
 * @param tensor a tensor message, held by participant 0
 * @param npy an .npy file, held by participant 0
 * @param named a batch in the dataset d, held by participant 0
 */
record LeftSlots(int held, int sent, int free, int tensor, int npy, int named) {
    private static final String NUMBERS = "<i8";
    private static final String STRINGS = "<U5";
    private static final String ELEMENTS = "1000";

    private enum Kind {
        HELD,
        SENT,
        FREE,
        TENSOR,
        NPY,
        NAMED,
        OTHER
    }

    static void leaveIn(String pool) throws IOException {
        try (Child child = Child.start(pool)) {
            assertThat(child.read()).startsWith("pool ");
            child.ask("hold 1");
            child.ask("build");
            child.ask("send 3");
            child.ask("array " + NUMBERS + " " + ELEMENTS);
            child.ask("array " + STRINGS + " " + ELEMENTS);
            child.ask("name d 9");
        }
    }

    static LeftSlots find(Path directory, int slots) {
        Map<Kind, Integer> slotOfKind = new HashMap<>();
        try (Registry registry = Opened.with(directory.resolve("registry.cm3"), file -> Registry.open(file, slots))) {
            for (int slot = 0; slot < slots; slot++) {
                slotOfKind.putIfAbsent(kind(registry.address(slot)), slot);
            }
        }
        return new LeftSlots(
                slotOfKind.get(Kind.HELD),
                slotOfKind.get(Kind.SENT),
                slotOfKind.get(Kind.FREE),
                slotOfKind.get(Kind.TENSOR),
                slotOfKind.get(Kind.NPY),
                slotOfKind.get(Kind.NAMED));
    }

    private static Kind kind(long address) {
        long word = Memory.getLongVolatile(address);
        if (OwnershipWord.inFlight(word) > 0) {
            return Kind.SENT;
        }
        if (OwnershipWord.isNamed(word)) {
            return Kind.NAMED;
        }
        if (OwnershipWord.state(word) == OwnershipWord.FREE) {
            return Kind.FREE;
        }
        return OwnershipWord.state(word) == OwnershipWord.SEALED
                ? kindOfLength(Memory.getLong(address + SlotRecord.LENGTH))
                : Kind.OTHER;
    }

    private static Kind kindOfLength(long length) {
        if (length == PoolProcess.array(NUMBERS, ELEMENTS).bytes()) {
            return Kind.TENSOR;
        }
        return length == PoolProcess.array(STRINGS, ELEMENTS).bytes() ? Kind.NPY : Kind.HELD;
    }
}
