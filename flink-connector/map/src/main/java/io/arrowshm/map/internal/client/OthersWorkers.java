package io.arrowshm.map.internal.client;

import io.arrowshm.map.internal.wire.Connection;
import io.arrowshm.map.internal.wire.ContextDirectory;
import io.arrowshm.map.internal.wire.Loop;
import io.arrowshm.map.internal.wire.Message;
import io.arrowshm.map.internal.wire.Messages;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Workers that somebody else has started, and ends. */
public final class OthersWorkers implements Backing {
    private static final long PATIENCE_SECONDS = 10;

    private final ContextDirectory directory;
    private final Welcome welcome;

    private OthersWorkers(ContextDirectory directory, Welcome welcome) {
        this.directory = directory;
        this.welcome = welcome;
    }

    /** Those of a running context; null if there is none. */
    public static @Nullable OthersWorkers find(ContextDirectory directory) {
        try (Loop loop = new Loop("arrow-shm-map-asks")) {
            for (int worker : directory.workers()) {
                Welcome welcome = ask(loop, directory, worker);
                if (welcome != null) {
                    return new OthersWorkers(directory, welcome);
                }
            }
            return null;
        }
    }

    private static @Nullable Welcome ask(Loop loop, ContextDirectory directory, int worker) {
        Question question = new Question();
        Connection connection = null;
        try {
            connection = loop.connect(directory.socket(worker), question);
            connection.send(Message.of(Messages.HELLO, out -> {
                out.writeInt(Messages.VERSION);
                out.writeLong(ProcessHandle.current().pid());
            }));
            return question.answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        } catch (IOException | ExecutionException | TimeoutException e) {
            // Killed, or it stands still.
            return null;
        } finally {
            if (connection != null) {
                connection.close();
            }
        }
    }

    /** What one of them has said. */
    public Welcome welcome() {
        return welcome;
    }

    @Override
    public boolean mayKill() {
        return welcome.mayKill();
    }

    @Override
    public boolean endsWorkers() {
        return false;
    }

    @Override
    public @Nullable String whyGone() {
        return directory.isOwnedOrAlive() ? null : "the context " + directory.name() + " has ended";
    }

    @Override
    public String diagnosis() {
        return "";
    }

    @Override
    public void close() {}

    private static final class Question implements Connection.Handler {
        private final CompletableFuture<Welcome> answer = new CompletableFuture<>();

        @Override
        public void received(Connection from, DataInputStream message) throws IOException {
            try {
                message.readByte();
                answer.complete(Welcome.read(message));
            } catch (IOException e) {
                answer.completeExceptionally(e);
                throw e;
            }
        }

        @Override
        public void closed(Connection of) {
            answer.completeExceptionally(new IOException("the worker is gone"));
        }
    }
}
