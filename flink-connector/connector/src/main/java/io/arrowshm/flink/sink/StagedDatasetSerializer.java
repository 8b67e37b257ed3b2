package io.arrowshm.flink.sink;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** Staged datasets in checkpoints: every version that was ever written must stay readable. */
@Internal
public final class StagedDatasetSerializer implements SimpleVersionedSerializer<StagedDataset> {
    public static final StagedDatasetSerializer INSTANCE = new StagedDatasetSerializer();

    private static final int VERSION = 1;

    private StagedDatasetSerializer() {}

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(StagedDataset staged) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(staged.poolId());
        out.writeUTF(staged.stagingName());
        out.writeUTF(staged.name());
        return bytes.toByteArray();
    }

    @Override
    public StagedDataset deserialize(int version, byte[] bytes) throws IOException {
        if (version != VERSION) {
            throw new IOException("staged dataset of version " + version + " in the state, known is " + VERSION
                    + "; use the version of the connector that wrote it, or a newer one");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        return new StagedDataset(in.readLong(), in.readUTF(), in.readUTF());
    }
}
