package io.arrowshm.benchmark.e2e;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.util.EnvironmentInformation;

/**
 * What a benchmark ran on.
 *
 * @param processor as the kernel names it
 * @param cores that this JVM may use
 * @param memoryBytes of the machine
 * @param kernel name and version
 * @param java version and vendor
 * @param jvmFlags of the measuring processes, but for their memory
 * @param flink version
 * @param loadAverage of the last minute, when the benchmark ended
 */
record Machine(
        String processor,
        int cores,
        long memoryBytes,
        String kernel,
        String java,
        List<String> jvmFlags,
        String flink,
        double loadAverage) {
    private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final long KIBIBYTE = 1024;

    static Machine here() {
        return new Machine(
                field(PROCESSORS, "model name"),
                Runtime.getRuntime().availableProcessors(),
                Long.parseLong(field(MEMORY, "MemTotal").replace(" kB", "")) * KIBIBYTE,
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.runtime.version") + " " + System.getProperty("java.vendor"),
                ManagementFactory.getRuntimeMXBean().getInputArguments(),
                EnvironmentInformation.getVersion(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    private static String field(Path file, String name) {
        try {
            return Files.readAllLines(file).stream()
                    .filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("0");
        } catch (IOException e) {
            return "0";
        }
    }
}
