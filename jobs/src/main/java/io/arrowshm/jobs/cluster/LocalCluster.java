package io.arrowshm.jobs.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.jspecify.annotations.Nullable;

/**
 * One JobManager and n TaskManagers, each a JVM of its own on this host, with this JVM's class path: classes of a job
 * need no upload. Listens on the loopback interface only; several clusters may run at once.
 *
 * <p>Ends with {@link #close()}, which a shutdown hook of its own calls too; if this JVM is killed, the processes halt by
 * themselves and only the work directory stays behind. All methods may be called by any thread; starting, killing and
 * closing exclude each other.
 */
public final class LocalCluster implements AutoCloseable {
    private static final String JOB_MANAGER = "jobmanager";
    private static final String JOB_MANAGER_MAIN =
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    private static final String TASK_MANAGER_MAIN = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";
    private static final int PORT_ATTEMPTS = 5;

    private final LocalClusterOptions options;
    private final WorkDirectory directory;
    private final ClusterJvm jvm;
    private final Thread shutdownHook = new Thread(this::close, "local-cluster-shutdown");
    /** Guards what follows, and is held while processes start or stop, never while one waits for the cluster. */
    private final Object lock = new Object();

    private final @Nullable ClusterProcess[] taskManagers;
    private @Nullable ClusterProcess jobManager;
    private Map<String, String> configuration = Map.of();
    private ClusterPorts ports = new ClusterPorts(0, 0);
    private int taskManagersStarted;
    private boolean closed;

    private LocalCluster(LocalClusterOptions options) {
        this.options = options;
        this.directory = WorkDirectory.create(options.workDirectory());
        this.jvm = new ClusterJvm(directory, options);
        this.taskManagers = new ClusterProcess[options.taskManagers().size()];
    }

    /**
     * Starts all processes and returns when the JobManager answers; TaskManagers may still be on their way
     * ({@link #awaitTaskManagers}).
     *
     * @throws ClusterException if the JobManager dies or does not answer in time; nothing is left behind
     * @throws IllegalArgumentException if the work directory is not empty
     */
    public static LocalCluster start(LocalClusterOptions options) {
        LocalCluster cluster = new LocalCluster(options);
        try {
            Runtime.getRuntime().addShutdownHook(cluster.shutdownHook);
            for (int attempt = 1; !cluster.startAll(); attempt++) {
                if (attempt == PORT_ATTEMPTS) {
                    throw new ClusterException("no port stayed free until the JobManager listened: attempts=" + attempt
                            + "\n" + cluster.directory.tail(JOB_MANAGER));
                }
            }
            return cluster;
        } catch (Throwable failure) {
            try {
                cluster.close();
            } catch (RuntimeException closeFailure) {
                failure.addSuppressed(closeFailure);
            }
            throw failure;
        }
    }

    /** Returns false, with nothing running, if somebody else took one of the ports. */
    private boolean startAll() {
        ClusterProcess starting;
        String clusterId = UUID.randomUUID().toString();
        synchronized (lock) {
            requireOpen();
            ports = ClusterPorts.pick();
            configuration = ClusterConfiguration.common(clusterId, ports);
            starting = startJobManager();
            for (int index = 0; index < taskManagers.length; index++) {
                taskManagers[index] = launchTaskManager(index);
            }
        }
        ClusterRest rest = rest();
        Await.until(
                "the JobManager answers at " + restUri(),
                options.startTimeout(),
                () -> !starting.isAlive() || rest.isServerOf(clusterId),
                () -> directory.tail(JOB_MANAGER));
        if (starting.isAlive()) {
            return true;
        }
        String tail = directory.tail(JOB_MANAGER);
        synchronized (lock) {
            requireOpen();
            stopAll();
        }
        if (tail.contains("Address already in use") || tail.contains("BindException")) {
            return false;
        }
        throw new ClusterException("the JobManager died at start: exitValue="
                + starting.process().exitValue() + "\n" + tail);
    }

    private ClusterProcess startJobManager() {
        Map<String, String> all = new LinkedHashMap<>(configuration);
        all.put("io.tmp.dirs", directory.temporaryOf(JOB_MANAGER).toString());
        all.put("web.tmpdir", directory.temporaryOf(JOB_MANAGER).toString());
        all.putAll(options.configuration());
        ClusterProcess started =
                jvm.start(JOB_MANAGER, JOB_MANAGER_MAIN, List.of("-Xmx" + options.jobManagerHeapMb() + "m"), all);
        jobManager = started;
        return started;
    }

    private ClusterProcess launchTaskManager(int index) {
        TaskManagerSpec spec = options.taskManagers().get(index);
        // A new name for every start: the JobManager still lists a killed TaskManager until its heartbeats time out.
        String name = "taskmanager-" + index + "-" + taskManagersStarted++;
        Map<String, String> all = new LinkedHashMap<>(configuration);
        all.put("taskmanager.resource-id", name);
        all.put("io.tmp.dirs", directory.temporaryOf(name).toString());
        all.putAll(options.configuration());
        all.putAll(spec.flinkOptions());
        return jvm.start(
                name,
                TASK_MANAGER_MAIN,
                List.of(
                        "-Xmx" + spec.heapMb() + "m",
                        "-XX:MaxDirectMemorySize=" + spec.directMemoryMb() + "m",
                        "-XX:MaxMetaspaceSize=" + spec.metaspaceMb() + "m"),
                all);
    }

    /**
     * Waits until every TaskManager that was started and not killed is registered with all its slots.
     *
     * @throws ClusterException if that is not so within the timeout, or one of the processes has died
     */
    public void awaitTaskManagers(Duration timeout) {
        ClusterRest rest = rest();
        Await.until(
                "TaskManagers " + slotsByName() + " are registered at " + restUri(),
                timeout,
                () -> {
                    requireNoneDied();
                    return rest.slotsByTaskManager().entrySet().containsAll(slotsByName().entrySet());
                },
                this::logTails);
    }

    private Map<String, Integer> slotsByName() {
        synchronized (lock) {
            Map<String, Integer> slots = new LinkedHashMap<>();
            for (int index = 0; index < taskManagers.length; index++) {
                ClusterProcess process = taskManagers[index];
                if (process != null) {
                    slots.put(process.name(), options.taskManagers().get(index).slots());
                }
            }
            return slots;
        }
    }

    private void requireNoneDied() {
        for (ClusterProcess process : processes()) {
            if (!process.isAlive()) {
                throw new ClusterException("a process died: name=" + process.name() + ", exitValue="
                        + process.process().exitValue() + "\n" + directory.tail(process.name()));
            }
        }
    }

    /** The last lines of every process's logs, for messages. */
    public String logTails() {
        return processes().stream().map(process -> directory.tail(process.name())).collect(Collectors.joining());
    }

    /** Where the REST server listens; the web UI too. */
    public URI restUri() {
        synchronized (lock) {
            return URI.create("http://" + ClusterConfiguration.LOOPBACK + ":" + ports.rest());
        }
    }

    /** The page to open in a browser. */
    public URI webUi() {
        return restUri().resolve("/");
    }

    /** A client of the REST server. */
    public ClusterRest rest() {
        return new ClusterRest(restUri());
    }

    /**
     * What {@link StreamExecutionEnvironment#createRemoteEnvironment(String, int, Configuration, String...)} needs to
     * submit to this cluster; a fresh copy. {@code getExecutionEnvironment(Configuration)} will not do: it starts a
     * MiniCluster whatever the target.
     */
    public Configuration clientConfiguration() {
        Configuration client = new Configuration();
        client.set(RestOptions.ADDRESS, ClusterConfiguration.LOOPBACK);
        client.set(RestOptions.PORT, restUri().getPort());
        client.set(DeploymentOptions.ATTACHED, true);
        return client;
    }

    /** An environment whose jobs run here. Its classes must be on the class path of this JVM. */
    public StreamExecutionEnvironment environment() {
        return StreamExecutionEnvironment.createRemoteEnvironment(
                ClusterConfiguration.LOOPBACK, restUri().getPort(), clientConfiguration());
    }

    /**
     * Kills a TaskManager with SIGKILL and waits until the process is gone; the JobManager has to find out by itself.
     *
     * @throws IllegalStateException if it is not running
     */
    public void killTaskManager(int index) {
        synchronized (lock) {
            requireRunning(index).kill();
            taskManagers[index] = null;
        }
    }

    /**
     * Starts a killed TaskManager again, as a new one with the same specification.
     *
     * @throws IllegalStateException if it is running or the cluster is closed
     */
    public void startTaskManager(int index) {
        synchronized (lock) {
            requireOpen();
            ClusterProcess running = taskManagers[index];
            if (running != null && running.isAlive()) {
                throw new IllegalStateException("TaskManager is running: index=" + index + ", pid=" + running.pid());
            }
            taskManagers[index] = launchTaskManager(index);
        }
    }

    /**
     * The resource id under which a running TaskManager registers; a new one after every start.
     *
     * @throws IllegalStateException if it is not running
     */
    public String taskManagerId(int index) {
        synchronized (lock) {
            return requireRunning(index).name();
        }
    }

    /** @throws IllegalStateException if it is not running */
    public long taskManagerPid(int index) {
        synchronized (lock) {
            return requireRunning(index).pid();
        }
    }

    /** @throws IllegalStateException if the cluster is closed */
    public long jobManagerPid() {
        synchronized (lock) {
            requireOpen();
            return Objects.requireNonNull(jobManager).pid();
        }
    }

    /** How many of the processes live now. */
    public int livingProcesses() {
        return (int) processes().stream().filter(ClusterProcess::isAlive).count();
    }

    /**
     * Stops the TaskManagers, then the JobManager, waits until all are gone, and deletes the work directory (or all of
     * it but the logs). A process that does not stop in time is killed. Further calls do nothing.
     *
     * @throws java.io.UncheckedIOException if a file cannot be deleted; no process is left all the same
     */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            stopAll();
            removeShutdownHook();
            directory.delete(options.keepLogs());
        }
    }

    private void stopAll() {
        List<ClusterProcess> stopping = new ArrayList<>();
        for (int index = 0; index < taskManagers.length; index++) {
            ClusterProcess process = taskManagers[index];
            if (process != null) {
                stopping.add(process);
                taskManagers[index] = null;
            }
        }
        stop(stopping);
        if (jobManager != null) {
            stop(List.of(jobManager));
            jobManager = null;
        }
    }

    private void stop(List<ClusterProcess> stopping) {
        stopping.forEach(ClusterProcess::requestStop);
        long deadline = System.nanoTime() + options.stopTimeout().toNanos();
        for (ClusterProcess process : stopping) {
            if (!process.awaitExit(Duration.ofNanos(deadline - System.nanoTime()))) {
                process.kill();
            }
        }
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException shuttingDown) {
            // this is the hook, or runs beside it
        }
    }

    private List<ClusterProcess> processes() {
        synchronized (lock) {
            List<ClusterProcess> all = new ArrayList<>();
            if (jobManager != null) {
                all.add(jobManager);
            }
            for (ClusterProcess process : taskManagers) {
                if (process != null) {
                    all.add(process);
                }
            }
            return all;
        }
    }

    private ClusterProcess requireRunning(int index) {
        ClusterProcess process = taskManagers[index];
        if (process == null) {
            throw new IllegalStateException("TaskManager is not running: index=" + index + ", closed=" + closed);
        }
        return process;
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cluster is closed");
        }
    }
}
