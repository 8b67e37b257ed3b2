package io.arrowshm.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What README.md and the pages in docs/ tell people to type. */
public final class Documentation {
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(?<language>\\w*)\\n(?<text>.*?)^```$");
    private static final Pattern INLINE = Pattern.compile("`(?<text>[^`\\n]+)`");

    private Documentation() {}

    /**
     * Blocks of code.
     *
     * @param page the file that it stands in
     * @param line its first one in that file
     */
    public record Block(String page, int line, String text) {
        @Override
        public String toString() {
            return page + ":" + line;
        }
    }

    /** @param language as it stands behind the fence; empty for shells */
    public static List<Block> blocks(String language) {
        List<Block> blocks = new ArrayList<>();
        for (Path page : pages()) {
            String text = read(page);
            BLOCK.matcher(text)
                    .results()
                    .filter(block -> block.group(1).equals(language))
                    .forEach(block -> blocks.add(new Block(
                            root().relativize(page).toString(),
                            1 + (int) text.substring(0, block.start(2)).lines().count(),
                            block.group(2))));
        }
        return blocks;
    }

    /**
     * Command lines, each as its arguments, in blocks and within sentences.
     *
     * @param launcher what they begin with, for instance {@code jobs/run}
     */
    public static List<List<String>> commands(String launcher) {
        Stream<String> inBlocks =
                blocks("").stream().flatMap(block -> block.text().lines());
        Stream<String> inSentences = pages().stream()
                .map(Documentation::read)
                .flatMap(page -> INLINE.matcher(BLOCK.matcher(page).replaceAll(""))
                        .results()
                        .map((MatchResult code) -> code.group(1)));
        return Stream.concat(inBlocks, inSentences)
                .map(line -> line.startsWith("$ ") ? line.substring(2) : line)
                .filter(line -> line.equals(launcher) || line.startsWith(launcher + " "))
                // What a command does may stand beside it, behind several blanks.
                .map(line ->
                        line.substring(launcher.length()).split(" {2,}", 2)[0].strip())
                .map(arguments -> arguments.isEmpty() ? List.<String>of() : List.of(arguments.split(" ")))
                .distinct()
                .toList();
    }

    /** The directory of the repository. */
    public static Path root() {
        for (Path directory = Path.of("").toAbsolutePath(); directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("mvnw"))) {
                return directory;
            }
        }
        throw new IllegalStateException("no mvnw above " + Path.of("").toAbsolutePath());
    }

    private static List<Path> pages() {
        try (Stream<Path> docs = Files.list(root().resolve("docs"))) {
            return Stream.concat(Stream.of(root().resolve("README.md")), docs.sorted())
                    .filter(page -> page.toString().endsWith(".md"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
