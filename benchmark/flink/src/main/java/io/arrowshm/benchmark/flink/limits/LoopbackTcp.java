package io.arrowshm.benchmark.flink.limits;

import io.arrowshm.benchmark.flink.job.BenchmarkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** How much two processes get through a connection over the loopback interface, by writes of 1 MiB. */
final class LoopbackTcp {
    private static final int WRITE_BYTES = 1 << 20;
    private static final int CONNECT_TIMEOUT_MS = 60_000;
    private static final double GIGABYTE = 1e9;

    private LoopbackTcp() {}

    /**
     * In 10^9 bytes a second.
     *
     * @param time that is counted, after half of it to warm up
     */
    static double gigabytesPerSecond(Duration time) throws IOException {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            server.socket().setSoTimeout(CONNECT_TIMEOUT_MS);
            int port = server.socket().getLocalPort();
            try (ChildJvm sender = ChildJvm.start(Sender.class, Integer.toString(port));
                    SocketChannel channel = server.socket().accept().getChannel()) {
                read(channel, time.dividedBy(2));
                return read(channel, time);
            }
        }
    }

    private static double read(SocketChannel channel, Duration time) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE_BYTES);
        long since = System.nanoTime();
        long bytes = 0;
        long nanos;
        do {
            int read = channel.read(buffer.clear());
            if (read < 0) {
                throw new BenchmarkException("the process that writes over loopback TCP has ended");
            }
            bytes += read;
            nanos = System.nanoTime() - since;
        } while (nanos < time.toNanos());
        return bytes / GIGABYTE / (nanos / 1e9);
    }

    /** The process that writes until it is killed. */
    public static final class Sender {
        private Sender() {}

        public static void main(String[] arguments) throws IOException {
            InetSocketAddress reader =
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]));
            try (SocketChannel channel = SocketChannel.open(reader)) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(WRITE_BYTES);
                while (true) {
                    channel.write(buffer.hasRemaining() ? buffer : buffer.clear());
                }
            } catch (IOException readerHasClosed) {
                // The reader has what it wanted.
            }
        }
    }
}
