package io.arrowshm.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What is in the jar for Flink's {@code lib/}. */
class OneJarIT {
    private static final Path JAR = Path.of(System.getProperty("jar"));
    private static final String SHADED = "io/arrowshm/shaded/";

    /** Everything else in it would get in the way of Flink's, or of a job's, class of the same name. */
    private static final List<String> ALLOWED_PACKAGES = List.of(
            "io/arrowshm/",
            "org/apache/arrow/",
            // They call native code.
            "com/sun/jna/",
            "com/kenai/",
            "jnr/",
            // Stands in for the compiler of a JDK.
            "com/sun/tools/javac/api/JavacTool.class");

    @Test
    void containsNoClassThatCouldHideAnothers() throws IOException {
        assertThat(names().filter(name -> name.endsWith(".class"))
                        .filter(name -> ALLOWED_PACKAGES.stream().noneMatch(name::startsWith)))
                .isEmpty();
    }

    @Test
    void noClassUsesTheOldNameOfWhatHasGotANewOne() throws IOException {
        Set<String> roots = names().filter(name -> name.startsWith(SHADED) && name.endsWith(".class"))
                .map(name -> name.substring(SHADED.length()))
                // Other libraries of Apache Commons are not bundled, and keep their names.
                .map(name -> Path.of(name).subpath(0, name.startsWith("org/apache/commons/") ? 4 : 3) + "/")
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(roots).contains("net/openhft/chronicle/", "com/fasterxml/jackson/", "com/google/flatbuffers/");
        Pattern oldName = Pattern.compile("(?<!" + SHADED + ")(?:" + String.join("|", roots) + ")\\w+(?:/\\w+)*");
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            Set<String> found = new TreeSet<>();
            for (ZipEntry entry : jar.stream().toList()) {
                if (entry.getName().endsWith(".class")) {
                    Matcher matcher = oldName.matcher(latin(jar, entry));
                    if (matcher.find()) {
                        found.add(entry.getName() + ": " + matcher.group());
                    }
                }
            }
            assertThat(found).isEmpty();
        }
    }

    /** Neither more nor less: each of them with all that it has of classes, and every class from one of them. */
    @Test
    void noticeListsWhatIsBundled() throws IOException {
        Set<String> rest = BundledArtifact.contents(JAR).stream()
                .map(name -> name.startsWith(SHADED) ? name.substring(SHADED.length()) : name)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> bundled = new TreeSet<>();
        for (BundledArtifact artifact : BundledArtifact.all(Path.of(System.getProperty("artifacts")))) {
            Set<String> classes = new TreeSet<>(artifact.contents());
            classes.removeIf(name -> name.endsWith(".so"));
            boolean isBundled = artifact.contents().stream().anyMatch(rest::contains);
            if (isBundled) {
                assertThat(rest).as(artifact.name()).containsAll(classes);
                rest.removeAll(artifact.contents());
                if (!artifact.isOurs()) {
                    bundled.add(artifact.name());
                }
            }
        }
        assertThat(rest).as("from none of the dependencies").isEmpty();
        assertThat(bundled).isNotEmpty();
        assertThat(listed()).containsExactlyInAnyOrderElementsOf(bundled);
    }

    @Test
    void everyLicenceThatNoticeSpeaksOfIsThere() throws IOException {
        Set<String> spokenOf = new TreeSet<>();
        Matcher matcher = Pattern.compile("(?:LICENSE|NOTICE)\\.[\\w-]+\\w").matcher(text("META-INF/NOTICE"));
        while (matcher.find()) {
            spokenOf.add("META-INF/licenses/" + matcher.group());
        }
        assertThat(names().filter(name -> name.startsWith("META-INF/licenses/") && !name.endsWith("/")))
                .containsExactlyInAnyOrderElementsOf(spokenOf);
        assertThat(text("META-INF/LICENSE")).contains("Apache License");
    }

    /** In a class loader that has nothing else but Java and a way to log. */
    @Test
    void everyServiceIsFoundByItsNewName() throws Exception {
        URL logging =
                org.slf4j.Logger.class.getProtectionDomain().getCodeSource().getLocation();
        List<String> services = names().filter(name -> name.startsWith("META-INF/services/") && !name.endsWith("/"))
                .toList();
        assertThat(services).isNotEmpty();
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {JAR.toUri().toURL(), logging}, ClassLoader.getPlatformClassLoader())) {
            for (String service : services) {
                Class<?> asked = Class.forName(service.substring("META-INF/services/".length()), false, loader);
                List<String> providers = text(service)
                        .lines()
                        .filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .toList();
                assertThat(providers).as(service).isNotEmpty();
                for (String provider : providers) {
                    assertThat(asked).isAssignableFrom(Class.forName(provider.strip(), false, loader));
                }
            }
        }
    }

    /** Two builds of one commit are one jar. */
    @Test
    void nothingInItSaysWhenItWasBuilt() throws IOException {
        LocalDateTime built =
                LocalDateTime.ofInstant(Files.getLastModifiedTime(JAR).toInstant(), ZoneId.systemDefault());
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            assertThat(jar.stream().map(ZipEntry::getTimeLocal)).allMatch(time -> time.isBefore(built.minusHours(1)));
        }
    }

    @Test
    void isOfASizeThatTheDocumentationSays() throws IOException {
        long megabytes = Math.round(Files.size(JAR) / 1e6);
        System.out.println(JAR.getFileName() + " has " + megabytes + " MB");
        assertThat(megabytes).isBetween(10L, 20L);
    }

    private static Set<String> listed() throws IOException {
        return text("META-INF/NOTICE")
                .lines()
                .filter(line -> line.startsWith("- "))
                .map(line -> line.substring(2))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> names() throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            return jar.stream().map(ZipEntry::getName).toList().stream();
        }
    }

    private static String text(String name) throws IOException {
        try (ZipFile jar = new ZipFile(JAR.toFile())) {
            return new String(jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String latin(ZipFile jar, ZipEntry entry) throws IOException {
        return new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1);
    }
}
