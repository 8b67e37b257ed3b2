package io.arrowshm.map.internal.worker;

import io.arrowshm.Epoch;
import io.arrowshm.SharedMemoryPool;
import io.arrowshm.map.internal.run.Failure;
import io.arrowshm.map.internal.run.Host;
import io.arrowshm.map.internal.wire.Connection;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.wire.Loop;
import io.arrowshm.map.internal.wire.Message;
import io.arrowshm.map.internal.wire.Messages;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One worker: listens at its socket, and has its kernel's thread do what its clients ask for, a call after the other, taking
 * turns between clients. What a client that is gone has asked for ends at once. Any thread.
 */
public final class WorkerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerServer.class);

    private final WorkerOptions options;
    private final Failure.Place place;
    private final ContextDirectory directory;
    private final ServerSocketChannel socket;
    private final Object socketKey;
    private final Epoch epoch;
    private final Loop loop;
    private final Kernels kernels;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<Client> clients = new LinkedHashSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private @Nullable ScheduledFuture<?> idleEnd;
    private boolean isToEnd;

    /**
     * Listens from now on.
     *
     * @param pool that stays open until this is closed
     * @param worker number of this one
     * @param classes of the job
     * @throws IOException if it cannot listen
     */
    public WorkerServer(WorkerOptions options, SharedMemoryPool pool, int worker, ClassLoader classes)
            throws IOException {
        this.options = options;
        place = Host.place(worker);
        directory = ContextDirectory.at(Path.of(options.directory()));
        directory.create();
        Path path = directory.socket(worker);
        socket = listen(path);
        socketKey = Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                .fileKey();
        String name = "arrow-shm-map-" + options.context() + "-" + worker;
        timer = new ScheduledThreadPoolExecutor(1, task -> daemon(task, name + "-timer"));
        timer.setRemoveOnCancelPolicy(true);
        epoch = pool.openEpoch("map worker " + worker + " of " + options.context());
        kernels = new Kernels(new CallRunner(pool, epoch, place, classes), name, classes, timer, options.ownsProcess());
        loop = new Loop(name + "-receives");
        loop.accept(socket, Client::new);
        waitForClients(options.idle());
    }

    /** Nobody finds it before it listens. */
    private static ServerSocketChannel listen(Path path) throws IOException {
        Path aside = path.resolveSibling(
                path.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(aside);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(aside));
            Files.move(aside, path, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            channel.close();
            Files.deleteIfExists(aside);
            throw e;
        }
        return channel;
    }

    static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Completes once there was no client for so long that the worker is not wanted any more. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    private synchronized void waitForClients(Duration patience) {
        if (idleEnd != null) {
            idleEnd.cancel(false);
        }
        idleEnd = timer.schedule(this::endIfAlone, patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private synchronized void endIfAlone() {
        if (clients.isEmpty()) {
            LOG.info("{} has had no client for {} and ends", place, isToEnd ? WorkerOptions.LAST_WAIT : options.idle());
            ended.complete(null);
        }
    }

    private synchronized void connected(Client client) {
        clients.add(client);
        if (idleEnd != null) {
            idleEnd.cancel(false);
        }
    }

    private synchronized void disconnected(Client client) {
        clients.remove(client);
        if (clients.isEmpty() && !timer.isShutdown()) {
            waitForClients(isToEnd ? WorkerOptions.LAST_WAIT : options.idle());
        }
    }

    private synchronized void isToEnd() {
        isToEnd = true;
    }

    /** Ends what is running, and the process if that does not end and is the worker's own. Idempotent. */
    @Override
    public void close() {
        try {
            deleteSocket();
            socket.close();
        } catch (IOException e) {
            LOG.warn("Cannot close the socket of {}", place, e);
        }
        kernels.close();
        List<Client> left;
        synchronized (this) {
            left = new ArrayList<>(clients);
        }
        left.forEach(Client::close);
        loop.close();
        timer.shutdownNow();
        epoch.close();
        directory.deleteIfAbandoned();
    }

    /** Another process may have taken this one's place. */
    private void deleteSocket() throws IOException {
        Path path = directory.socket(place.worker());
        if (Files.exists(path)
                && Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class)
                        .fileKey()
                        .equals(socketKey)) {
            Files.deleteIfExists(path);
        }
    }

    /** A client that is connected. By the loop. */
    private final class Client implements Connection.Handler {
        private @Nullable Connection connection;

        @Override
        public void received(Connection from, java.io.DataInputStream message) throws IOException {
            byte type = message.readByte();
            if (connection == null) {
                greet(from, type, message);
            } else {
                kernels.received(this, from, type, message);
                if (type == Messages.END) {
                    isToEnd();
                }
            }
        }

        private void greet(Connection from, byte type, java.io.DataInputStream message) throws IOException {
            int version = type == Messages.HELLO ? message.readInt() : -1;
            if (version == Messages.VERSION) {
                connection = from;
                connected(this);
            }
            from.send(Message.of(Messages.WELCOME, out -> {
                out.writeInt(Messages.VERSION);
                out.writeInt(place.worker());
                out.writeInt(options.workers());
                out.writeLong(place.pid());
                out.writeUTF(place.host());
                out.writeUTF(options.pool().directory());
                out.writeUTF(options.pool().name());
                out.writeBoolean(options.ownsProcess());
            }));
        }

        @Override
        public void closed(Connection of) {
            kernels.clientIsGone(this);
            disconnected(this);
        }

        private void close() {
            if (connection != null) {
                connection.close();
            }
        }
    }
}
