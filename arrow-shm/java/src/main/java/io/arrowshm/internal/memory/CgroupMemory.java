package io.arrowshm.internal.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the control groups of this process still let it take. Memory of a tmpfs counts against them, and beyond the limit
 * the kernel kills. Every limit from the process's own group up to the root counts, in version 1 and in version 2.
 *
 * @param memberships lines of "hierarchy:controllers:path", see cgroups(7)
 * @param mounts where the groups are mounted
 */
record CgroupMemory(Path memberships, Path mounts) {
    private static final String CACHE = "inactive_file ";

    static CgroupMemory ofThisProcess() {
        return new CgroupMemory(Path.of("/proc/self/cgroup"), Path.of("/sys/fs/cgroup"));
    }

    /** In bytes; {@link Long#MAX_VALUE} without a limit. */
    long allowance() {
        long least = Long.MAX_VALUE;
        for (String line : lines(memberships)) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && fields[1].isEmpty()) {
                least = Math.min(least, allowance(mounts, fields[2], "memory.max", "memory.current", ""));
            } else if (fields.length == 3 && List.of(fields[1].split(",")).contains("memory")) {
                Path mount = mounts.resolve("memory");
                String prefix = "total_";
                least = Math.min(
                        least, allowance(mount, fields[2], "memory.limit_in_bytes", "memory.usage_in_bytes", prefix));
            }
        }
        return least;
    }

    /**
     * The least of a group and its ancestors. In a container the path may be the host's, and lead nowhere: the mount's root is
     * the container's own group then.
     */
    private static long allowance(Path mount, String path, String limit, String usage, String prefix) {
        long least = allowance(mount, limit, usage, prefix);
        Path group = mount;
        for (Path name : Path.of(path)) {
            group = group.resolve(name);
            least = Math.min(least, allowance(group, limit, usage, prefix));
        }
        return least;
    }

    private static long allowance(Path group, String limit, String usage, String prefix) {
        List<String> limits = lines(group.resolve(limit));
        List<String> usages = lines(group.resolve(usage));
        if (limits.isEmpty() || limits.get(0).equals("max") || usages.isEmpty()) {
            return Long.MAX_VALUE;
        }
        // The kernel drops cached files before it kills; pages of a tmpfs are not among these.
        long cache = lines(group.resolve("memory.stat")).stream()
                .filter(line -> line.startsWith(prefix + CACHE))
                .mapToLong(line -> Long.parseLong(line.substring(prefix.length() + CACHE.length())))
                .sum();
        return Math.max(0, Long.parseLong(limits.get(0)) - Long.parseLong(usages.get(0)) + cache);
    }

    /** Empty where there is no such file: no such version, no such group, or a root without a limit. */
    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            return List.of();
        }
    }
}
