package io.arrowshm;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What travels instead of a segment: {@value #BYTES} bytes that name it. Good for exactly one receive; stale for ever
 * once the segment's slot has been used again.
 *
 * @param poolId of the pool the segment lies in
 * @param slot of the registry
 * @param generation of the slot, its identity
 * @param offset in bytes within the segment, 0 for the whole
 * @param length in bytes
 * @param epoch index of the epoch that sent it
 */
public record SegmentRef(long poolId, int slot, long generation, long offset, long length, int epoch) {
    /** Size of the written form. */
    public static final int BYTES = 4 * Long.BYTES + Integer.BYTES + Short.BYTES;

    /** Writes {@value #BYTES} bytes, big endian. */
    public void writeTo(DataOutput out) throws IOException {
        out.writeLong(poolId);
        out.writeInt(slot);
        out.writeLong(generation);
        out.writeLong(offset);
        out.writeLong(length);
        out.writeShort(epoch);
    }

    public static SegmentRef readFrom(DataInput in) throws IOException {
        return new SegmentRef(
                in.readLong(), in.readInt(), in.readLong(), in.readLong(), in.readLong(), in.readUnsignedShort());
    }
}
