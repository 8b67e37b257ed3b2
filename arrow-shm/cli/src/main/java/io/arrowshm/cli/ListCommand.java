package io.arrowshm.cli;

import io.arrowshm.console.Table;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.DatasetSnapshot;
import io.arrowshm.inspect.NamedSegmentSnapshot;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.PoolSnapshot;
import io.arrowshm.inspect.SegmentSnapshot;
import io.arrowshm.inspect.Totals;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls}: the pools of a directory, the datasets and further segments of one, or what lies in a dataset. */
@Command(
        name = "ls",
        sortOptions = false,
        header = "Lists pools, what is in one, or what is in a dataset.",
        description =
                "Lists the pools of a directory; with a pool, its datasets and the segments outside of them; with a dataset,"
                        + " its groups and segments.")
final class ListCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", arity = "0..1", paramLabel = "POOL", description = "List what is in this pool.")
    private @Nullable String pool;

    @Parameters(index = "1", arity = "0..1", paramLabel = "DATASET", description = "List what is in this dataset.")
    private @Nullable String dataset;

    @Option(
            names = {"-s", "--short"},
            description = "Print names only: of the pools, of the pool's datasets, or of the dataset's segments.")
    private boolean isShort;

    @Option(
            names = {"-l", "--long"},
            description = "Print the attributes of datasets too.")
    private boolean isLong;

    /** All pools of a directory. */
    record Pools(String directory, List<Pool> pools) {}

    /** One pool; what could not be read is null, and the error says why. */
    record Pool(
            String name,
            @Nullable String directory,
            @Nullable String poolId,
            @Nullable Integer datasets,
            @Nullable Totals totals,
            @Nullable String error) {}

    /** Names alone. */
    record Names(String directory, List<String> names) {}

    /** Datasets of a pool, and its segments that lie in none. */
    record Contents(String name, String directory, List<DatasetSnapshot> datasets, List<SegmentSnapshot> segments) {}

    /** One dataset of a pool. */
    record Content(String name, String directory, DatasetSnapshot dataset) {}

    @Override
    public void run() {
        if (pool == null) {
            listPools();
        } else {
            try (PoolInspector inspector = PoolInspector.open(common.pool(pool))) {
                if (dataset == null) {
                    listPool(inspector, inspector.snapshot());
                } else {
                    listDataset(inspector.snapshot(), inspector.dataset(dataset));
                }
            }
        }
    }

    private void listPools() {
        List<String> names = PoolInspector.pools(Path.of(common.directory()));
        if (isShort) {
            printNames(common.directory(), names);
        } else {
            List<Pool> pools =
                    names.stream().map(this::look).flatMap(Optional::stream).toList();
            common.answer(
                    new Pools(common.directory(), pools),
                    () -> pools.isEmpty() ? "no pools in " + common.directory() : Listings.pools(pools));
        }
    }

    private void listPool(PoolInspector inspector, PoolSnapshot snapshot) {
        List<DatasetSnapshot> datasets = inspector.datasets();
        if (isShort) {
            printNames(
                    snapshot.directory(),
                    datasets.stream().map(DatasetSnapshot::name).toList());
            return;
        }
        Map<Integer, Long> inDatasets = new HashMap<>();
        datasets.forEach(
                one -> one.segments().forEach(segment -> inDatasets.put(segment.slot(), segment.generation())));
        List<SegmentSnapshot> others = snapshot.segments().stream()
                .filter(segment -> !Objects.equals(inDatasets.get(segment.slot()), segment.generation()))
                .toList();
        common.answer(
                new Contents(snapshot.name(), snapshot.directory(), datasets, others),
                () -> datasets.isEmpty() && others.isEmpty()
                        ? "nothing in the pool " + snapshot.name()
                        : Stream.of(Listings.datasets(datasets, isLong), Listings.segments(others))
                                .filter(table -> !table.isEmpty())
                                .map(Table::toString)
                                .collect(Collectors.joining("\n\n")));
    }

    private void listDataset(PoolSnapshot snapshot, DatasetSnapshot one) {
        if (isShort) {
            printNames(
                    snapshot.directory(),
                    one.segments().stream()
                            .map(NamedSegmentSnapshot::path)
                            .sorted()
                            .toList());
        } else {
            common.answer(
                    new Content(snapshot.name(), snapshot.directory(), one),
                    () -> Listings.datasets(List.of(one), true) + "\n\n" + DatasetTree.of(one));
        }
    }

    private void printNames(String directory, List<String> names) {
        if (common.printsJson() || common.jsonFile() != null || !names.isEmpty()) {
            common.answer(new Names(directory, names), () -> String.join("\n", names));
        }
    }

    /** Nothing if it was removed meanwhile. */
    private Optional<Pool> look(String name) {
        try (PoolInspector inspector = PoolInspector.open(common.pool(name))) {
            PoolSnapshot snapshot = inspector.snapshot();
            return Optional.of(new Pool(
                    name,
                    snapshot.directory(),
                    snapshot.poolId(),
                    inspector.datasets().size(),
                    snapshot.totals(),
                    null));
        } catch (SharedMemoryException e) {
            // One pool that cannot be read is no reason to hide the others.
            return e.kind() == Kind.ABSENT
                    ? Optional.empty()
                    : Optional.of(new Pool(name, null, null, null, null, e.getMessage()));
        }
    }
}
