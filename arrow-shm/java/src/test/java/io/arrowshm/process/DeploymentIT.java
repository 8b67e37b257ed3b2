package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.testing.Child;
import io.arrowshm.testing.OtherUser;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** On whatever Java, with whatever flags, as whatever user: it works, or says what is missing. */
class DeploymentIT {
    private static final List<String> NEEDED = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");
    /** Turn off what JDK 25 says about every library with native code. */
    private static final List<String> SILENCE =
            List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");
    /** What a JVM itself says: a JRE about Flink's flags for a compiler, JDK 24 and later about native code. */
    private static final Pattern SAID_BY_THE_JVM =
            Pattern.compile("WARNING: (Unknown module: jdk\\.compiler specified to --add-exports"
                    + "|A restricted method in java\\.lang\\.System has been called"
                    + "|java\\.lang\\.System::load has been called by .*"
                    + "|Use --enable-native-access=ALL-UNNAMED to avoid a warning .*"
                    + "|Restricted methods will be blocked in a future release .*"
                    + "|A terminally deprecated method in sun\\.misc\\.Unsafe has been called"
                    + "|sun\\.misc\\.Unsafe::.*"
                    + "|Please consider reporting this to the maintainers of class .*)");

    private static final Path JDK = Path.of(System.getProperty("java.home"));

    @TempDir
    private static Path folder;

    private static Path jre;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    @RegisterExtension
    final TestPool othersPool = TestPool.ofBytes(16 << 20, 1024);

    private final PoolOptions options = testPool.options();
    private SharedMemoryPool pool;

    /** A Java without a compiler, as in Flink's images. */
    @BeforeAll
    static void linkJre() throws IOException, InterruptedException {
        jre = folder.resolve("jre");
        Process jlink = new ProcessBuilder(
                        JDK.resolve("bin/jlink").toString(),
                        "--add-modules",
                        "java.se,jdk.unsupported",
                        "--output",
                        jre.toString())
                .inheritIO()
                .start();
        assertThat(jlink.waitFor()).isZero();
    }

    @BeforeEach
    void openPool() {
        pool = testPool.pool();
    }

    @Test
    void aJreAndAJdkShareAPoolInSilence() throws IOException, InterruptedException {
        assertTheyShareThePool(List.of(jre, JDK));
    }

    @Test
    void jdk25SharesThePoolToo() throws IOException, InterruptedException {
        assertTheyShareThePool(List.of(jre, JDK, jdk25()));
    }

    @Test
    void twoFlagsSilenceJdk25() throws IOException, InterruptedException {
        List<String> command = command(jdk25(), Child.flags());
        command.addAll(SILENCE);
        Path errors = errors("silent");
        try (Child child = started(command, errors)) {
            assertThat(child.ask("hold 1")).isEqualTo("held");
            assertThat(child.end()).isZero();
        }
        assertThat(errors).isEmptyFile();
    }

    @Test
    void threeFlagsAreEnough() throws IOException, InterruptedException {
        assertThat(Child.flags()).containsAll(NEEDED);
        for (Path home : List.of(jre, JDK)) {
            try (Child child = started(command(home, NEEDED), errors("three"))) {
                assertThat(child.ask("hold 1")).isEqualTo("held");
                assertThat(child.end()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void aMissingFlagIsNamed(int missing) throws IOException {
        List<String> flags = new ArrayList<>(Child.flags());
        flags.remove(NEEDED.get(missing));
        try (Child child = child(command(JDK, flags), othersPool.name(), errors("flag" + missing))) {
            assertThat(child.read())
                    .isEqualTo("error MISSING_JVM_FLAG this JVM was started without " + NEEDED.get(missing)
                            + "; start it with that, as Flink's shipped configuration does (env.java.opts.all)");
        }
        othersPool.assertThatNothingIsLeft();
    }

    @ParameterizedTest
    @CsvSource({
        "--sun-misc-unsafe-memory-access=deny, --sun-misc-unsafe-memory-access=allow",
        "--illegal-native-access=deny, --enable-native-access=ALL-UNNAMED"
    })
    void aFlagOfJdk25ThatDeniesWhatIsNeededIsNamed(String flag, String remedy) throws IOException {
        List<String> command = command(jdk25(), Child.flags());
        command.add(flag);
        for (TestPool each : List.of(testPool, othersPool)) {
            try (Child child = child(command, each.name(), errors("denied"))) {
                assertThat(child.read())
                        .startsWith("error MISSING_JVM_FLAG this JVM was started with " + flag + ",")
                        .endsWith("start it with " + remedy);
            }
        }
        othersPool.assertThatNothingIsLeft();
    }

    @Test
    void onlyTheUserCanOpenAnyFile() throws IOException {
        try (Segment segment = PoolProcess.write(pool, 7);
                Stream<Path> files = Files.walk(pool.directory())) {
            assertThat(segment.isIn(pool)).isTrue();
            assertThat(files)
                    .hasSizeGreaterThan(9)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .as(file.toString())
                            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void anotherUserIsRefusedAndHasAPoolOfHisOwn() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "skipped: only root can become another user");
        OtherUser other = OtherUser.in(folder);
        List<String> command = new ArrayList<>(other.wrapper());
        command.addAll(command(JDK, Child.flags()));
        String classPath = other.classPath();
        Path errors = errors("refused");
        try (Child child = Child.start(command, classPath, redirect(errors), PoolProcess.class, options.name())) {
            assertThat(child.read())
                    .as(Files.readString(errors))
                    .startsWith("error NO_PERMISSION " + testPool.parent().resolve(testPool.name())
                            + " belongs to another user");
        }
        try (Child child =
                Child.start(command, classPath, redirect(errors("own")), PoolProcess.class, othersPool.name())) {
            assertThat(child.read()).startsWith("pool ");
            assertThat(child.ask("hold 1")).isEqualTo("held");
            // Nor has root anything to do with it.
            assertThatThrownBy(() -> SharedMemoryPool.open(othersPool.options()))
                    .hasMessageContaining("belongs to another user (id " + OtherUser.ID);
            assertThat(child.end()).isZero();
        } finally {
            OtherUser.run(testPool.parent(), "rm -rf " + othersPool.name() + " ." + othersPool.name() + "-*");
        }
    }

    @Test
    void aSecondClassLoaderIsToldWhereTheLibraryBelongs() throws Exception {
        ClassLoader first = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader second = new URLClassLoader(urls(), ClassLoader.getPlatformClassLoader())) {
            Thread.currentThread().setContextClassLoader(second);
            Class<?> poolClass = second.loadClass(SharedMemoryPool.class.getName());
            Class<?> optionsClass = second.loadClass(PoolOptions.class.getName());
            Object sameOptions = optionsClass.getMethod("named", String.class).invoke(null, options.name());
            Method open = poolClass.getMethod("open", optionsClass);
            assertThat(poolClass).isNotSameAs(SharedMemoryPool.class);
            assertThatThrownBy(() -> open.invoke(null, sameOptions))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .hasMessageContaining("another class loader of this JVM (")
                    .hasMessageContaining(") has the pool")
                    .hasMessageContaining("put arrow-shm into Flink's lib/ directory")
                    .extracting("kind")
                    .hasToString("IN_USE");
            assertThat(pool.statistics().participants()).isEqualTo(1);
            pool.close();
            AutoCloseable opened = (AutoCloseable) open.invoke(null, sameOptions);
            opened.close();
        } finally {
            Thread.currentThread().setContextClassLoader(first);
        }
    }

    /** What one of them sends every other one receives. */
    private void assertTheyShareThePool(List<Path> homes) throws IOException, InterruptedException {
        List<Child> children = new ArrayList<>();
        try {
            for (Path home : homes) {
                children.add(child(command(home, Child.flags()), options.name(), errors("shared" + children.size())));
            }
            for (int i = 0; i < homes.size(); i++) {
                assertHasOpened(children.get(i), errors("shared" + i));
            }
            for (Child sender : children) {
                for (Child receiver : children) {
                    assertThat(receiver.ask("receive " + sender.ask("send 42"))).isEqualTo("sum 42 right");
                }
            }
            for (Child child : children) {
                assertThat(child.end()).isZero();
            }
        } finally {
            for (Child child : children) {
                child.close();
            }
        }
        for (int i = 0; i < homes.size(); i++) {
            assertThat(Files.readAllLines(errors("shared" + i)).stream()
                            .filter(line -> !line.isEmpty()
                                    && !SAID_BY_THE_JVM.matcher(line).matches()))
                    .as("standard error of " + homes.get(i))
                    .isEmpty();
        }
    }

    private Child started(List<String> command, Path errors) throws IOException {
        Child child = child(command, options.name(), errors);
        assertHasOpened(child, errors);
        return child;
    }

    private void assertHasOpened(Child child, Path errors) throws IOException {
        assertThat(child.read()).as(Files.readString(errors)).isEqualTo("pool " + pool.directory());
    }

    private static Child child(List<String> command, String pool, Path errors) throws IOException {
        return Child.start(command, Child.classPath(), redirect(errors), PoolProcess.class, pool);
    }

    private static List<String> command(Path home, List<String> flags) {
        List<String> command = new ArrayList<>(List.of(Child.javaOf(home)));
        command.addAll(flags);
        return command;
    }

    private static Path errors(String name) {
        return folder.resolve(name + ".err");
    }

    private static ProcessBuilder.Redirect redirect(Path file) {
        return ProcessBuilder.Redirect.to(file.toFile());
    }

    /** The home that JAVA25_HOME names, or one in the usual places; without any the test is skipped. */
    private static Path jdk25() throws IOException {
        String named = System.getenv("JAVA25_HOME");
        if (named != null) {
            return Path.of(named);
        }
        Optional<Path> found = Optional.empty();
        Path usual = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(usual)) {
            try (Stream<Path> homes = Files.list(usual)) {
                found = homes.filter(DeploymentIT::is25).findFirst();
            }
        }
        assumeTrue(found.isPresent(), "skipped: no JDK 25 in " + usual + "; JAVA25_HOME names one elsewhere");
        return found.orElseThrow();
    }

    private static boolean is25(Path home) {
        try {
            return Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"25");
        } catch (IOException e) {
            return false;
        }
    }

    private static URL[] urls() throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        for (String entry : Child.classPath().split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }
}
