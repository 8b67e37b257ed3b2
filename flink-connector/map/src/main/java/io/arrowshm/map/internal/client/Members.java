package io.arrowshm.map.internal.client;

import io.arrowshm.map.internal.run.Later;
import io.arrowshm.map.internal.wire.Connection;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.wire.Loop;
import io.arrowshm.map.internal.wire.Message;
import io.arrowshm.map.internal.wire.Messages;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which workers of a context are there. Looks for those that are missing, and is told by the end of its connection when one is
 * gone. Any thread.
 */
final class Members implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Members.class);

    private static final Duration LOOK = Duration.ofMillis(20);
    private static final int LOOK_AT_SOCKETS_EVERY = 25;

    private final ContextDirectory directory;
    private final Backing backing;
    private final Listener listener;
    private final Loop loop;
    private final @Nullable Member[] members;
    private final @Nullable Joining[] joining;
    private int looks;
    private boolean closed;

    /** Who is told, by the thread of the loop; must not wait. */
    interface Listener {
        void joined(Member member);

        void gone(Member member);

        /** @param message behind its first byte */
        void received(Member member, byte type, DataInputStream message) throws IOException;
    }

    Members(
            ContextDirectory directory,
            int workers,
            Backing backing,
            Listener listener,
            ScheduledExecutorService timer) {
        this.directory = directory;
        this.backing = backing;
        this.listener = listener;
        members = new Member[workers];
        joining = new Joining[workers];
        loop = new Loop("arrow-shm-map-" + directory.name() + "-receives");
        Later.every(LOOK, timer, this::look);
    }

    /** Those that are there now, by number. */
    synchronized List<Member> present() {
        List<Member> present = new ArrayList<>();
        for (Member member : members) {
            if (member != null) {
                present.add(member);
            }
        }
        return present;
    }

    /** Whether so many came within the time. */
    synchronized boolean await(int count, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (present().size() < count && backing.whyGone() == null) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0 || closed) {
                return false;
            }
            wait(Math.min(left, 100));
        }
        return present().size() >= count;
    }

    private void look() {
        try {
            boolean all = looks++ % LOOK_AT_SOCKETS_EVERY == 0;
            for (int worker = 0; worker < members.length; worker++) {
                if (isMissing(worker)) {
                    tryJoin(worker);
                } else if (all) {
                    leaveIfReplaced(worker);
                }
            }
        } catch (RuntimeException e) {
            LOG.warn("Looking for workers of the context {} failed", directory.name(), e);
        }
    }

    private synchronized boolean isMissing(int worker) {
        return !closed && members[worker] == null && joining[worker] == null;
    }

    private void tryJoin(int worker) {
        Path path = directory.socket(worker);
        try {
            Object socket = key(path);
            if (socket == null) {
                return;
            }
            Joining handler = new Joining(worker, socket);
            synchronized (this) {
                joining[worker] = handler;
            }
            try {
                Connection connection = loop.connect(path, handler);
                handler.connection = connection;
                connection.send(Message.of(Messages.HELLO, out -> {
                    out.writeInt(Messages.VERSION);
                    out.writeLong(ProcessHandle.current().pid());
                }));
            } catch (IOException e) {
                forget(handler);
                throw e;
            }
        } catch (IOException e) {
            LOG.debug("Worker {} does not listen", worker, e);
        }
    }

    /** Null if there is no such file. */
    private static @Nullable Object key(Path socket) throws IOException {
        return Files.exists(socket)
                ? Files.readAttributes(socket, BasicFileAttributes.class).fileKey()
                : null;
    }

    /** A worker that stands still may have been given up and replaced, and must never go on. */
    private void leaveIfReplaced(int worker) {
        Member member;
        synchronized (this) {
            member = members[worker];
        }
        try {
            Object socket = key(directory.socket(worker));
            if (member != null && socket != null && !socket.equals(member.socket())) {
                LOG.warn("{} was replaced although it has not ended", member.place());
                kill(member);
                member.connection().close();
            }
        } catch (IOException e) {
            LOG.debug("Cannot look at the socket of worker {}", worker, e);
        }
    }

    /** Ends a worker's process, if that may be. */
    void kill(Member member) {
        if (backing.mayKill()) {
            ProcessHandle.of(member.place().pid()).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    private synchronized void forget(Joining handler) {
        if (joining[handler.worker] == handler) {
            joining[handler.worker] = null;
        }
    }

    private synchronized boolean join(Member member) {
        joining[member.worker()] = null;
        if (!closed) {
            members[member.worker()] = member;
        }
        notifyAll();
        return !closed;
    }

    private synchronized boolean leave(Member member) {
        if (!member.equals(members[member.worker()])) {
            return false;
        }
        members[member.worker()] = null;
        notifyAll();
        return true;
    }

    @Override
    public void close() {
        List<Connection> left = new ArrayList<>();
        synchronized (this) {
            closed = true;
            present().forEach(member -> left.add(member.connection()));
            for (Joining handler : joining) {
                if (handler != null && handler.connection != null) {
                    left.add(handler.connection);
                }
            }
            notifyAll();
        }
        left.forEach(Connection::close);
        loop.close();
    }

    /** A connection to a worker, which is a member once it has said who it is. */
    private final class Joining implements Connection.Handler {
        private final int worker;
        private final Object socket;
        private volatile @Nullable Connection connection;
        private @Nullable Member member;

        Joining(int worker, Object socket) {
            this.worker = worker;
            this.socket = socket;
        }

        @Override
        public void received(Connection from, DataInputStream message) throws IOException {
            byte type = message.readByte();
            if (member != null) {
                listener.received(member, type, message);
                return;
            }
            Welcome welcome = Welcome.read(message);
            if (type != Messages.WELCOME || welcome.place().worker() != worker) {
                throw new IOException("worker " + worker + " says that it is " + welcome.place());
            }
            member = new Member(welcome.place(), from, socket);
            if (join(member)) {
                listener.joined(member);
            } else {
                from.close();
            }
        }

        @Override
        public void closed(Connection of) {
            forget(this);
            if (member != null && leave(member)) {
                listener.gone(member);
            }
        }
    }
}
