package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arrowshm.testing.Child;
import io.arrowshm.testing.TestPool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What a round of allocate, fill, seal, send, receive and release costs the operating system. */
class WarmPathIT {
    private static final int ROUNDS = 20_000;
    // The JVM's own now and then: safepoints, and heap that is touched for the first time.
    private static final int NOISE = ROUNDS / 100;
    private static final long BODY_BYTES = 200 << 10;
    private static final int PAGE_BYTES = 4096;

    @RegisterExtension
    final TestPool testPool = TestPool.ofBytes(16 << 20, 1024);

    @TempDir
    private Path directory;

    @Test
    void aWarmRoundTakesNoSystemCall() throws IOException {
        List<String> few = systemCalls(ROUNDS, 0);
        List<String> many = systemCalls(2 * ROUNDS, 0);
        assertThat(many.size() - few.size())
                .as("%s, %s", byName(few), byName(many))
                .isLessThan(NOISE);
        assertThat(few.size()).as("%s", byName(few)).isLessThan(NOISE);
    }

    @Test
    void aLargerBlockThatStandsInTakesNoSystemCall() throws IOException {
        List<String> calls = systemCalls(ROUNDS, 300 << 10);
        assertThat(calls.size()).as("%s", byName(calls)).isLessThan(NOISE);
    }

    @Test
    void recycledMemoryIsWarm() throws IOException {
        long faults = minorFaults(Child.start(List.of(), List.of(), WarmProcess.class, arguments(ROUNDS, 0)));
        System.out.printf("%,d rounds on %,d pages each: %,d minor faults%n", ROUNDS, BODY_BYTES / PAGE_BYTES, faults);
        assertThat(faults).isLessThan(ROUNDS);
    }

    private String[] arguments(int rounds, long fillerBytes) {
        return new String[] {
            testPool.name(), Long.toString(BODY_BYTES), Integer.toString(rounds), Long.toString(fillerBytes)
        };
    }

    /** Of the thread that does the rounds, while it does them. */
    private List<String> systemCalls(int rounds, long fillerBytes) throws IOException {
        assumeStrace();
        Path trace = directory.resolve("trace-" + rounds);
        List<String> strace = List.of("strace", "-f", "-qq", "-o", trace.toString());
        minorFaults(Child.start(strace, List.of(), WarmProcess.class, arguments(rounds, fillerBytes)));
        List<String> lines = Files.readAllLines(trace);
        int begin = indexOf(lines, WarmProcess.BEGIN);
        int end = indexOf(lines, WarmProcess.END);
        String thread = lines.get(begin).split(" ", 2)[0] + " ";
        assertThat(lines.get(end)).startsWith(thread);
        return lines.subList(begin + 1, end).stream()
                .filter(line -> line.startsWith(thread))
                .toList();
    }

    private static int indexOf(List<String> lines, Path path) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).contains("\"" + path + "\"")) {
                return i;
            }
        }
        return fail("no call with %s in the trace of %d lines", path, lines.size());
    }

    private static Object byName(List<String> calls) {
        return calls.stream()
                .map(call -> call.strip().split("\\s+", 2)[1].split("\\(", 2)[0])
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }

    private static long minorFaults(Child started) throws IOException {
        try (Child child = started) {
            String line = child.read();
            assertThat(line).startsWith("minor faults ");
            assertThat(child.exitStatus()).isZero();
            return Long.parseLong(line.substring("minor faults ".length()));
        }
    }

    private static void assumeStrace() throws IOException {
        boolean isThere;
        try {
            Process process = new ProcessBuilder("strace", "-o", "/dev/null", "true").start();
            isThere = process.waitFor() == 0;
        } catch (IOException e) {
            isThere = false;
        } catch (InterruptedException e) {
            throw new java.io.InterruptedIOException();
        }
        assertThat(isThere || !"true".equals(System.getenv("CI")))
                .as("strace, which must be there with CI=true")
                .isTrue();
        assumeTrue(isThere, "strace is not there, or not allowed: system calls cannot be counted");
    }
}
