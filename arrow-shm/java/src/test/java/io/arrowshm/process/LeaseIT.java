package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.LentSegment;
import io.arrowshm.Segment;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.testing.PoolProcess;
import io.arrowshm.testing.TestPool;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Readers that are no JVMs: real Python processes with nothing but its standard library. */
class LeaseIT {
    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(1 << 20, 256);

    private SharedMemoryPool pool;

    @TempDir
    private Path directory;

    private Path script;

    @BeforeEach
    void openPool() throws IOException {
        boolean python = new ProcessBuilder("sh", "-c", "command -v python3")
                        .start()
                        .onExit()
                        .join()
                        .exitValue()
                == 0;
        if (!python && "true".equals(System.getenv("CI"))) {
            fail("python3 is not there");
        }
        assumeTrue(python, "python3 is not there: leases are not tested");
        script = directory.resolve("lease.py");
        Files.copy(LeaseIT.class.getResourceAsStream("/python/lease.py"), script);
        pool = testPool.pool();
    }

    @Test
    void whatAReaderLeasesStaysUntilTheReaderIsKilled() throws Exception {
        Segment segment = PoolProcess.write(pool, 5);
        long checksum = checksum(segment);
        try (Reader reader = new Reader(segment.lend())) {
            assertThat(reader.ask("read")).isEqualTo(Long.toString(checksum));
            segment.close();
            fillAndEmpty(pool);
            assertThat(reader.ask("read")).isEqualTo(Long.toString(checksum));
            assertThat(pool.statistics().segments()).isEqualTo(1);
        }
        testPool.await("everything is freed", s -> s.segments() == 0);
    }

    @Test
    void whatAReaderReturnsIsFreedWhileTheReaderLives() throws Exception {
        Segment segment = PoolProcess.write(pool, 5);
        try (Reader reader = new Reader(segment.lend())) {
            assertThat(reader.ask("read")).isEqualTo(Long.toString(checksum(segment)));
            segment.close();
            assertThat(reader.ask("return")).isEqualTo("returned");
            testPool.await("everything is freed", s -> s.segments() == 0);
        }
    }

    @Test
    void aLeaseTakenAfterTheLastReleaseKeepsTheBytesIfItsGenerationIsStillThere() throws Exception {
        Segment segment = PoolProcess.write(pool, 5);
        LentSegment lent = segment.lend();
        long checksum = checksum(segment);
        segment.close();
        testPool.await("everything is freed", s -> s.segments() == 0);
        try (Reader reader = new Reader(lent)) {
            assertThat(reader.ask("read")).isEqualTo(Long.toString(checksum));
            fillAndEmpty(pool);
            assertThat(reader.ask("read")).isEqualTo(Long.toString(checksum));
        }
        testPool.await("everything is freed", s -> s.segments() == 0);
        // And the slot is used again like any other.
        assertThat(fillAndEmpty(pool)).isEqualTo(fillAndEmpty(pool));
    }

    @Test
    void whatWasUsedAgainIsStaleToAReader() throws Exception {
        Segment segment = PoolProcess.write(pool, 5);
        LentSegment lent = segment.lend();
        segment.close();
        testPool.await("everything is freed", s -> s.segments() == 0);
        fillAndEmpty(pool);
        try (Reader reader = new Reader(lent)) {
            assertThat(reader.read()).isEqualTo("stale");
        }
    }

    @Test
    void whatLiesInNoPoolCannotBeLent() {
        try (Segment segment = PoolProcess.write(pool, 5);
                Segment copy = segment.copyToHeap()) {
            assertThatThrownBy(copy::lend)
                    .isInstanceOf(SharedMemoryException.class)
                    .hasMessageContaining("is in no pool");
        }
    }

    /** Every block that can be had is written over. Returns their number. */
    static int fillAndEmpty(SharedMemoryPool pool) {
        List<Segment> segments = new ArrayList<>();
        try {
            while (true) {
                segments.add(PoolProcess.write(pool, 1_000_000));
            }
        } catch (SharedMemoryException e) {
            assertThat(e.kind()).isEqualTo(SharedMemoryException.Kind.FULL);
        } finally {
            segments.forEach(Segment::close);
        }
        return segments.size();
    }

    private static long checksum(Segment segment) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        segment.writeTo(new DataOutputStream(bytes));
        CRC32 checksum = new CRC32();
        checksum.update(bytes.toByteArray());
        return checksum.getValue();
    }

    private final class Reader implements AutoCloseable {
        private final Process process;
        private final BufferedReader out;
        private final PrintStream in;

        Reader(LentSegment lent) throws IOException {
            process = new ProcessBuilder("python3", script.toString(), lent.toJson())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        }

        String read() throws IOException {
            return out.readLine();
        }

        String ask(String line) throws IOException {
            in.println(line);
            return read();
        }

        /** SIGKILL. */
        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly();
            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }
}
