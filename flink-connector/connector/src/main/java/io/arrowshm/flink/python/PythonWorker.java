package io.arrowshm.flink.python;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.LentSegment;
import io.arrowshm.Segment;
import io.arrowshm.SegmentRef;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.internal.Access;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of Python that applies a function to segments: in place to those of the pool, to copies of others. It ends with
 * this process, however that ends. One thread, which is to live as long as it does. What the messages are stands in the
 * Python package, in {@code _flink.py}.
 */
final class PythonWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PythonWorker.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int VERSION = 1;
    private static final int PARCEL_BYTES = Integer.BYTES + Long.BYTES;
    private static final long GRACE_MILLIS = 1_000;
    private static final long LAST_WORDS_MILLIS = 5_000;
    private static final int SIGNALLED = 128;

    private final PythonFunction function;
    private final @Nullable SharedMemoryPool pool;
    private final Process process;
    private final ProcessOutput output;
    private final TimedSocket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private boolean isBusy;

    PythonWorker(
            PythonFunction function,
            @Nullable SharedMemoryPool pool,
            Process process,
            ProcessOutput output,
            TimedSocket socket) {
        this.function = function;
        this.pool = pool;
        this.process = process;
        this.output = output;
        this.socket = socket;
        in = new DataInputStream(socket.input());
        out = new DataOutputStream(socket.output());
    }

    /**
     * Waits until the function is there.
     *
     * @throws PythonException if it is not
     */
    void awaitReady() throws IOException {
        long length = in.readLong() - 1;
        int letter = in.readByte();
        JsonNode said = JSON.readTree(in.readNBytes(Math.toIntExact(length)));
        if (letter == 'e') {
            throw raised("cannot have " + function.name() + " of " + function.interpreterHere(), said);
        }
        int version = said.path("version").asInt();
        if (letter != 'h' || version != VERSION) {
            throw new IOException("the package arrow-shm of " + function.interpreterHere() + " speaks version "
                    + version + ", allowed is " + VERSION + ": install the one that belongs to this connector");
        }
    }

    /**
     * What the function makes of a segment, to be closed by the caller; null if nothing.
     *
     * @param segment open until this returns
     * @param description of what it holds: type and shape of an array; empty for a table
     * @throws PythonException if it raises; then this goes on
     * @throws IOException if the process has died, or takes longer than it may; then this is to be closed
     */
    @Nullable
    Segment apply(Segment segment, String description) throws IOException {
        isBusy = true;
        socket.limit(function.timeout());
        ask(segment, description.getBytes(StandardCharsets.UTF_8));
        Segment result = answer();
        isBusy = false;
        return result;
    }

    private void ask(Segment segment, byte[] description) throws IOException {
        if (pool != null && segment.isIn(pool)) {
            LentSegment lent = segment.lend();
            out.writeLong(1L + PARCEL_BYTES + description.length);
            out.writeByte('s');
            out.write(ByteBuffer.allocate(PARCEL_BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(lent.slot())
                    .putLong(lent.generation())
                    .array());
            out.write(description);
        } else {
            out.writeLong(1 + Integer.BYTES + description.length + segment.length());
            out.writeByte('v');
            out.writeInt(description.length);
            out.write(description);
            segment.writeTo(out);
        }
        out.flush();
    }

    private @Nullable Segment answer() throws IOException {
        long length = in.readLong() - 1;
        int letter = in.readByte();
        return switch (letter) {
            case 'n' -> null;
            case 'r' -> Access.receiveForCall(requireNonNull(pool), SegmentRef.readFrom(in));
            case 'v' -> Segment.readToPrivateMemory(in, length);
            case 'e' -> {
                byte[] said = in.readNBytes(Math.toIntExact(length));
                isBusy = false;
                throw raised(function.name(), JSON.readTree(said));
            }
            default ->
                throw new IOException("process " + process.pid() + " of " + function.name()
                        + " has sent a message of the kind " + letter + ", which there is not");
        };
    }

    /** Why nothing more is to be expected, for people; the process is ended if it has not. */
    String end(IOException cause) throws InterruptedException {
        String who = "process " + process.pid() + " of " + function.name();
        if (cause instanceof SocketTimeoutException) {
            close();
            return who + " has taken longer than " + function.timeout() + " for one segment, and was ended"
                    + output.last();
        }
        if (!process.waitFor(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)) {
            close();
            return who + " cannot be talked to any more (" + cause.getMessage() + "), and was ended" + output.last();
        }
        close();
        int status = process.exitValue();
        String how =
                status > SIGNALLED ? "was killed by signal " + (status - SIGNALLED) : "has ended with status " + status;
        return who + " " + how + output.last();
    }

    /** The process ends after what it is doing; what takes longer is killed. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.debug("The socket of process {} was not closed", process.pid(), e);
        }
        try {
            if (isBusy || !process.waitFor(LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS)) {
                process.destroy();
                process.waitFor(GRACE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process.destroyForcibly();
    }

    private static PythonException raised(String where, JsonNode said) {
        return new PythonException(
                where,
                said.path("type").asText(),
                said.path("message").asText(),
                said.path("traceback").asText());
    }
}
