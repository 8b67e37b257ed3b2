package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.report.KernelFile;
import java.nio.file.Path;
import java.util.List;

/**
 * The most memory that fresh TaskManagers took until a run had ended.
 *
 * @param peakResidentBytes of each TaskManager, what it touched of the pool included
 * @param privateBytes of all TaskManagers, without the pool
 * @param poolBytes of the pool's files, which all processes share
 */
record Memory(List<Long> peakResidentBytes, long privateBytes, long poolBytes) {
    private static final double MEBIBYTE = 1 << 20;

    static Memory of(List<Long> taskManagers, long poolBytes) {
        List<Long> peaks = taskManagers.stream()
                .map(pid -> KernelFile.bytes(status(pid), "VmHWM"))
                .toList();
        long shared = taskManagers.stream()
                .mapToLong(pid -> KernelFile.bytes(status(pid), "RssShmem"))
                .sum();
        return new Memory(peaks, peaks.stream().mapToLong(Long::longValue).sum() - shared, poolBytes);
    }

    private static Path status(long pid) {
        return Path.of("/proc", Long.toString(pid), "status");
    }

    double totalMebibytes() {
        return mebibytes(privateBytes + poolBytes);
    }

    static double mebibytes(long bytes) {
        return bytes / MEBIBYTE;
    }
}
