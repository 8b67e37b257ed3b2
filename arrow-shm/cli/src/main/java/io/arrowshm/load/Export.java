package io.arrowshm.load;

import io.arrowshm.Segment;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Group;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.load.file.UnreadableFileException;
import io.arrowshm.load.internal.Reasons;
import io.arrowshm.load.internal.UnsupportedContentException;
import io.arrowshm.load.internal.array.NpyWriter;
import io.arrowshm.load.internal.table.TableFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Writes what is in a dataset to a file of another format, which its name says. The file appears when it is complete: until
 * then it is written beside its place, under a name of its own, and every end but one by SIGKILL deletes that. Several may
 * write to one file, of which the last one stays. Stateless.
 */
public final class Export {
    /** What {@code --help} and errors say. */
    public static final String FORMATS =
            ".npy, .npz, .arrow, .feather, .arrows (a stream), .parquet, .csv, .json (lines)";

    private Export() {}

    /**
     * Writes an array, a table, or a group of arrays.
     *
     * @param path in the dataset; empty for all of it
     * @param moved is told how many bytes more were read
     * @throws UnreadableFileException if the format takes nothing of that kind, or the file cannot be written
     * @throws SharedMemoryException CORRUPT if a table is damaged
     */
    public static void write(Dataset dataset, String path, Path file, LongConsumer moved) {
        try (PartialFile part = new PartialFile(file)) {
            write(dataset, path, suffix(file), file, part.path(), moved);
            part.complete();
        } catch (IOException e) {
            throw new UnreadableFileException(
                    file.toString(),
                    "not written (" + Reasons.of(e) + ")",
                    "a file that can be",
                    "look at its directory",
                    e);
        } catch (UnsupportedContentException e) {
            throw new UnreadableFileException(
                    file.toString(),
                    String.valueOf(e.getMessage()),
                    FORMATS,
                    "choose another format, or another path",
                    e);
        }
    }

    private static void write(Dataset dataset, String path, String suffix, Path file, Path part, LongConsumer moved)
            throws IOException {
        switch (suffix) {
            case "npy" -> NpyWriter.write(array(dataset, path), part, moved);
            case "npz" -> NpyWriter.writeAll(arrays(dataset, path), part, moved);
            case "arrow", "feather", "ipc" -> TableFiles.writeArrow(tables(dataset, path), part, false, moved);
            case "arrows" -> TableFiles.writeArrow(tables(dataset, path), part, true, moved);
            case "parquet", "csv", "json", "jsonl", "ndjson" ->
                TableFiles.writeSql(tables(dataset, path), part, suffix, moved);
            case "h5", "hdf5", "hdf" ->
                throw new UnreadableFileException(
                        file.toString(), "HDF5", FORMATS, "write it with shm.export of the package for Python");
            default ->
                throw new UnreadableFileException(
                        file.toString(), "an unknown format", FORMATS, "end its name with one of these");
        }
    }

    private static String suffix(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static Segment array(Dataset dataset, String path) {
        Segment segment = only(dataset, path);
        if (!segment.isArray()) {
            throw new UnsupportedContentException(shown(path) + " is a table, and this is a format of arrays");
        }
        return segment;
    }

    /** All arrays below a path, by their path in it. */
    private static Map<String, Segment> arrays(Dataset dataset, String path) {
        Map<String, Segment> arrays = new LinkedHashMap<>();
        dataset.info().segmentsWithin(path).forEach(info -> {
            Segment segment = dataset.segment(info.path());
            if (segment.isArray()) {
                String name = info.path().equals(path)
                        ? path.substring(path.lastIndexOf('/') + 1)
                        : path.isEmpty() ? info.path() : info.path().substring(path.length() + 1);
                arrays.put(name, segment);
            }
        });
        if (arrays.isEmpty()) {
            throw new UnsupportedContentException("there is no array in " + shown(path));
        }
        return arrays;
    }

    /** A table: one segment, or the segments of a group in their order. */
    private static List<Segment> tables(Dataset dataset, String path) {
        List<Segment> tables = new ArrayList<>();
        boolean isSegment =
                dataset.info().segments().stream().anyMatch(info -> info.path().equals(path));
        if (isSegment || (path.isEmpty() && dataset.info().segments().size() == 1)) {
            tables.add(only(dataset, path));
        } else {
            Group group = path.isEmpty() ? dataset.root() : dataset.group(path);
            group.segments().forEach(name -> tables.add(group.segment(name)));
        }
        for (Segment table : tables) {
            if (table.isArray() || !table.schema().equals(tables.get(0).schema())) {
                throw new UnsupportedContentException(shown(path)
                        + " is no table, nor a group of tables with the same columns, and this is a format of"
                        + " tables");
            }
            // DuckDB follows every offset: one that leads nowhere would end the process.
            table.validate();
        }
        if (tables.isEmpty()) {
            throw new UnsupportedContentException("there is no table in " + shown(path));
        }
        return tables;
    }

    /** The segment of that path, or the only one of the dataset. */
    private static Segment only(Dataset dataset, String path) {
        if (!path.isEmpty()) {
            return dataset.segment(path);
        }
        if (dataset.info().segments().size() != 1) {
            throw new UnsupportedContentException(
                    "the dataset has %d segments, and this is a format of one: add its path to the dataset's name"
                            .formatted(dataset.info().segments().size()));
        }
        return dataset.segment(dataset.info().segments().get(0).path());
    }

    private static String shown(String path) {
        return path.isEmpty() ? "the dataset" : path;
    }
}
