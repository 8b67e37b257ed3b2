package io.arrowshm.benchmark.peers;

import io.arrowshm.benchmark.peers.jvm.CallerMain;
import io.arrowshm.cluster.CloseOnExit;
import io.arrowshm.cluster.FlinkJvmFlags;
import io.arrowshm.cluster.SupervisedMain;
import io.arrowshm.console.UserErrorException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs contestants, one process tree at a time. Ends with {@link #close}, or when the JVM ends; then nothing of
 * it runs, and nothing is left in shared memory. Running is for one thread.
 */
final class PeersSession implements AutoCloseable {
    /** For the JVMs; and Python is not to write into the folder of the programs. */
    private static final Map<String, String> ENVIRONMENT =
            Map.of("CLASSPATH", System.getProperty("java.class.path"), "PYTHONDONTWRITEBYTECODE", "1");

    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final PythonFolders folders;
    private final List<String> interpreters;
    private final Task task;
    private final String tag = "peers-" + ProcessHandle.current().pid();
    private final Leftovers leftovers = new Leftovers(tag);
    private final Programs programs = new Programs();
    private final CloseOnExit onExit = new CloseOnExit("peers-shutdown", this::closeAll);
    private @Nullable PythonEnvironments environments;
    private boolean closed;

    /**
     * @param interpreters names or paths of Pythons, the preferred one first
     */
    PeersSession(PythonFolders folders, List<String> interpreters, Task task) {
        this.folders = folders;
        this.interpreters = List.copyOf(interpreters);
        this.task = task;
        // Once now: what this needs, logging above all, cannot start any more when the JVM is on its way out.
        removeLeftovers();
        onExit.begin();
    }

    /**
     * Lets all contestants run in turn. One that cannot be installed or fails is left out from then on, unless it is this
     * project's.
     *
     * @param rounds runs of each
     * @param running told what comes next: first each contestant is made ready, then each runs in each round
     * @throws UserErrorException if there is no Python and one is needed
     */
    PeerComparison compare(List<Peer> peers, int rounds, Consumer<String> running) throws InterruptedException {
        PeerComparison comparison = new PeerComparison(task);
        List<Peer> ready = new ArrayList<>();
        for (Peer peer : peers) {
            running.accept("installing " + peer.name());
            if (peer.isOurs() || attempt(peer, comparison, () -> interpreter(peer)) != null) {
                ready.add(peer);
            }
        }
        for (int round = 0; round < rounds; round++) {
            for (Peer peer : List.copyOf(ready)) {
                running.accept(peer.name());
                Times times = attempt(peer, comparison, () -> run(peer));
                if (times == null) {
                    ready.remove(peer);
                } else {
                    comparison.add(peer, times);
                }
            }
        }
        return comparison;
    }

    /** Ends what is running. Further calls do nothing. */
    @Override
    public void close() {
        onExit.close();
    }

    private void closeAll() {
        programs.close();
        synchronized (this) {
            removeLeftovers();
            closed = true;
        }
    }

    private interface Step<T> {
        T take() throws InterruptedException;
    }

    private static <T> @Nullable T attempt(Peer peer, PeerComparison comparison, Step<T> step)
            throws InterruptedException {
        try {
            return step.take();
        } catch (PeerFailedException e) {
            if (peer.isOurs()) {
                throw e;
            }
            comparison.addAbsent(peer, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Path interpreter(Peer peer) throws InterruptedException {
        if (environments == null) {
            environments = PythonEnvironments.with(folders, programs, interpreters);
        }
        return environments.interpreter(peer.requirements());
    }

    private Times run(Peer peer) throws InterruptedException {
        try {
            String out = programs.run(command(peer), ENVIRONMENT, LIMIT);
            return Times.parse(out.lines().reduce("", (earlier, later) -> later));
        } finally {
            removeLeftovers();
        }
    }

    private List<String> command(Peer peer) throws InterruptedException {
        List<String> command = new ArrayList<>();
        if (peer.mode() != null) {
            command.add(System.getProperty("java.home") + "/bin/java");
            command.addAll(FlinkJvmFlags.SHIPPED);
            command.addAll(List.of(
                    SupervisedMain.class.getName(),
                    CallerMain.class.getName(),
                    "--mode=" + peer.mode().name()));
        } else {
            command.add(interpreter(peer).toString());
            command.add(folders.programs().resolve(peer.program().get(0)).toString());
            command.addAll(peer.program().subList(1, peer.program().size()));
            command.add("--end-with-input");
        }
        command.addAll(List.of(
                "--doubles=" + task.doubles(),
                "--arrays=" + task.smallArrays(),
                "--hand-overs=" + task.handOvers(),
                String.format(Locale.ROOT, "--warm-up-seconds=%f", task.warmUpSeconds()),
                "--tag=" + tag));
        return command;
    }

    /** What a program that was killed has left under the name that all of them were given. */
    private synchronized void removeLeftovers() {
        // When this JVM is about to halt, that may be between taking the lock that this needs and deleting its file.
        if (!closed) {
            leftovers.remove();
        }
    }
}
