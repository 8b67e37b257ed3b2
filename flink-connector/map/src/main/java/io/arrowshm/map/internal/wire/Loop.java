package io.arrowshm.map.internal.wire;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A thread that receives what comes on any number of connections. Any thread. */
public final class Loop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

    private final Selector selector;
    private final Thread thread;
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private volatile boolean closed;

    /** @param name of the thread */
    public Loop(String name) {
        try {
            selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot wait for connections", e);
        }
        thread = new Thread(this::run, name);
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Connects to a socket, without waiting.
     *
     * @throws IOException if nobody listens there, or too many want to be heard
     */
    public Connection connect(Path socket, Connection.Handler handler) throws IOException {
        SocketChannel channel = connectNow(socket);
        Connection connection = new Connection(channel, handler);
        execute(() -> register(channel, connection));
        return connection;
    }

    /** Does not wait for a process that stands still, whose socket may have as many connections as it takes. */
    static SocketChannel connectNow(Path socket) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            if (!channel.connect(UnixDomainSocketAddress.of(socket))) {
                throw new IOException(socket + " takes no more connections");
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /**
     * Takes all connections of a socket that listens.
     *
     * @param handlers makes one for each of them
     */
    public void accept(ServerSocketChannel server, Supplier<Connection.Handler> handlers) throws IOException {
        server.configureBlocking(false);
        execute(() -> {
            try {
                server.register(selector, SelectionKey.OP_ACCEPT, (Ready) key -> acceptOne(server, handlers));
            } catch (ClosedChannelException e) {
                LOG.debug("Closed before it listened", e);
            }
        });
    }

    private void acceptOne(ServerSocketChannel server, Supplier<Connection.Handler> handlers) {
        try {
            SocketChannel channel = server.accept();
            if (channel != null) {
                channel.configureBlocking(false);
                register(channel, new Connection(channel, handlers.get()));
            }
        } catch (IOException e) {
            LOG.debug("Cannot accept a connection", e);
        }
    }

    private void register(SocketChannel channel, Connection connection) {
        try {
            connection.registered(channel.register(selector, SelectionKey.OP_READ, (Ready) connection::ready));
        } catch (ClosedChannelException e) {
            connection.close();
        }
    }

    /** Has the thread of the loop do something. */
    private void execute(Runnable task) {
        tasks.add(task);
        selector.wakeup();
    }

    private void run() {
        try {
            while (!closed) {
                selector.select(key -> run(() -> ((Ready) key.attachment()).ready(key)));
                for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                    run(task);
                }
            }
        } catch (IOException | ClosedSelectorException e) {
            LOG.error("Nothing is received any more", e);
        }
    }

    /** Whatever is wrong with one connection, the others go on. */
    private static void run(Runnable task) {
        try {
            task.run();
        } catch (CancelledKeyException e) {
            LOG.debug("Another thread has closed the connection", e);
        } catch (RuntimeException | Error e) {
            LOG.error("What a connection brought could not be dealt with", e);
        }
    }

    /** Connections are to be closed before. Idempotent. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        boolean interrupted = false;
        while (thread != Thread.currentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        try {
            selector.close();
        } catch (IOException e) {
            LOG.debug("Cannot close the selector", e);
        }
    }

    /** What is done with a key that is ready. */
    private interface Ready {
        void ready(SelectionKey key);
    }
}
