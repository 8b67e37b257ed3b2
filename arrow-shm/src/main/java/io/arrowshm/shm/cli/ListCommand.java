package io.arrowshm.shm.cli;

import io.arrowshm.shm.PoolDirectory;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.inspect.PoolInspector;
import io.arrowshm.shm.inspect.PoolSnapshot;
import io.arrowshm.shm.inspect.SegmentSnapshot;
import io.arrowshm.shm.inspect.Totals;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls}: the pools of a directory, or the segments of one. */
@Command(
        name = "ls",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Lists the pools of a directory or, with a pool, its segments.")
final class ListCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(arity = "0..1", paramLabel = "POOL", description = "List this pool's segments.")
    private @Nullable String pool;

    @Option(
            names = {"-s", "--short"},
            description = "Names only (of segments: slot numbers).")
    private boolean isShort;

    /** All pools of a directory. */
    record Pools(String directory, List<Pool> pools) {}

    /** One pool; what could not be read is null, and the error says why. */
    record Pool(
            String name,
            @Nullable String directory,
            @Nullable String poolId,
            @Nullable Totals totals,
            @Nullable String error) {}

    /** Names alone. */
    record Names(String directory, List<String> names) {}

    /** The segments of a pool. */
    record Segments(String name, String directory, List<SegmentSnapshot> segments) {}

    @Override
    public void run() {
        if (pool != null) {
            listSegments(pool);
        } else if (isShort) {
            List<String> names = PoolDirectory.names(Path.of(common.directory()));
            if (common.json || !names.isEmpty()) {
                common.answer(new Names(common.directory(), names), () -> String.join("\n", names));
            }
        } else {
            List<Pool> pools = PoolDirectory.names(Path.of(common.directory())).stream()
                    .map(this::look)
                    .toList();
            common.answer(new Pools(common.directory(), pools), () -> table(pools));
        }
    }

    private Pool look(String name) {
        try (PoolInspector inspector = PoolInspector.open(common.pool(name))) {
            PoolSnapshot snapshot = inspector.snapshot();
            return new Pool(name, snapshot.directory(), snapshot.description().poolId(), snapshot.totals(), null);
        } catch (SharedMemoryException e) {
            // One pool that cannot be read is no reason to hide the others.
            return new Pool(name, null, null, null, e.getMessage());
        }
    }

    private void listSegments(String name) {
        try (PoolInspector inspector = PoolInspector.open(common.pool(name))) {
            PoolSnapshot snapshot = inspector.snapshot();
            List<SegmentSnapshot> segments = snapshot.segments();
            if (isShort) {
                List<String> names = segments.stream()
                        .map(segment -> String.valueOf(segment.slot()))
                        .toList();
                common.answer(new Names(snapshot.directory(), names), () -> String.join("\n", names));
            } else {
                common.answer(new Segments(name, snapshot.directory(), segments), () -> segmentTable(segments));
            }
        }
    }

    private static String table(List<Pool> pools) {
        Table table = new Table("pool", "#size", "#free", "#segments", "#participants", "");
        for (Pool pool : pools) {
            Totals totals = pool.totals();
            if (totals == null) {
                table.row(pool.name(), "", "", "", "", pool.error());
            } else {
                table.row(
                        pool.name(),
                        Table.size(totals.sizeBytes()),
                        Table.size(totals.sizeBytes() - totals.usedBytes()),
                        totals.segments(),
                        totals.participantsAlive(),
                        "");
            }
        }
        return table.toString();
    }

    private static String segmentTable(List<SegmentSnapshot> segments) {
        Table table = new Table("#slot", "#generation", "state", "#length", "#block", "#held by", "#in flight", "");
        for (SegmentSnapshot segment : segments) {
            table.row(
                    segment.slot(),
                    segment.generation(),
                    segment.state().name().toLowerCase(Locale.ROOT),
                    Table.size(segment.lengthBytes()),
                    Table.size(segment.blockBytes()),
                    segment.holders().size(),
                    segment.inFlight(),
                    marks(segment));
        }
        return table.toString();
    }

    /** What else claims a segment, in words. */
    static String marks(SegmentSnapshot segment) {
        return (segment.named() ? "named " : "") + (segment.lent() ? "lent " : "") + (segment.leased() ? "leased" : "");
    }
}
