package io.arrowshm.flink.internals;

import java.lang.reflect.Field;
import org.apache.flink.annotation.Internal;
import org.apache.flink.core.io.IOReadableWritable;
import org.apache.flink.runtime.io.network.api.writer.ChannelSelectorRecordWriter;
import org.apache.flink.runtime.io.network.api.writer.RecordWriter;

/** An edge of a task, on which each record goes to one receiver. One thread, that of the task. */
@Internal
public final class RecordEdge<T extends IOReadableWritable> {
    private final ChannelSelectorRecordWriter<T> writer;

    RecordEdge(ChannelSelectorRecordWriter<T> writer) {
        this.writer = writer;
    }

    public int receivers() {
        return writer.getNumberOfSubpartitions();
    }

    /** Sends what is still in its output buffers. */
    public void flush() {
        writer.flushAll();
    }

    /** Has records serialised into another output, while none is being written. */
    public void writeInto(RecordOutput output) throws ReflectiveOperationException {
        Field selector = Fields.of(ChannelSelectorRecordWriter.class, "channelSelector");
        Fields.of(RecordWriter.class, "serializer").set(writer, output);
        selector.set(writer, new ArmingSelector<>(writer.getChannelSelector(), output));
    }
}
