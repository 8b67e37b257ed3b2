package io.arrowshm;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.internal.core.PooledMemory;
import io.arrowshm.internal.layout.PoolFiles;

/**
 * Where a segment lies, for runtimes that are no JVMs. Such a reader takes a shared lock of the open file description
 * (F_OFD_SETLK) on byte {@code slot} of {@code leases}, <em>then</em> reads the eight bytes of the slot from
 * {@code generations}: if they are the generation, the bytes stay as they are for as long as it has the lock, which falls
 * with its process; if not, the segment is gone.
 *
 * @param file of the slab
 * @param offset in bytes, from the start of the file
 * @param length in bytes
 * @param slot of the pool
 * @param generation the slot's identity
 * @param leases file of the locks
 * @param generations file of the generations, 8 bytes a slot, little endian
 */
public record LentSegment(
        @JsonProperty("file") String file,
        @JsonProperty("offset") long offset,
        @JsonProperty("length") long length,
        @JsonProperty("slot") int slot,
        @JsonProperty("generation") long generation,
        @JsonProperty("leases") String leases,
        @JsonProperty("generations") String generations) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static LentSegment of(PooledMemory memory) {
        long generation = memory.lend();
        return new LentSegment(
                memory.file().toString(),
                memory.offsetInFile(),
                memory.length(),
                memory.slot(),
                generation,
                memory.poolDirectory().resolve(PoolFiles.LEASES).toString(),
                memory.poolDirectory().resolve(PoolFiles.GENERATIONS).toString());
    }

    /** One line. */
    public String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
