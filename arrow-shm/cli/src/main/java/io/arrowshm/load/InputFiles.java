package io.arrowshm.load;

import io.arrowshm.load.file.UnreadableFileException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The files that somebody has named, one by one, by their directory, or by a pattern, and what each is called. Stateless. */
final class InputFiles {
    private static final int MOST_DEPTH = 15;

    private InputFiles() {}

    /**
     * A file.
     *
     * @param name in the dataset: groups, and the file's own without what stands behind its dot
     * @param isNamed whether somebody has named just this one, so that it must be readable
     */
    record Input(Path file, String name, boolean isNamed) {}

    /** @throws UnreadableFileException if there is none */
    static List<Input> of(List<String> named) throws IOException {
        List<Input> inputs = new ArrayList<>();
        for (String text : named) {
            Path path = Path.of(text);
            if (Files.isDirectory(path) && !FileFormat.isZarr(path)) {
                addAll(path, "**", inputs);
            } else if (Files.exists(path)) {
                // A pipe would be waited for, and is read once only.
                if (!Files.isRegularFile(path) && !FileFormat.isZarr(path)) {
                    throw new UnreadableFileException(
                            text, "no regular file", "a file, a directory or a pattern", "write it to a file first");
                }
                inputs.add(new Input(path, String.valueOf(path.getFileName()), true));
            } else if (text.matches(".*[*?\\[{].*")) {
                addMatching(text, inputs);
            } else {
                throw new UnreadableFileException(
                        text, "no such file", "a file, a directory or a pattern", "correct its name");
            }
        }
        if (inputs.isEmpty()) {
            throw new UnreadableFileException(
                    String.join(", ", named), "no files", "a file, a directory or a pattern", "correct its name");
        }
        return withoutSuffixes(inputs);
    }

    private static void addMatching(String pattern, List<Input> inputs) throws IOException {
        String beforePattern = pattern.replaceFirst("[*?\\[{].*", "");
        int slash = beforePattern.lastIndexOf('/');
        Path directory = Path.of(slash < 0 ? "." : beforePattern.substring(0, slash + 1));
        if (Files.isDirectory(directory)) {
            addAll(directory, pattern.substring(slash + 1), inputs);
        }
    }

    private static void addAll(Path directory, String glob, List<Input> inputs) throws IOException {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        try (Stream<Path> files = Files.walk(directory, MOST_DEPTH)) {
            // A store of Zarr is one thing; a directory comes before what is in it.
            Set<Path> ofZarr = new HashSet<>();
            files.filter(file -> !isInStore(file, ofZarr))
                    .filter(file -> ofZarr.contains(file) || Files.isRegularFile(file))
                    .filter(file -> matcher.matches(directory.relativize(file)))
                    .sorted()
                    .map(file -> new Input(file, directory.relativize(file).toString(), false))
                    .forEach(inputs::add);
        }
    }

    private static boolean isInStore(Path file, Set<Path> ofZarr) {
        boolean isInStore = ofZarr.contains(file.getParent());
        if (isInStore || (Files.isDirectory(file) && FileFormat.isZarr(file))) {
            ofZarr.add(file);
        }
        return isInStore;
    }

    /** Where two would be called the same, or one as the directory of another, names stay as they are. */
    private static List<Input> withoutSuffixes(List<Input> inputs) {
        Map<String, Integer> counts = new HashMap<>();
        Set<String> directories = new HashSet<>();
        for (Input input : inputs) {
            counts.merge(stem(input.name), 1, Integer::sum);
            for (int slash = input.name.lastIndexOf('/'); slash > 0; slash = input.name.lastIndexOf('/', slash - 1)) {
                directories.add(input.name.substring(0, slash));
            }
        }
        return inputs.stream()
                .map(input -> {
                    String stem = stem(input.name);
                    boolean unique = counts.getOrDefault(stem, 0) == 1 && !directories.contains(stem);
                    return unique ? new Input(input.file, stem, input.isNamed) : input;
                })
                .toList();
    }

    private static String stem(String name) {
        String plain = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
        int dot = plain.lastIndexOf('.');
        return dot > plain.lastIndexOf('/') + 1 ? plain.substring(0, dot) : plain;
    }
}
