package io.arrowshm.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.PoolOptions;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.DirectoryHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A pool of the test vectors, unpacked where pools are, under a name of its own. It is gone when it is closed. One thread. */
final class VectorPool implements AutoCloseable {
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final FileAttribute<?> OWNERS_DIRECTORY = mode("rwx------");
    private static final FileAttribute<?> OWNERS_FILE = mode("rw-------");

    private final String poolId;
    private final PoolOptions options =
            PoolOptions.named("vectors-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet() + "-");
    private final List<AutoCloseable> locks = new ArrayList<>();

    private VectorPool(String poolId) {
        this.poolId = poolId;
    }

    /**
     * Unpacks it.
     *
     * @param files of the pool, by path
     */
    static VectorPool unpack(String poolId, Map<String, byte[]> files) throws IOException {
        VectorPool pool = new VectorPool(poolId);
        Files.createDirectory(pool.directory(), OWNERS_DIRECTORY);
        for (String name : List.of("slabs", "names", "incoming")) {
            Files.createDirectory(pool.directory().resolve(name), OWNERS_DIRECTORY);
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            boolean isDescription = file.getKey().equals("pool.json");
            pool.write(file.getKey(), isDescription ? pool.filledIn(file.getValue()) : file.getValue());
        }
        Files.createSymbolicLink(pool.link(), pool.directory().getFileName());
        return pool;
    }

    /** What stands for the boot id of this machine, and for the pool's name and id, filled in. */
    String filledIn(String text) {
        try {
            String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            return text.replace("{bootId}", bootId.trim())
                    .replace("{name}", options.name())
                    .replace("{id}", poolId);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private byte[] filledIn(byte[] text) {
        return filledIn(new String(text, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
    }

    void write(String path, byte[] bytes) throws IOException {
        Path file = directory().resolve(path);
        Files.deleteIfExists(file);
        Files.write(Files.createFile(file, OWNERS_FILE), bytes);
    }

    PoolOptions options() {
        return options;
    }

    Path link() {
        return Path.of(options.directory(), options.name());
    }

    Path directory() {
        return link().resolveSibling("." + options.name() + "-" + poolId);
    }

    /** Locks the bytes of those who live, as they would: each by a description of its own. */
    void lock(JsonNode locked) {
        DirectoryHandle directory = DirectoryHandle.open(directory());
        locks.add(directory);
        for (String file : List.of("participants", "epochs", "leases")) {
            ByteLocks bytes = new ByteLocks(directory.path().resolve(file));
            locks.add(0, bytes);
            for (JsonNode index : locked.get(file)) {
                boolean taken =
                        file.equals("leases") ? bytes.tryLockShared(index.asLong()) : bytes.tryLock(index.asLong());
                if (!taken) {
                    throw new IllegalStateException("byte " + index + " of " + file + " of " + directory);
                }
            }
        }
    }

    /** A file of numbers. */
    ByteBuffer numbers(String path) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(directory().resolve(path))).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable lock : locks) {
            lock.close();
        }
        Files.deleteIfExists(link());
        try (Stream<Path> entries = Files.list(link().getParent())) {
            for (Path entry : entries.filter(
                            path -> path.getFileName().toString().contains(options.name()))
                    .toList()) {
                delete(entry);
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static FileAttribute<?> mode(String permissions) {
        return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
    }
}
