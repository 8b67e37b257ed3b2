package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.inspect.PoolInspector;
import io.arrowshm.inspect.Verifier;
import io.arrowshm.testing.OtherUser;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.SavedFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Root's pools in a directory that another user can write too, where that user has prepared something or goes on changing
 * names. In a sticky directory he can do so with what is his own, in an open one with everything.
 */
@ParameterizedClass(name = "in a directory of mode {0}")
@ValueSource(strings = {"1777", "0777"})
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class OtherUsersIT {
    private static final String ID = "0123456789abcdef";
    private static final int RACES = 50;
    private static final int FILES = 500;

    @Parameter
    String mode;

    private Path base;
    private PoolOptions options;
    private final List<Process> processes = new ArrayList<>();

    @BeforeEach
    void makeDirectory() throws IOException, InterruptedException {
        assumeTrue(System.getProperty("user.name").equals("root"), "skipped: only root can become another user");
        base = Files.createTempDirectory(Path.of("/dev/shm"), "other-users-");
        assertThat(new ProcessBuilder("chmod", mode, base.toString()).start().waitFor())
                .isZero();
        options = named("victim");
    }

    @AfterEach
    void removeDirectory() throws IOException, InterruptedException {
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> all = Files.walk(base)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    @Test
    void aPoolThatHeHasPreparedIsRefusedAndListedLikeAllOthers() throws Exception {
        try (SharedMemoryPool own = SharedMemoryPool.open(named("own"))) {
            // His in every respect but that he could not have copied it.
            Path prepared = base.resolve(".victim-" + own.directory().toString().replaceAll(".*-", ""));
            run("cp -a " + own.directory() + " " + prepared);
            run("chown -R " + OtherUser.ID + " " + prepared);
            OtherUser.run(base, "ln -s " + prepared.getFileName() + " victim");
            assertRefused();
            run("chmod -R a+rwX " + prepared);
            assertRefused();
            assertThat(PoolInspector.pools(base)).containsExactly("own", "victim");
            assertThat(prepared.resolve("participants")).isNotEmptyFile();
            assertUsable(own);
        }
    }

    @Test
    void aPoolThatOthersCanWriteIsRefused() throws Exception {
        Path directory;
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            directory = pool.directory();
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx---"));
        assertThatEach(Kind.NO_PERMISSION, "can be written by other users (mode 0770)");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
        Files.setPosixFilePermissions(directory.resolve("participants"), PosixFilePermissions.fromString("rw-rw-rw-"));
        assertThatThrownBy(() -> SharedMemoryPool.open(options)).hasMessageContaining("can be written by other users");
    }

    @Test
    void aFifoInAPoolOfHisMakesNobodyWait() throws Exception {
        OtherUser.run(
                base,
                "umask 0; ln -s .victim-" + ID + " victim; mkdir .victim-" + ID + "; mkfifo .victim-" + ID
                        + "/pool.json");
        assertRefused();
        assertThat(PoolInspector.pools(base)).containsExactly("victim");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "touch victim",
                "mkdir victim",
                "mkfifo victim",
                "ln -s /etc victim",
                "ln -s .victim-" + ID + " victim",
                "touch .victim.lock",
                "umask 0; touch .victim.lock",
                "mkdir .victim.lock",
                "mkfifo .victim.lock",
                "ln -s /etc/passwd .victim.lock"
            })
    void aNameThatHeHasTakenIsOneErrorAndOtherPoolsAreUsable(String script) throws Exception {
        OtherUser.run(base, script);
        assertThatThrownBy(() -> SharedMemoryPool.open(options))
                .isInstanceOfSatisfying(
                        SharedMemoryException.class, e -> assertThat(e.kind()).isIn(Kind.NO_PERMISSION, Kind.CORRUPT))
                .hasMessageContaining(base + (script.contains("lock") ? "/.victim.lock" : "/victim"));
        try (SharedMemoryPool own = SharedMemoryPool.open(named("own"))) {
            assertUsable(own);
            assertThat(PoolInspector.pools(base)).containsExactly("own");
        }
        assertThat(SharedMemoryPool.remove(named("own"))).isTrue();
        OtherUser.run(base, "test -e victim -o -L victim -o -e .victim.lock -o -L .victim.lock");
    }

    @Test
    void aNameThatCannotBeAPoolsIsNotListed() throws Exception {
        OtherUser.run(
                base,
                "name=\"$(printf 'a\\033[31m')\"; mkdir \".$name-" + ID + "\"; ln -s \".$name-" + ID
                        + "\" \"$name\"; mkdir .b-0; ln -s .b-0 b; ln -s /etc c");
        assertThat(PoolInspector.pools(base)).isEmpty();
    }

    @Test
    void hisLockOnTheDirectoryHoldsNobodyUp() throws Exception {
        start("flock . sh -c 'echo locked; cat'");
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            assertUsable(pool);
        }
        assertThat(SharedMemoryPool.remove(options)).isTrue();
        assertThat(base).isEmptyDirectory();
    }

    @Test
    void whatIsNotThePoolsIsKept() throws Exception {
        OtherUser.run(
                base,
                "mkdir .victim-experiments-2024 .victim-aaaaaaaaaaaaaaaa; touch .victim-aaaaaaaaaaaaaaaa/pool.json"
                        + " .victim-experiments-2024/notes .victim-cccccccccccccccc");
        Path own = Files.createDirectory(base.resolve(".victim-bbbbbbbbbbbbbbbb"));
        Files.createFile(own.resolve("pool.json"));
        Files.createFile(own.resolve("notes"));
        Path left = Files.createDirectory(base.resolve(".victim-dddddddddddddddd"));
        Files.createFile(left.resolve("pool.json"));
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            assertUsable(pool);
        }
        assertThat(SharedMemoryPool.remove(options)).isTrue();
        assertThat(left).doesNotExist();
        try (Stream<Path> all = Files.walk(base)) {
            assertThat(all.map(path -> base.relativize(path).toString()))
                    .containsExactlyInAnyOrder(
                            "",
                            ".victim-experiments-2024",
                            ".victim-experiments-2024/notes",
                            ".victim-aaaaaaaaaaaaaaaa",
                            ".victim-aaaaaaaaaaaaaaaa/pool.json",
                            ".victim-bbbbbbbbbbbbbbbb",
                            ".victim-bbbbbbbbbbbbbbbb/pool.json",
                            ".victim-bbbbbbbbbbbbbbbb/notes",
                            ".victim-cccccccccccccccc");
        }
    }

    @Test
    void aPoolWhoseLinkIsGoneIsKeptWhileSomebodyHasItOpen() throws Exception {
        try (SharedMemoryPool pool = SharedMemoryPool.open(options)) {
            Files.delete(base.resolve("victim"));
            assertThat(SharedMemoryPool.remove(options)).isFalse();
            assertUsable(pool);
        }
        assertThat(SharedMemoryPool.remove(options)).isFalse();
        assertThat(base).isEmptyDirectory();
    }

    /**
     * He changes the directory of a pool for a link to one of root's, and back, while root makes and removes pools: what
     * happens to them is his to spoil, in an open directory, but nothing else.
     */
    @Test
    void nothingOutsideIsTouchedWhileHeChangesNames() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/perl")), "skipped: no perl that changes names fast enough");
        Path secret = Files.createDirectory(
                base.resolve("secret"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        fillLikeAPool(secret);
        SavedFiles saved = new SavedFiles(secret);
        start("""
                exec perl -e '
                $| = 1; mkdir "his"; mkdir "his/names"; open F, ">his/pool.json"; print "started\n";
                while (1) {
                  for $d (<.victim-*>) {
                    for (1 .. 20) {
                      if (rename $d, "his-$$") {
                        symlink "secret", $d; select(undef, undef, undef, 0.0002); unlink $d; rename "his-$$", $d;
                      }
                    }
                    symlink "secret", $d;
                  }
                  rename "his", ".victim-aaaaaaaaaaaaaaaa"; symlink "secret", ".victim-bbbbbbbbbbbbbbbb";
                  rename ".victim-aaaaaaaaaaaaaaaa", "his"; symlink "secret", ".victim-aaaaaaaaaaaaaaaa";
                  unlink ".victim-aaaaaaaaaaaaaaaa";
                }'
                """);
        int usable = 0;
        for (int i = 0; i < RACES; i++) {
            try {
                try (SharedMemoryPool pool = SharedMemoryPool.open(options.withSlots(64))) {
                    assertUsable(pool);
                    usable++;
                    fillIncoming(pool.directory());
                }
                SharedMemoryPool.remove(options);
            } catch (SharedMemoryException e) {
                assertThat(e.getMessage()).isNotBlank();
            } catch (FileSystemException e) {
                // The test's own paths lead where he wants, too: to nothing, or to files that are there.
                assertThat(e.getFile()).contains("incoming");
            }
        }
        System.out.printf("%s: %d of %d pools were usable%n", mode, usable, RACES);
        assertThat(new SavedFiles(secret).paths()).isEqualTo(saved.paths());
        for (Path path : saved.paths()) {
            assertThat(secret.resolve(path)).hasBinaryContent(saved.bytes(path));
        }
        if (mode.startsWith("1")) {
            assertThat(usable).isEqualTo(RACES);
        }
    }

    /** So that removing takes longer than he needs for a change. */
    private static void fillIncoming(Path directory) throws IOException {
        for (int i = 0; i < FILES; i++) {
            Files.createFile(directory.resolve("incoming").resolve("f" + i));
        }
    }

    private static void fillLikeAPool(Path secret) throws IOException {
        for (String name : List.of("slabs", "names", "incoming")) {
            Files.createDirectory(secret.resolve(name));
        }
        for (String name : List.of(
                "pool.json",
                "registry.cm3",
                "records",
                "generations",
                "hints",
                "leases",
                "participants",
                "epochs",
                "channels",
                "slabs/table",
                "slabs/0",
                "names/lock",
                "names/a.json",
                "incoming/f")) {
            Files.writeString(secret.resolve(name), "precious");
        }
        fillIncoming(secret);
    }

    private void assertRefused() {
        assertThatEach(Kind.NO_PERMISSION, "belongs to another user (id " + OtherUser.ID + ", this process runs as 0)");
    }

    private void assertThatEach(Kind kind, String message) {
        List<ThrowingCallable> operations = List.of(
                () -> SharedMemoryPool.open(options).close(),
                () -> SharedMemoryPool.remove(options),
                () -> PoolInspector.removeFromUnderLiving(options),
                () -> PoolInspector.open(options).close(),
                () -> Verifier.verify(options, true));
        for (ThrowingCallable operation : operations) {
            assertThatThrownBy(operation)
                    .isInstanceOfSatisfying(
                            SharedMemoryException.class,
                            e -> assertThat(e.kind()).isEqualTo(kind))
                    .hasMessageContaining(message);
        }
    }

    private static void assertUsable(SharedMemoryPool pool) {
        try (Segment segment = PoolProcess.write(pool, 7)) {
            assertThat(PoolProcess.check(segment)).isEqualTo("right");
        }
    }

    private PoolOptions named(String name) {
        return PoolOptions.named(name)
                .withDirectory(base.toString())
                .withSizeBytes(1 << 20)
                .withSlots(256);
    }

    /** As root. */
    private static void run(String command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("sh", "-c", command).inheritIO().start().waitFor())
                .isZero();
    }

    /** As the other user, until the test ends; returns once it has said something. */
    private void start(String script) throws IOException {
        Process process = OtherUser.start(base, script);
        processes.add(process);
        assertThat(new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
                        .readLine())
                .isNotNull();
    }
}
