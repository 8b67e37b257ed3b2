package io.arrowshm.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipFile;

/**
 * A jar that may be in the one jar.
 *
 * @param name group, artifact and version, as they stand in NOTICE
 * @param contents its classes and native libraries, by their names in its jar
 */
record BundledArtifact(String name, Set<String> contents) {
    /** A line of {@code dependency:list}, such as {@code g:a:jar:classifier:1.0:compile:/path/a-1.0.jar -- module a}. */
    private static final Pattern LINE =
            Pattern.compile("\\s*([^:\\s]+:[^:]+):jar:(?:[^:]+:)?([^:]+):(?:compile|runtime):([^\\s]+\\.jar).*");

    static List<BundledArtifact> all(Path list) throws IOException {
        try (var lines = Files.lines(list)) {
            return lines.map(LINE::matcher)
                    .filter(Matcher::matches)
                    .map(line ->
                            new BundledArtifact(line.group(1) + ":" + line.group(2), contents(Path.of(line.group(3)))))
                    .toList();
        }
    }

    boolean isOurs() {
        return name.startsWith("io.arrowshm:");
    }

    static Set<String> contents(Path jar) {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return zip.stream()
                    .map(entry -> entry.getName())
                    .filter(entry -> entry.endsWith(".class") || entry.endsWith(".so"))
                    .filter(entry -> !entry.startsWith("META-INF/") && !entry.equals("module-info.class"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + jar, e);
        }
    }
}
