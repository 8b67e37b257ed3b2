package io.arrowshm.load;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.load.file.NotLoaded;
import io.arrowshm.load.file.Selection;
import io.arrowshm.load.file.UnreadableFileException;
import io.arrowshm.load.internal.Item;
import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.Reasons;
import io.arrowshm.load.internal.SingleItemFile;
import io.arrowshm.load.internal.UnsupportedContentException;
import io.arrowshm.load.internal.table.DuckDb;
import io.arrowshm.load.internal.table.SqlItem;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * What files have, and what a dataset of them will be. Closes the files with it. One thread.
 *
 * <pre>{@code
 * try (LoadPlan plan = LoadPlan.of(List.of("run.h5"), List.of());
 *         LoadedDataset loaded = plan.load(pool, bytes -> {})) {
 *     loaded.publishPersistent("run", false);
 * }
 * }</pre>
 */
public final class LoadPlan implements AutoCloseable {
    private final DuckDb duckDb = new DuckDb();
    private final List<OpenInput> inputs = new ArrayList<>();
    private final List<NotLoaded> notLoaded = new ArrayList<>();
    private final Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final List<Content> contents = new ArrayList<>();

    private LoadPlan() {}

    /** A file, and how it was when it was opened. */
    private record OpenInput(Path path, OpenFile file, BasicFileAttributes status) {}

    /** Something that will be loaded, at a path of the dataset. */
    record Content(String path, Item item, int input) {}

    /**
     * Something that will be a segment of the dataset.
     *
     * @param path in the dataset
     * @param description type and shape
     * @param bytes as well as they are known before
     */
    public record Planned(
            @JsonProperty("path") String path,
            @JsonProperty("description") String description,
            @JsonProperty("bytes") long bytes) {}

    /**
     * Opens files and looks what is in them.
     *
     * @param files their names, those of directories, or patterns such as {@code runs/*.h5}; one file is the dataset, several
     *     are groups in it
     * @param selections what is wanted; empty for all
     * @throws UnreadableFileException if a file that was named is missing, damaged or of no known format; if a selection is of
     *     nothing that is there
     */
    public static LoadPlan of(List<String> files, List<Selection> selections) {
        LoadPlan plan = new LoadPlan();
        boolean complete = false;
        try {
            List<InputFiles.Input> inputs = InputFiles.of(files);
            boolean single = inputs.size() == 1 && inputs.get(0).isNamed();
            for (InputFiles.Input input : inputs) {
                plan.open(input, single);
            }
            plan.select(selections);
            complete = true;
            return plan;
        } catch (IOException e) {
            throw unreadable(String.join(", ", files), e);
        } finally {
            if (!complete) {
                plan.close();
            }
        }
    }

    /**
     * What a SELECT gives over files that DuckDB reads, as in {@code SELECT * FROM 'day-*.parquet' WHERE price > 3}: one table.
     *
     * @param name of the table in the dataset
     * @throws UnreadableFileException if it cannot be carried out
     */
    public static LoadPlan ofQuery(String query, String name) {
        LoadPlan plan = new LoadPlan();
        boolean complete = false;
        try {
            plan.contents.add(new Content(name, SqlItem.ofQuery(name, query, plan.duckDb), 0));
            complete = true;
            return plan;
        } catch (UnsupportedContentException e) {
            throw new UnreadableFileException(
                    query, String.valueOf(e.getMessage()), "a SELECT that DuckDB can carry out", "correct it", e);
        } finally {
            if (!complete) {
                plan.close();
            }
        }
    }

    private void open(InputFiles.Input input, boolean single) {
        String name = input.name();
        try {
            OpenFile file = open(input.file(), name.substring(name.lastIndexOf('/') + 1));
            inputs.add(
                    new OpenInput(input.file(), file, Files.readAttributes(input.file(), BasicFileAttributes.class)));
            add(file, name, single);
        } catch (UnreadableFileException | IOException e) {
            UnreadableFileException failure = e instanceof UnreadableFileException known
                    ? known
                    : unreadable(input.file().toString(), (IOException) e);
            if (input.isNamed()) {
                throw failure;
            }
            notLoaded.add(new NotLoaded(name, Reasons.of(failure)));
        }
    }

    private OpenFile open(Path path, String name) throws IOException {
        FileFormat format = FileFormat.of(path);
        try {
            return format.open(path, name, duckDb);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            throw new UnreadableFileException(
                    path.toString(),
                    "a file of %s that cannot be read: %s".formatted(format, Reasons.of(e)),
                    "a whole one",
                    "make or fetch it again",
                    e);
        }
    }

    private static UnreadableFileException unreadable(String file, IOException e) {
        String found = e instanceof NoSuchFileException
                ? "no such file"
                : e instanceof AccessDeniedException ? "permission denied" : Reasons.of(e);
        return new UnreadableFileException(file, found, "a file that can be read", "look at its name and its mode", e);
    }

    private void add(OpenFile file, String name, boolean single) {
        boolean isGroup = !(file instanceof SingleItemFile);
        String group = single ? "" : isGroup ? name : name.substring(0, Math.max(0, name.lastIndexOf('/')));
        if (isGroup && !single) {
            groups.put(name, file.attributes());
        } else {
            attributes.putAll(file.attributes());
        }
        file.groups().forEach((path, values) -> groups.put(within(group, path), values));
        file.notLoaded().forEach(part -> notLoaded.add(new NotLoaded(within(group, part.path()), part.reason())));
        for (Item item : file.items()) {
            contents.add(new Content(within(group, item.path()), item, inputs.size() - 1));
        }
    }

    private static String within(String group, String path) {
        return group.isEmpty() ? path : path.startsWith("/") ? group + path : group + "/" + path;
    }

    private void select(List<Selection> selections) {
        if (selections.isEmpty()) {
            return;
        }
        List<Content> selected = new ArrayList<>();
        for (Selection selection : selections) {
            List<Content> found = contents.stream()
                    .filter(content -> isWithin(selection.path(), content.path))
                    .toList();
            if (found.isEmpty()) {
                throw new UnreadableFileException(
                        "--select " + selection.path(),
                        "nothing of that path",
                        "one of "
                                + contents.stream().map(Content::path).limit(20).toList(),
                        "see --dry-run for all");
            }
            for (Content content : found) {
                selected.add(selection.isWhole() ? content : selected(content, selection));
            }
        }
        contents.clear();
        contents.addAll(selected);
        groups.keySet()
                .removeIf(group -> selections.stream()
                        .noneMatch(
                                selection -> isWithin(selection.path(), group) || isWithin(group, selection.path())));
        notLoaded.removeIf(part -> selections.stream().noneMatch(selection -> isWithin(selection.path(), part.path())));
    }

    private static Content selected(Content content, Selection selection) {
        try {
            return new Content(content.path, content.item.select(selection), content.input);
        } catch (IllegalArgumentException e) {
            throw new UnreadableFileException(
                    "--select " + selection.path(),
                    String.valueOf(e.getMessage()),
                    "a part that is there",
                    "see --dry-run for shapes",
                    e);
        }
    }

    private static boolean isWithin(String group, String path) {
        return path.equals(group) || path.startsWith(group + "/") || path.startsWith(group + "@");
    }

    /** Makes a group of each array of structures, with an array of each field, and with groups for structures in structures. */
    public LoadPlan splitStructures() {
        contents.replaceAll(content -> new Content(content.path, content.item.split(), content.input));
        return this;
    }

    /** What will be loaded. */
    public List<Planned> contents() {
        return contents.stream()
                .map(content -> new Planned(content.path, content.item.description(), content.item.bytes()))
                .toList();
    }

    /** What is in the files and will not be loaded, and why. */
    public List<NotLoaded> notLoaded() {
        return List.copyOf(notLoaded);
    }

    /** What will be moved, as well as it is known before; what is there under several paths counts once. */
    public long bytes() {
        Map<Object, Long> bytes = new LinkedHashMap<>();
        contents.forEach(content -> bytes.put(key(content), content.item.bytes()));
        return bytes.values().stream().mapToLong(Long::longValue).sum();
    }

    static Object key(Content content) {
        return List.of(content.input, content.item.identity());
    }

    /**
     * Loads all of it; nobody sees it before it is published.
     *
     * @param moved is told how many bytes more were moved, by any thread
     * @throws UnreadableFileException if nothing could be loaded, or a file was changed meanwhile
     * @throws io.arrowshm.error.SharedMemoryException FULL
     */
    public LoadedDataset load(SharedMemoryPool pool, LongConsumer moved) {
        LoadedDataset loaded = new LoadedDataset(pool, attributes, groups, notLoaded);
        boolean complete = false;
        try {
            contents.forEach(content -> loaded.load(content, moved));
            checkUnchanged();
            loaded.checkNotEmpty(
                    inputs.stream().map(input -> input.path.toString()).toList());
            complete = true;
            return loaded;
        } finally {
            if (!complete) {
                loaded.close();
            }
        }
    }

    private void checkUnchanged() {
        for (OpenInput input : inputs) {
            try {
                BasicFileAttributes now = Files.readAttributes(input.path, BasicFileAttributes.class);
                if (now.size() == input.status.size()
                        && now.lastModifiedTime().equals(input.status.lastModifiedTime())) {
                    continue;
                }
            } catch (IOException e) {
                throw unreadable(input.path.toString(), e);
            }
            throw new UnreadableFileException(
                    input.path.toString(), "changed while it was read", "one that stays as it is", "load it again");
        }
    }

    @Override
    public void close() {
        duckDb.close();
        inputs.forEach(input -> input.file.close());
        inputs.clear();
    }
}
