package io.arrowshm.flink.source.split;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Splits in checkpoints: every version that was ever written must stay readable. */
@Internal
public final class DatasetSplitSerializer implements SimpleVersionedSerializer<DatasetSplit> {
    public static final DatasetSplitSerializer INSTANCE = new DatasetSplitSerializer();

    private static final int VERSION = 1;

    private DatasetSplitSerializer() {}

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(DatasetSplit split) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        write(split, out);
        return bytes.toByteArray();
    }

    @Override
    public DatasetSplit deserialize(int version, byte[] bytes) throws IOException {
        checkVersion("split", version, VERSION);
        return read(new DataInputStream(new ByteArrayInputStream(bytes)));
    }

    /** Writes version 1 without saying so, for those who write their own version first. */
    public static void write(DatasetSplit split, DataOutput out) throws IOException {
        NamedSegment segment = split.segment();
        out.writeUTF(segment.dataset());
        out.writeUTF(segment.path());
        out.writeLong(segment.poolId());
        out.writeInt(segment.slot());
        out.writeLong(segment.generation());
        out.writeLong(split.from());
        out.writeLong(split.to());
        out.writeLong(split.position());
    }

    /** Reads what {@link #write} has written. */
    public static DatasetSplit read(DataInput in) throws IOException {
        NamedSegment segment = new NamedSegment(in.readUTF(), in.readUTF(), in.readLong(), in.readInt(), in.readLong());
        try {
            return new DatasetSplit(segment, in.readLong(), in.readLong(), in.readLong());
        } catch (IllegalArgumentException e) {
            throw new IOException("a split of the dataset " + segment.dataset() + " is damaged: " + e.getMessage(), e);
        }
    }

    /** @throws IOException if it is not the version that is known */
    public static void checkVersion(String what, int version, int known) throws IOException {
        if (version != known) {
            throw new IOException(what + " of version " + version + " in the state, known is " + known
                    + "; use the version of the connector that wrote it, or a newer one");
        }
    }
}
