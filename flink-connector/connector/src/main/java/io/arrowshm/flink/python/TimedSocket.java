package io.arrowshm.flink.python;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A connection on which nobody waits beyond a deadline, or when it is interrupted. One thread. */
final class TimedSocket implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    private final SocketChannel channel;
    private final Selector selector;
    private final SelectionKey key;
    private final Input input = new Input();
    private final Output output = new Output();
    // Of System.nanoTime(); and whether there is one.
    private long deadline;
    private boolean isTimed;

    /** Takes over the channel. */
    TimedSocket(SocketChannel channel) throws IOException {
        this.channel = channel;
        channel.configureBlocking(false);
        selector = Selector.open();
        key = channel.register(selector, 0);
    }

    /** Whatever is read or written from now on is to be over by then; zero is for ever. */
    void limit(Duration fromNow) {
        isTimed = !fromNow.isZero();
        deadline = System.nanoTime() + fromNow.toNanos();
    }

    /** Of one thread; its end is that of the other side. */
    InputStream input() {
        return input;
    }

    /** Of one thread; sent when it is flushed. */
    OutputStream output() {
        return output;
    }

    @Override
    public void close() throws IOException {
        try (channel) {
            selector.close();
        }
    }

    private void await(int operation) throws IOException {
        key.interestOps(operation);
        if (isTimed) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException("no answer in time");
            }
            selector.select(TimeUnit.NANOSECONDS.toMillis(left) + 1);
        } else {
            selector.select();
        }
        selector.selectedKeys().clear();
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while waiting for an answer");
        }
    }

    private final class Input extends InputStream {
        private final ByteBuffer buffer =
                ByteBuffer.allocateDirect(BUFFER_BYTES).limit(0);

        @Override
        public int read() throws IOException {
            return fill() ? Byte.toUnsignedInt(buffer.get()) : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int count = Math.min(length, buffer.remaining());
            buffer.get(target, offset, count);
            return count;
        }

        /** Whether there is something. */
        private boolean fill() throws IOException {
            while (!buffer.hasRemaining()) {
                buffer.clear();
                int count = channel.read(buffer);
                buffer.flip();
                if (count < 0) {
                    return false;
                }
                if (count == 0) {
                    await(SelectionKey.OP_READ);
                }
            }
            return true;
        }
    }

    private final class Output extends OutputStream {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

        @Override
        public void write(int b) throws IOException {
            makeRoom();
            buffer.put((byte) b);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            int from = offset;
            while (from < offset + length) {
                makeRoom();
                int count = Math.min(offset + length - from, buffer.remaining());
                buffer.put(source, from, count);
                from += count;
            }
        }

        @Override
        public void flush() throws IOException {
            buffer.flip();
            while (buffer.hasRemaining()) {
                if (channel.write(buffer) == 0) {
                    await(SelectionKey.OP_WRITE);
                }
            }
            buffer.clear();
        }

        private void makeRoom() throws IOException {
            if (!buffer.hasRemaining()) {
                flush();
            }
        }
    }
}
