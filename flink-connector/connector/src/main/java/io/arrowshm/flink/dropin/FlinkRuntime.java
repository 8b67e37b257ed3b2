package io.arrowshm.flink.dropin;

import java.lang.reflect.Field;
import org.apache.flink.core.io.IOReadableWritable;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.io.network.api.writer.ChannelSelector;
import org.apache.flink.runtime.io.network.api.writer.ChannelSelectorRecordWriter;
import org.apache.flink.runtime.io.network.api.writer.RecordWriter;
import org.apache.flink.runtime.io.network.api.writer.RecordWriterDelegate;
import org.apache.flink.runtime.taskmanager.Task;
import org.apache.flink.streaming.runtime.tasks.StreamTask;
import org.jspecify.annotations.Nullable;

/**
 * All that is read or replaced by reflection in Flink's runtime: unchanged jobs have no operator of ours that could be
 * asked. Written for Flink 2.0 to 2.3; every method throws {@link ReflectiveOperationException} or
 * {@link java.lang.reflect.InaccessibleObjectException} if something is not as it is there.
 */
final class FlinkRuntime {
    private FlinkRuntime() {}

    /** The task that the thread runs, null if it is no task's own thread. */
    static @Nullable Task task(Thread thread) throws ReflectiveOperationException {
        return runnable(thread) instanceof Task task ? task : null;
    }

    private static @Nullable Object runnable(Thread thread) throws ReflectiveOperationException {
        if (Runtime.version().feature() < 19) {
            return get(Thread.class, "target", thread);
        }
        Object holder = get(Thread.class, "holder", thread);
        return holder == null ? null : get(holder.getClass(), "task", holder);
    }

    /** What a task runs; null before it does, and if it is not a streaming task. */
    static @Nullable StreamTask<?, ?> streamTask(Task task) throws ReflectiveOperationException {
        return get(Task.class, "invokable", task) instanceof StreamTask<?, ?> streamTask ? streamTask : null;
    }

    /** The writers of a task's outputs, in the order of its non-chained outputs. */
    static RecordWriterDelegate<?> recordWriters(StreamTask<?, ?> task) throws ReflectiveOperationException {
        if (get(StreamTask.class, "recordWriter", task) instanceof RecordWriterDelegate<?> writers) {
            return writers;
        }
        throw new NoSuchFieldException("the task has no record writers");
    }

    /** Has a writer, which must not be writing, select by another selector and serialise into another output. */
    static <T extends IOReadableWritable> void replace(
            ChannelSelectorRecordWriter<T> writer, ChannelSelector<T> selector, DataOutputSerializer output)
            throws ReflectiveOperationException {
        Field selectorField = field(ChannelSelectorRecordWriter.class, "channelSelector");
        Field outputField = field(RecordWriter.class, "serializer");
        outputField.set(writer, output);
        selectorField.set(writer, selector);
    }

    private static @Nullable Object get(Class<?> type, String name, Object object) throws ReflectiveOperationException {
        return field(type, name).get(object);
    }

    static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
