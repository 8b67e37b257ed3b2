package io.arrowshm.benchmark.report;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.runtime.util.EnvironmentInformation;

/**
 * What a benchmark ran on.
 *
 * @param processor as the kernel names it
 * @param cores that this JVM may use
 * @param memoryBytes of the machine
 * @param kernel name and version
 * @param java version and vendor
 * @param jvmFlags of the measuring processes, but for their memory and what benchmark/run tells this one
 * @param flink version
 * @param flinkOptions that were set in addition
 * @param commit of this project, as benchmark/run tells; empty if it is not known
 * @param loadAverage of the last minute, when the benchmark ended
 */
public record Machine(
        String processor,
        int cores,
        long memoryBytes,
        String kernel,
        String java,
        List<String> jvmFlags,
        String flink,
        Map<String, String> flinkOptions,
        String commit,
        double loadAverage) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    public static Machine here(Map<String, String> flinkOptions) {
        return new Machine(
                KernelFile.value(PROCESSORS, "model name").orElse("an unnamed processor"),
                Runtime.getRuntime().availableProcessors(),
                KernelFile.bytes(MEMORY, "MemTotal"),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.runtime.version") + " " + System.getProperty("java.vendor"),
                ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                        .filter(flag -> !flag.startsWith("-Darrow-shm."))
                        .toList(),
                EnvironmentInformation.getVersion(),
                flinkOptions,
                System.getProperty("arrow-shm.commit", ""),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    /** For people. */
    public String text() {
        return String.format(
                Locale.ROOT,
                "%s, %d cores, %.0f GiB; %s; Java %s; Flink %s; load average at the end %.1f%s%s",
                processor,
                cores,
                memoryBytes / (double) (1 << 30),
                kernel,
                java,
                flink,
                loadAverage,
                flinkOptions.isEmpty() ? "" : "; with " + flinkOptions,
                commit.isEmpty() ? "" : "; commit " + commit);
    }

    /** Whether figures of both may stand in one table. */
    public boolean isLike(Machine other) {
        return processor.equals(other.processor)
                && cores == other.cores
                && java.equals(other.java)
                && flink.equals(other.flink)
                && flinkOptions.equals(other.flinkOptions)
                && commit.equals(other.commit);
    }
}
