package io.arrowshm.shm;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import io.arrowshm.shm.layout.PoolFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/**
 * What stands in pool.json.
 *
 * @param formatVersion of every file of the pool
 * @param poolId 16 hexadecimal digits
 * @param bootId of the host's kernel when the pool was made
 * @param sizeBytes budget of all slabs
 * @param slots of the registry
 */
public record PoolDescription(
        @JsonProperty("formatVersion") int formatVersion,
        @JsonProperty("poolId") String poolId,
        @JsonProperty("bootId") String bootId,
        @JsonProperty("sizeBytes") long sizeBytes,
        @JsonProperty("slots") int slots) {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    static PoolDescription of(long poolId, long sizeBytes, int slots) throws IOException {
        return new PoolDescription(PoolFiles.FORMAT_VERSION, hex(poolId), hostBootId(), sizeBytes, slots);
    }

    /** Of this host's kernel. */
    public static String hostBootId() throws IOException {
        return Files.readString(BOOT_ID).trim();
    }

    static String hex(long poolId) {
        return String.format("%016x", poolId);
    }

    /** Null if the directory has none: then it is no pool, or one that is being removed. */
    public static @Nullable PoolDescription read(Path poolDirectory) {
        Path file = poolDirectory.resolve(PoolFiles.DESCRIPTION);
        try {
            PoolDescription description = JSON.readValue(Files.readString(file), PoolDescription.class);
            if (description == null) {
                throw new SharedMemoryException(Kind.CORRUPT, file + " describes nothing");
            }
            if (description.formatVersion != PoolFiles.FORMAT_VERSION) {
                throw new SharedMemoryException(
                        Kind.WRONG_VERSION,
                        file + " has format version " + description.formatVersion + ", this library reads "
                                + PoolFiles.FORMAT_VERSION + "; use the version of the library that made the pool");
            }
            return description;
        } catch (NoSuchFileException e) {
            return null;
        } catch (java.nio.file.AccessDeniedException e) {
            throw new SharedMemoryException(Kind.NO_PERMISSION, file + " belongs to another user", e);
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.CORRUPT, file + " is not readable: " + e.getMessage(), e);
        }
    }

    void write(Path poolDirectory) throws IOException {
        Path file = poolDirectory.resolve(PoolFiles.DESCRIPTION);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, JSON.writeValueAsString(this));
    }

    long id() {
        return Long.parseUnsignedLong(poolId, 16);
    }
}
