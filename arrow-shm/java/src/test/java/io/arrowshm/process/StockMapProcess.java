package io.arrowshm.process;

import io.arrowshm.internal.layout.SlotRecord;
import io.arrowshm.internal.memory.Memory;
import io.arrowshm.internal.registry.SlotEntry;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;

/** A process that opens a pool's registry as Chronicle Map does, and says, for each line of input, all ownership words. */
public final class StockMapProcess {
    private StockMapProcess() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (ChronicleMap<Integer, SlotEntry> map =
                ChronicleMapBuilder.of(Integer.class, SlotEntry.class).createPersistedTo(new File(arguments[0]))) {
            System.out.println("open");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                List<String> words = new ArrayList<>();
                SlotEntry entry = new SlotEntry();
                for (int slot = 0; slot < map.size(); slot++) {
                    map.getUsing(slot, entry);
                    words.add(Long.toHexString(Memory.getLongVolatile(entry.address() + SlotRecord.WORD)));
                }
                System.out.println(String.join(" ", words));
            }
        }
    }
}
