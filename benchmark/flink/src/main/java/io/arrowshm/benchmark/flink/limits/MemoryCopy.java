package io.arrowshm.benchmark.flink.limits;

import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** How fast this machine copies an array: what filling one costs at least. By one thread, in 10^9 bytes a second. */
public final class MemoryCopy {
    private static final int COPIES_PER_LOOK = 16;
    private static final double GIGABYTE = 1e9;
    private static final Path CACHES = Path.of("/sys/devices/system/cpu/cpu0/cache");
    private static final int CACHES_PER_REGION = 4;
    private static final int LEAST_REGION_BYTES = 128 << 20;
    private static final int HEAPS_PER_REGION = 8;
    private static final int COLD_BYTES = 64 << 20;

    private MemoryCopy() {}

    /** To memory that was touched before, again and again: in a cache, if the array fits into one. */
    public static double warm(int doubles, Duration time) {
        double[] source = new double[doubles];
        double[] target = new double[doubles];
        long since = System.nanoTime();
        long copies = 0;
        long nanos;
        do {
            for (int i = 0; i < COPIES_PER_LOOK; i++) {
                // Each copy is of something else, so that none can be left out.
                source[0] = copies++;
                System.arraycopy(source, 0, target, 0, doubles);
            }
            nanos = System.nanoTime() - since;
        } while (nanos < time.toNanos() || target[0] < 0);
        return copies * (double) doubles * Double.BYTES / GIGABYTE / (nanos / 1e9);
    }

    /**
     * From and to memory that was touched before but is in no cache: each array is another one, of many times what the last
     * cache takes.
     *
     * @param bytes of an array, at most 64 MiB
     */
    static double uncached(int bytes, Duration time) {
        int arrays = regionBytes() / bytes;
        byte[] source = new byte[arrays * bytes];
        byte[] target = new byte[source.length];
        System.arraycopy(source, 0, target, 0, target.length);
        long since = System.nanoTime();
        long copies = 0;
        long nanos;
        do {
            int offset = (int) (copies % arrays) * bytes;
            source[offset] = (byte) copies++;
            System.arraycopy(source, offset, target, offset, bytes);
            nanos = System.nanoTime() - since;
        } while (nanos < time.toNanos());
        return copies * (double) bytes / GIGABYTE / (nanos / 1e9);
    }

    /**
     * To pages of shared memory that nobody has touched before, in a file that was just mapped: the kernel finds and clears
     * them while they are written.
     *
     * @param bytes of an array, at most 64 MiB
     * @param directory of a tmpfs with twice 64 MiB free; nothing is left there, however this process ends
     * @throws UserErrorException if that is not free
     */
    static double cold(int bytes, Path directory) throws IOException {
        // A page that cannot be had while it is written kills the JVM.
        if (Files.getFileStore(directory).getUsableSpace() < 2L * COLD_BYTES) {
            throw new UserErrorException(
                    directory + " has fewer than " + 2 * COLD_BYTES + " bytes free: free some, or mount it larger");
        }
        byte[] source = new byte[bytes];
        Path file = directory.resolve("limits-cold-" + ProcessHandle.current().pid());
        try (FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.CREATE_NEW,
                // On Linux this takes the name away at once.
                StandardOpenOption.DELETE_ON_CLOSE)) {
            MappedByteBuffer target = channel.map(FileChannel.MapMode.READ_WRITE, 0, COLD_BYTES);
            long since = System.nanoTime();
            int copied = 0;
            for (; copied <= COLD_BYTES - bytes; copied += bytes) {
                target.put(copied, source);
            }
            long nanos = System.nanoTime() - since;
            // The mapping stays until it is collected, its pages need not.
            channel.truncate(0);
            return copied / GIGABYTE / (nanos / 1e9);
        }
    }

    private static int regionBytes() {
        long bytes = Math.max(LEAST_REGION_BYTES, CACHES_PER_REGION * lastCacheBytes());
        return (int) Math.min(
                bytes, Math.max(LEAST_REGION_BYTES, Runtime.getRuntime().maxMemory() / HEAPS_PER_REGION));
    }

    /** 0 if the kernel does not say. */
    private static long lastCacheBytes() {
        long bytes = 0;
        for (int index = 0; ; index++) {
            Path size = CACHES.resolve("index" + index).resolve("size");
            try {
                bytes = Math.max(
                        bytes, Long.parseLong(Files.readString(size).strip().replace("K", "")) << 10);
            } catch (IOException | NumberFormatException none) {
                return bytes;
            }
        }
    }
}
