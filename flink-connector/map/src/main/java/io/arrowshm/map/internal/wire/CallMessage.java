package io.arrowshm.map.internal.wire;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * A call as a worker gets it. What is in it is bytes to this package: ranges, references and the kernel have formats of
 * their own.
 */
public final class CallMessage {
    /** The kernel is a parcel with a {@code RangeWork}. */
    public static final byte JAVA = 0;

    private final long call;
    private final Flags flags;
    private final byte[] bounds;
    private final byte[] references;
    private final byte[] kernel;

    /**
     * @param call number that the client gave it
     * @param bounds of the ranges
     * @param references to the segments of the call, the first one that of its table
     * @param kernel what is done with a range
     */
    public CallMessage(long call, Flags flags, byte[] bounds, byte[] references, byte[] kernel) {
        this.call = call;
        this.flags = flags;
        this.bounds = bounds;
        this.references = references;
        this.kernel = kernel;
    }

    /**
     * What is not bytes.
     *
     * @param kind of kernel: {@link #JAVA}
     * @param left whether the worker is to look only for what is free, since others have begun
     * @param dynamic whether anybody may have any range
     * @param workers of the context, as the table is made
     */
    public record Flags(byte kind, boolean left, boolean dynamic, int workers) {}

    public long call() {
        return call;
    }

    public Flags flags() {
        return flags;
    }

    /** Not to be changed. */
    public byte[] bounds() {
        return bounds;
    }

    /** Not to be changed. */
    public byte[] references() {
        return references;
    }

    /** Not to be changed. */
    public byte[] kernel() {
        return kernel;
    }

    public byte[] encode() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(64 + bounds.length + references.length + kernel.length);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(Messages.CALL);
            out.writeLong(call);
            out.writeByte(flags.kind());
            out.writeBoolean(flags.left());
            out.writeBoolean(flags.dynamic());
            out.writeInt(flags.workers());
            write(out, bounds);
            write(out, references);
            write(out, kernel);
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return bytes.toByteArray();
    }

    /** @param in behind the first byte */
    public static CallMessage decode(DataInputStream in) throws IOException {
        long call = in.readLong();
        Flags flags = new Flags(in.readByte(), in.readBoolean(), in.readBoolean(), in.readInt());
        return new CallMessage(call, flags, read(in), read(in), read(in));
    }

    private static void write(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    /** Bytes with their length in front. */
    public static byte[] read(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a part of a message is said to have " + length + " bytes");
        }
        return in.readNBytes(length);
    }
}
