package io.arrowshm.map.internal.run;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/** Bounds of ranges as bytes. */
public final class BoundsFormat {
    private static final int SHARES = 0;
    private static final int CHUNKS = 1;
    private static final int LISTED = 2;

    private BoundsFormat() {}

    public static void write(DataOutput out, Bounds bounds) throws IOException {
        if (bounds instanceof Bounds.Shares shares) {
            out.writeByte(SHARES);
            out.writeLong(shares.ofSize());
            out.writeInt(shares.count());
        } else if (bounds instanceof Bounds.Chunks chunks) {
            out.writeByte(CHUNKS);
            out.writeLong(chunks.ofSize());
            out.writeLong(chunks.length());
        } else {
            out.writeByte(LISTED);
            out.writeInt(bounds.count());
            for (int range = 0; range <= bounds.count(); range++) {
                out.writeLong(bounds.from(range));
            }
        }
    }

    public static Bounds read(DataInput in) throws IOException {
        int kind = in.readByte();
        return switch (kind) {
            case SHARES -> new Bounds.Shares(in.readLong(), in.readInt());
            case CHUNKS -> new Bounds.Chunks(in.readLong(), in.readLong());
            case LISTED -> {
                long[] starts = new long[in.readInt() + 1];
                for (int range = 0; range < starts.length; range++) {
                    starts[range] = in.readLong();
                }
                yield new Bounds.Listed(starts);
            }
            default -> throw new IOException("unknown kind of bounds: " + kind);
        };
    }
}
