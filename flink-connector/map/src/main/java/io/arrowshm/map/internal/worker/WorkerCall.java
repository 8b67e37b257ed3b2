package io.arrowshm.map.internal.worker;

import io.arrowshm.map.internal.parcel.Thrown;
import io.arrowshm.map.internal.run.CallTable;
import io.arrowshm.map.internal.run.Failure;
import io.arrowshm.map.internal.wire.CallMessage;
import io.arrowshm.map.internal.wire.Connection;
import io.arrowshm.map.internal.wire.Message;
import io.arrowshm.map.internal.wire.Messages;
import org.jspecify.annotations.Nullable;

/** A call that a client wants of this worker. Any thread. */
final class WorkerCall {
    private final Object client;
    private final Connection connection;
    private final CallMessage message;
    private @Nullable CallTable table;
    private @Nullable Thread thread;
    private boolean cancelled;
    private boolean answered;

    /** @param client whose it is */
    WorkerCall(Object client, Connection connection, CallMessage message) {
        this.client = client;
        this.connection = connection;
        this.message = message;
    }

    Object client() {
        return client;
    }

    CallMessage message() {
        return message;
    }

    /** By the kernel's thread, before it does anything for the call; false if that is not wanted any more. */
    synchronized boolean begin() {
        thread = Thread.currentThread();
        return !cancelled;
    }

    /** By the kernel's thread, once it knows the table. */
    synchronized void begun(CallTable known) {
        table = known;
        if (cancelled) {
            known.stop();
        }
    }

    /** By the kernel's thread: no interrupt of this call comes any more, nor is one left. */
    synchronized void end() {
        thread = null;
        table = null;
        Thread.interrupted();
    }

    /** Stops what other workers do of it as well. */
    synchronized void cancel() {
        cancelled = true;
        if (table != null) {
            table.stop();
        }
        if (thread != null) {
            thread.interrupt();
        }
    }

    /**
     * Tells what came of a range.
     *
     * @param references to segments in it
     */
    void result(int range, byte[] references, byte[] parcel) {
        connection.send(Message.of(Messages.RESULT, out -> {
            out.writeLong(message.call());
            out.writeInt(range);
            out.writeInt(references.length);
            out.write(references);
            out.writeInt(parcel.length);
            out.write(parcel);
        }));
    }

    /** Says that this worker is no longer at it; once. */
    void answer(@Nullable Failure failure) {
        synchronized (this) {
            if (answered) {
                return;
            }
            answered = true;
        }
        connection.send(Message.of(Messages.DONE, out -> {
            out.writeLong(message.call());
            out.writeBoolean(failure != null);
            if (failure != null) {
                byte[] thrown = Thrown.encode(failure.cause());
                out.writeLong(failure.index());
                out.writeInt(thrown.length);
                out.write(thrown);
            }
        }));
    }
}
