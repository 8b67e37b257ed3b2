package io.arrowshm.flink.python;

import io.arrowshm.PoolOptions;
import io.arrowshm.SharedMemoryPool;
import java.io.File;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts processes of a function, by the thread that uses them. */
final class PythonStart {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long POLL_MILLIS = 50;
    private static final int LONGEST_SOCKET_PATH = 90;
    private static final Path SHORT_TEMPORARY_DIRECTORY = Path.of("/tmp");
    private static final List<String> THREADS_OF_LIBRARIES =
            List.of("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS");

    private final PythonFunction function;
    private final PoolOptions poolOptions;
    private final @Nullable SharedMemoryPool pool;
    private final int threads;

    /**
     * @param pool null if there is none here, and all goes by value
     * @param threads that libraries of linear algebra may use
     */
    PythonStart(PythonFunction function, PoolOptions poolOptions, @Nullable SharedMemoryPool pool, int threads) {
        this.function = function;
        this.poolOptions = poolOptions;
        this.pool = pool;
        this.threads = threads;
    }

    /**
     * A process that has the function.
     *
     * @throws PythonException if there is no such function
     * @throws IOException if there is no such interpreter, or it lacks the package
     */
    PythonWorker start() throws IOException, InterruptedException {
        Path directory = socketDirectory();
        Path path = directory.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(path));
            Process process = process(path);
            PythonWorker worker;
            try {
                ProcessOutput output = ProcessOutput.of(function.name(), process);
                TimedSocket socket = new TimedSocket(accept(server, process, output));
                socket.limit(PATIENCE);
                worker = new PythonWorker(function, pool, process, output, socket);
            } catch (IOException | InterruptedException | RuntimeException e) {
                process.destroyForcibly();
                throw e;
            }
            return ready(worker);
        } finally {
            Files.deleteIfExists(path);
            Files.delete(directory);
        }
    }

    private static PythonWorker ready(PythonWorker worker) throws IOException, InterruptedException {
        try {
            worker.awaitReady();
            return worker;
        } catch (PythonException e) {
            worker.close();
            throw e;
        } catch (IOException e) {
            throw new IOException(worker.end(e), e);
        }
    }

    /** Nobody else may enter it. The path of a socket cannot have a hundred bytes, and those of temporary directories may. */
    private static Path socketDirectory() throws IOException {
        Path directory = Files.createTempDirectory("arrow-shm-python");
        if (directory.resolve("s").toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST_SOCKET_PATH) {
            return directory;
        }
        Files.delete(directory);
        return Files.createTempDirectory(SHORT_TEMPORARY_DIRECTORY, "arrow-shm-python");
    }

    private Process process(Path socket) throws IOException {
        List<String> command = List.of(
                function.interpreterHere(),
                "-u",
                "-X",
                "faulthandler",
                "-m",
                "arrow_shm._flink",
                socket.toString(),
                Long.toString(ProcessHandle.current().pid()),
                pool == null ? "" : pool.directory().toString(),
                poolOptions.directory(),
                pool == null ? "" : poolOptions.name(),
                function.name());
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        THREADS_OF_LIBRARIES.forEach(name -> environment.putIfAbsent(name, Integer.toString(threads)));
        environment.putAll(function.variables());
        if (!function.path().isEmpty()) {
            List<String> path = new ArrayList<>(function.path());
            String inherited = environment.get("PYTHONPATH");
            if (inherited != null) {
                path.add(inherited);
            }
            environment.put("PYTHONPATH", String.join(File.pathSeparator, path));
        }
        try {
            return builder.start();
        } catch (IOException e) {
            throw new IOException(
                    "cannot start " + function.interpreterHere() + " for " + function.name()
                            + ": give an interpreter that every host has, by withInterpreter or withEnvironment",
                    e);
        }
    }

    private SocketChannel accept(ServerSocketChannel server, Process process, ProcessOutput output)
            throws IOException, InterruptedException {
        server.configureBlocking(false);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Selector selector = Selector.open()) {
            server.register(selector, SelectionKey.OP_ACCEPT);
            while (true) {
                SocketChannel accepted = server.accept();
                if (accepted != null) {
                    return accepted;
                }
                if (!process.isAlive()) {
                    throw new IOException(function.interpreterHere() + " cannot have " + function.name()
                            + ": it has ended with status " + process.exitValue()
                            + "; is the package arrow-shm installed there?" + output.last());
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException(function.interpreterHere() + " has not begun within " + PATIENCE + " to have "
                            + function.name());
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException("while " + function.interpreterHere() + " was started");
                }
                selector.select(POLL_MILLIS);
                selector.selectedKeys().clear();
            }
        }
    }
}
