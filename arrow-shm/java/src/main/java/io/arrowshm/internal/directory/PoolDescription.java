package io.arrowshm.internal.directory;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What stands in pool.json.
 *
 * @param formatVersion of every file of the pool
 * @param poolId 16 hexadecimal digits
 * @param bootId of the host's kernel when the pool was made
 * @param sizeBytes budget of all slabs
 * @param slots of the registry
 * @param checksums whether sealed segments have one
 */
public record PoolDescription(
        int formatVersion, String poolId, String bootId, long sizeBytes, int slots, boolean checksums) {
    private static final int MAX_BYTES = 1 << 16;
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    static PoolDescription of(long poolId, long sizeBytes, int slots, boolean checksums) throws IOException {
        return new PoolDescription(PoolFiles.FORMAT_VERSION, hex(poolId), hostBootId(), sizeBytes, slots, checksums);
    }

    /** The boot id of this host's kernel. */
    public static String hostBootId() throws IOException {
        return Files.readString(BOOT_ID).trim();
    }

    /** As a pool id stands in names and messages: 16 digits. */
    public static String hex(long poolId) {
        return String.format("%016x", poolId);
    }

    /**
     * What stands in the pool.json of a directory.
     *
     * @throws SharedMemoryException ABSENT if it has none; WRONG_VERSION, NO_PERMISSION, CORRUPT
     */
    public static PoolDescription read(SafePath poolDirectory) {
        SafePath file = poolDirectory.resolve(PoolFiles.DESCRIPTION);
        try {
            byte[] bytes = PrivateFiles.read(file, MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw new SharedMemoryException(
                        Kind.CORRUPT, file + " is damaged: it has more than " + MAX_BYTES + " bytes");
            }
            DescriptionFormat json = DescriptionFormat.parse(bytes);
            Long version = json.version();
            if (version != null && version != PoolFiles.FORMAT_VERSION) {
                throw new SharedMemoryException(
                        Kind.WRONG_VERSION,
                        file + " has format version " + version + ", this library reads " + PoolFiles.FORMAT_VERSION
                                + "; use the version of the library that made the pool");
            }
            PoolDescription description = json.description();
            if (!description.isSane(poolDirectory)) {
                throw new SharedMemoryException(Kind.CORRUPT, file + " is damaged: " + description);
            }
            return description;
        } catch (JsonProcessingException e) {
            throw new SharedMemoryException(
                    Kind.CORRUPT,
                    file + " is damaged: "
                            + e.getOriginalMessage().lines().findFirst().orElse("it is no JSON"),
                    e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.CORRUPT, file + " is not readable: " + e.getMessage(), e);
        }
    }

    /**
     * What stands in the pool.json of a pool that is to be opened, for taking part or for looking.
     *
     * @throws SharedMemoryException also ABSENT if anything is missing, which {@link PoolDirectory#open} tells from a pool
     *     that was removed; CORRUPT or NO_PERMISSION if something in it is not the pool's own, or damaged
     */
    public static PoolDescription open(SafePath poolDirectory) {
        PoolDescription description = read(poolDirectory);
        List<PoolFileChecks.Problem> problems = PoolFileChecks.look(poolDirectory, description.slots);
        if (!problems.isEmpty()) {
            throw problems.get(0).reason();
        }
        return description;
    }

    /** Every other file is as long as this says, so that it has to be right. */
    private boolean isSane(SafePath poolDirectory) {
        return poolId.matches("[0-9a-f]{16}")
                && poolDirectory.toString().endsWith("-" + poolId)
                && sizeBytes > 0
                && slots > 0
                && slots <= PoolFiles.MAX_SLOTS;
    }

    void write(SafePath poolDirectory) throws IOException {
        SafePath file = poolDirectory.resolve(PoolFiles.DESCRIPTION);
        PrivateFiles.createFile(file);
        Files.write(file.access(), DescriptionFormat.bytes(this));
    }

    /** The pool id as a number. */
    public long id() {
        return Long.parseUnsignedLong(poolId, 16);
    }
}
