package io.arrowshm.map.internal.wire;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One end of a socket: messages of any bytes, each with its length in front. Sending never waits for the other side: what
 * that does not read stays in memory. Sent by any thread, received by that of the loop.
 */
public final class Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

    /** No message is that large: what comes is something else. */
    private static final int MOST_BYTES = 256 << 20;

    private static final int FIRST_BYTES = 1 << 13;

    private final SocketChannel channel;
    private final Handler handler;
    private final Deque<ByteBuffer> unsent = new ArrayDeque<>();
    private ByteBuffer received = ByteBuffer.allocate(FIRST_BYTES);
    private @Nullable SelectionKey key;
    private boolean closed;

    Connection(SocketChannel channel, Handler handler) {
        this.channel = channel;
        this.handler = handler;
    }

    /** Who is told of what comes, by the thread of the loop; must not wait. */
    public interface Handler {
        /** @param message to be read to its end, or not */
        void received(Connection connection, DataInputStream message) throws IOException;

        /** The other side is gone, or this one has closed. Called once. */
        void closed(Connection connection);
    }

    void registered(SelectionKey newKey) {
        synchronized (unsent) {
            key = newKey;
            // What was sent before may have filled the socket.
            flush();
        }
    }

    /**
     * Sends a message. False if the connection was closed before; if it is closed later, the handler is told after this has
     * returned.
     */
    public boolean send(byte[] message) {
        ByteBuffer framed = ByteBuffer.allocate(Integer.BYTES + message.length);
        framed.putInt(message.length).put(message).flip();
        synchronized (unsent) {
            if (closed) {
                return false;
            }
            unsent.add(framed);
            flush();
            return true;
        }
    }

    /** Sends what can be sent now. Under the lock of what is unsent, by who sends or by the loop. */
    private void flush() {
        try {
            while (!unsent.isEmpty()) {
                channel.write(unsent.element());
                if (unsent.element().hasRemaining()) {
                    break;
                }
                unsent.remove();
            }
            if (key != null) {
                int wanted = SelectionKey.OP_READ | (unsent.isEmpty() ? 0 : SelectionKey.OP_WRITE);
                if (key.interestOps() != wanted) {
                    key.interestOps(wanted);
                    key.selector().wakeup();
                }
            }
        } catch (IOException | CancelledKeyException e) {
            // The loop reads the end of it, or somebody has closed it.
            LOG.debug("Cannot send", e);
            unsent.clear();
        }
    }

    /** By the loop: the channel can be read, or written. */
    void ready(SelectionKey readyKey) {
        if (readyKey.isWritable()) {
            synchronized (unsent) {
                flush();
            }
        }
        if (readyKey.isReadable()) {
            try {
                receive();
            } catch (IOException e) {
                LOG.debug("A connection has ended", e);
                close();
            } catch (RuntimeException | Error e) {
                LOG.error("What a connection brought could not be dealt with; it is closed", e);
                close();
            }
        }
    }

    private void receive() throws IOException {
        int count = channel.read(received);
        if (count < 0) {
            throw new EOFException();
        }
        received.flip();
        while (received.remaining() >= Integer.BYTES) {
            int length = received.getInt(received.position());
            if (length < 0 || length > MOST_BYTES) {
                throw new IOException("a message is said to have " + length + " bytes");
            }
            if (received.remaining() < Integer.BYTES + length) {
                makeRoomFor(Integer.BYTES + length);
                break;
            }
            int start = received.position() + Integer.BYTES;
            byte[] message = Arrays.copyOfRange(received.array(), start, start + length);
            received.position(start + length);
            handler.received(this, new DataInputStream(new ByteArrayInputStream(message)));
        }
        received.compact();
    }

    private void makeRoomFor(int bytes) {
        if (received.capacity() < bytes) {
            ByteBuffer larger = ByteBuffer.allocate(bytes);
            larger.put(received).flip();
            received = larger;
        }
    }

    /** Idempotent. */
    public void close() {
        synchronized (unsent) {
            if (closed) {
                return;
            }
            closed = true;
            unsent.clear();
            try {
                channel.close();
            } catch (IOException e) {
                LOG.debug("Cannot close a connection", e);
            }
            if (key != null) {
                // A channel is closed for good when the selector has let go of it.
                key.selector().wakeup();
            }
        }
        handler.closed(this);
    }
}
