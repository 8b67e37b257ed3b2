package io.arrowshm.cli;

import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.array.NdArray;
import io.arrowshm.console.Amounts;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.dataset.DatasetInfo.SegmentInfo;
import io.arrowshm.load.file.Selection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code show}: what is in an array or a table. */
@Command(
        name = "show",
        sortOptions = false,
        header = "Shows an array or a table: values, statistics, a picture.",
        description =
                "Shows what is in an array or a table of a dataset: its attributes, statistics, the first and last"
                        + " values and, of series and images, a small picture.")
final class ShowCommand implements Runnable {
    @Mixin
    private final CommonOptions common = new CommonOptions();

    @Parameters(index = "0", paramLabel = "POOL", description = "Name of the pool.")
    @SuppressWarnings("NullAway.Init")
    private String poolName;

    @Parameters(
            index = "1",
            paramLabel = "DATASET/PATH[SLICE]",
            description =
                    "Name of the dataset, a path in it and, of an array, a part: run/frames[17, :, 0:10]. The path may"
                            + " be left out if there is only one.")
    @SuppressWarnings("NullAway.Init")
    private String what;

    /** What is shown of an array; statistics are null if its elements are no numbers, or there are none. */
    record ShownArray(
            String path,
            String dtype,
            List<Long> shape,
            List<String> dimensionNames,
            Map<String, Object> attributes,
            @Nullable ArrayStatistics statistics) {}

    /** What is shown of a table. */
    record ShownTable(String path, long rows, List<String> columns, Map<String, Object> attributes) {}

    @Override
    public void run() {
        common.check();
        Selection selection = LoadCommand.selection(what);
        try (SharedMemoryPool pool = common.openExisting(poolName);
                DatasetPath source = DatasetPath.open(pool, selection.path())) {
            SegmentInfo info = segment(source);
            Segment segment = source.dataset().segment(info.path());
            if (segment.isArray()) {
                show(info, part(segment.array(), selection));
            } else {
                show(info, segment);
            }
        }
    }

    private static SegmentInfo segment(DatasetPath source) {
        List<SegmentInfo> found = source.dataset().info().segmentsWithin(source.path());
        if (found.size() != 1) {
            throw new UserErrorException("%s: there are %d segments, show takes one%s"
                    .formatted(
                            source.path().isEmpty() ? source.dataset().name() : source.path(),
                            found.size(),
                            found.isEmpty()
                                    ? ": see arrow-shm ls"
                                    : ", such as " + source.dataset().name() + "/"
                                            + found.get(0).path()));
        }
        return found.get(0);
    }

    private NdArray part(NdArray array, Selection selection) {
        List<Selection.Range> ranges = selection.ranges();
        if (ranges.size() > array.dimensions() || !selection.columns().isEmpty()) {
            throw new UserErrorException("%s: it has %d axes".formatted(what, array.dimensions()));
        }
        NdArray part = array;
        int axis = 0;
        for (Selection.Range range : ranges) {
            long stop = Math.min(range.stop(), part.length(axis));
            if (range.start() > stop || (range.isIndex() && range.start() >= part.length(axis))) {
                throw new UserErrorException("%s: the axis has %d elements".formatted(what, part.length(axis)));
            }
            if (range.isIndex()) {
                part = part.select(axis, range.start());
            } else {
                part = part.slice(axis, range.start(), stop);
                axis++;
            }
        }
        return part;
    }

    private void show(SegmentInfo info, NdArray array) {
        ArrayStatistics statistics = ArrayStatistics.of(array);
        ShownArray shown = new ShownArray(
                info.path(),
                array.dtype().toString(),
                Arrays.stream(array.shape()).boxed().toList(),
                array.dimensionNames(),
                info.attributes(),
                statistics);
        common.answer(shown, () -> {
            List<String> lines = new ArrayList<>();
            lines.add("%s %s, %s"
                    .formatted(
                            array.dtype(),
                            Arrays.toString(array.shape()),
                            Amounts.size(array.size() * array.itemSize())));
            if (array.dimensionNames().stream().anyMatch(name -> !name.isEmpty())) {
                lines.add("axes: " + String.join(", ", array.dimensionNames()));
            }
            addAttributes(info.attributes(), lines);
            if (statistics != null) {
                lines.add(statistics.toString());
            }
            lines.add(ArrayText.of(array));
            String picture = statistics == null ? "" : Picture.of(array, statistics);
            if (!picture.isEmpty()) {
                lines.add(picture);
            }
            return String.join(System.lineSeparator(), lines);
        });
    }

    private void show(SegmentInfo info, Segment table) {
        table.validate();
        long rows = 0;
        for (int batch = 0; batch < table.batchCount(); batch++) {
            rows += table.root(batch).getRowCount();
        }
        List<String> columns =
                table.schema().getFields().stream().map(Object::toString).toList();
        long count = rows;
        common.answer(new ShownTable(info.path(), rows, columns, info.attributes()), () -> {
            List<String> lines = new ArrayList<>();
            lines.add("%s rows in %s batches: %s"
                    .formatted(
                            Amounts.count(count),
                            Amounts.count(table.batchCount()),
                            columns.stream().collect(Collectors.joining(", "))));
            addAttributes(info.attributes(), lines);
            lines.add(TableText.of(table));
            return String.join(System.lineSeparator(), lines);
        });
    }

    private static void addAttributes(Map<String, Object> attributes, List<String> lines) {
        if (!attributes.isEmpty()) {
            lines.add(Listings.attributes(attributes));
        }
    }
}
