package io.arrowshm.map;

import io.arrowshm.map.internal.run.Later;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/**
 * What every core of this machine did during a call, whoever it did it for: a sample every {@value #INTERVAL_MS} ms. Any
 * thread; grows until the call has ended.
 */
public final class CpuUse {
    private static final long INTERVAL_MS = 200;
    private static final Path STATISTICS = Path.of("/proc/stat");
    // Of a line of /proc/stat behind the name: user, nice, system, idle, iowait, ...
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int COUNTED = 8;

    private final long start = System.nanoTime();
    private final List<Sample> samples = new ArrayList<>();
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "arrow-shm-map-cpu");
        thread.setDaemon(true);
        return thread;
    });
    private List<long[]> before = read();

    private CpuUse() {}

    /**
     * One moment.
     *
     * @param seconds since the call began
     * @param cores what part of the time since the sample before each core was busy, from 0 to 1
     */
    public record Sample(double seconds, List<Double> cores) {}

    static CpuUse start() {
        CpuUse use = new CpuUse();
        Later.every(Duration.ofMillis(INTERVAL_MS), use.sampler, use::sample);
        return use;
    }

    /** Takes a last sample. */
    void stop() {
        sampler.shutdownNow();
        sample();
    }

    private synchronized void sample() {
        List<long[]> now = read();
        List<Double> cores = new ArrayList<>();
        for (int core = 0; core < Math.min(now.size(), before.size()); core++) {
            long total = now.get(core)[0] - before.get(core)[0];
            long idle = now.get(core)[1] - before.get(core)[1];
            cores.add(total <= 0 ? 0.0 : Math.min(1, Math.max(0, 1 - (double) idle / total)));
        }
        before = now;
        samples.add(new Sample((System.nanoTime() - start) / 1e9, List.copyOf(cores)));
    }

    /** For each core: the time that has passed, and the part of it in which it had nothing to do. */
    private static List<long[]> read() {
        try (var lines = Files.lines(STATISTICS, StandardCharsets.US_ASCII)) {
            return lines.filter(line -> line.matches("cpu\\d+ .*"))
                    .map(line -> Arrays.stream(line.split(" +"))
                            .skip(1)
                            .limit(COUNTED)
                            .mapToLong(Long::parseLong)
                            .toArray())
                    .map(times -> new long[] {Arrays.stream(times).sum(), times[IDLE] + times[IO_WAIT]})
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** In the order in which they were taken. */
    public synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }

    /** {@code {"seconds": [...], "cores": [[...], ...]}}: the times of the samples, and for each core its part of each. */
    public String toJson() {
        List<Sample> all = samples();
        int cores = all.stream().mapToInt(sample -> sample.cores().size()).min().orElse(0);
        StringBuilder json = new StringBuilder("{\"seconds\": [");
        json.append(all.stream().map(sample -> number(sample.seconds())).collect(Collectors.joining(", ")));
        json.append("], \"cores\": [");
        for (int core = 0; core < cores; core++) {
            int of = core;
            json.append(core == 0 ? "[" : ", [")
                    .append(all.stream()
                            .map(sample -> number(sample.cores().get(of)))
                            .collect(Collectors.joining(", ")))
                    .append("]");
        }
        return json.append("]}").toString();
    }

    /**
     * Writes a picture: for each core what it did over the time of the call.
     *
     * @param file that is made or overwritten
     */
    public void writePng(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            ImageIO.write(CpuPlot.of(samples()), "png", out);
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }
}
