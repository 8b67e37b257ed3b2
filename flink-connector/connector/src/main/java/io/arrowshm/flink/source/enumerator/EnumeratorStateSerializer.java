package io.arrowshm.flink.source.enumerator;

import io.arrowshm.flink.source.split.DatasetSplit;
import io.arrowshm.flink.source.split.DatasetSplitSerializer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/** What enumerators know, in checkpoints: every version that was ever written must stay readable. */
@Internal
public final class EnumeratorStateSerializer implements SimpleVersionedSerializer<EnumeratorState> {
    public static final EnumeratorStateSerializer INSTANCE = new EnumeratorStateSerializer();

    private static final int VERSION = 1;

    private EnumeratorStateSerializer() {}

    @Override
    public int getVersion() {
        return VERSION;
    }

    @Override
    public byte[] serialize(EnumeratorState state) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeBoolean(state.discovered());
        out.writeInt(state.unread().size());
        for (Map.Entry<Publication, Set<String>> entry : state.unread().entrySet()) {
            out.writeUTF(entry.getKey().dataset());
            out.writeLong(entry.getKey().id());
            out.writeLong(entry.getKey().revision());
            out.writeInt(entry.getValue().size());
            for (String split : entry.getValue()) {
                out.writeUTF(split);
            }
        }
        out.writeInt(state.pending().size());
        for (DatasetSplit split : state.pending()) {
            DatasetSplitSerializer.write(split, out);
        }
        return bytes.toByteArray();
    }

    @Override
    public EnumeratorState deserialize(int version, byte[] bytes) throws IOException {
        DatasetSplitSerializer.checkVersion("source", version, VERSION);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        boolean discovered = in.readBoolean();
        Map<Publication, Set<String>> unread = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            Publication publication = new Publication(in.readUTF(), in.readLong(), in.readLong());
            Set<String> splits = new LinkedHashSet<>();
            for (int splitsLeft = in.readInt(); splitsLeft > 0; splitsLeft--) {
                splits.add(in.readUTF());
            }
            unread.put(publication, splits);
        }
        List<DatasetSplit> pending = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            pending.add(DatasetSplitSerializer.read(in));
        }
        return new EnumeratorState(discovered, unread, pending);
    }
}
