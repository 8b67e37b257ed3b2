package io.arrowshm.cluster;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * One JobManager and n TaskManagers, each a JVM of its own on this host, with this JVM's class path: classes of a job
 * need no upload. Listens on the loopback interface only; several clusters may run at once.
 *
 * <p>Ends with {@link #close()}, which a shutdown hook of its own calls too; if this JVM is killed, the processes halt by
 * themselves and only the work directory stays behind. All methods may be called by any thread; starting, killing and
 * closing exclude each other.
 */
public final class LocalCluster implements AutoCloseable {
    private static final int PORT_ATTEMPTS = 5;

    private final LocalClusterOptions options;
    private final WorkDirectory directory;
    private final ClusterProcesses processes;
    private final CloseOnExit session = new CloseOnExit("local-cluster-shutdown", this::stopAndDelete);
    private final Submissions submissions = new Submissions();
    private final String clusterId = UUID.randomUUID().toString();
    private volatile ClusterPorts ports = new ClusterPorts(0, 0);

    private LocalCluster(LocalClusterOptions options) {
        this.options = options;
        this.directory = WorkDirectory.create(options.workDirectory());
        this.processes = new ClusterProcesses(options, directory);
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
            cluster.session.begin();
            for (int attempt = 1; !cluster.startAll(); attempt++) {
                if (attempt == PORT_ATTEMPTS) {
                    throw new ClusterException(
                            "no port stayed free until the JobManager listened: attempts=" + attempt);
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
        ports = ClusterPorts.pick();
        ClusterProcess starting = processes.startAll(ClusterConfiguration.common(clusterId, ports));
        if (awaitAnswer(starting)) {
            return true;
        }
        String tail = directory.tail(starting.name());
        processes.stopAll();
        if (tail.contains("Address already in use") || tail.contains("BindException")) {
            return false;
        }
        throw died(starting);
    }

    /** Returns false if the JobManager died first. */
    private boolean awaitAnswer(ClusterProcess jobManager) {
        RestServer server = restServer();
        Await.until(
                "the JobManager answers at " + restUri(),
                options.startTimeout(),
                () -> !jobManager.isAlive() || ClusterConfiguration.isOf(clusterId, server),
                () -> directory.tail(jobManager.name()));
        return jobManager.isAlive();
    }

    private ClusterException died(ClusterProcess jobManager) {
        return new ClusterException("the JobManager died at start: exitValue="
                + jobManager.process().exitValue() + "\n" + directory.tail(jobManager.name()));
    }

    /**
     * Waits until every TaskManager that was started and not killed is registered with all its slots.
     *
     * @throws ClusterException if that is not so within the timeout, or one of the processes has died
     */
    public void awaitTaskManagers(Duration timeout) {
        ClusterRest rest = rest();
        Await.until(
                "TaskManagers " + processes.slotsByName() + " are registered at " + restUri(),
                timeout,
                () -> {
                    processes.requireNoneDied();
                    return rest.slotsByTaskManager()
                            .entrySet()
                            .containsAll(processes.slotsByName().entrySet());
                },
                this::logTails);
    }

    /** The last lines of every process's logs, for messages. */
    public String logTails() {
        return processes.logTails();
    }

    /** Where the REST server listens; the web UI too. */
    public URI restUri() {
        return URI.create("http://" + ClusterConfiguration.LOOPBACK + ":" + ports.rest());
    }

    /** The page to open in a browser. */
    public URI webUi() {
        return restUri().resolve("/");
    }

    /** A client of the REST server. */
    public ClusterRest rest() {
        return new ClusterRest(restServer());
    }

    private RestServer restServer() {
        return new RestServer(restUri(), RestServer.Patience.DEFAULT, processes::requireJobManagerNotGone);
    }

    /** An environment whose jobs run here. Their classes must be on the class path of this JVM. */
    public StreamExecutionEnvironment environment() {
        return environment(new Configuration());
    }

    /**
     * An environment whose jobs run here. Their classes must be on the class path of this JVM.
     *
     * @param ofJob options of the job; where it goes is this cluster whatever they say
     */
    public StreamExecutionEnvironment environment(Configuration ofJob) {
        Configuration client = new Configuration(ofJob);
        client.set(DeploymentOptions.TARGET, "remote");
        client.set(DeploymentOptions.ATTACHED, true);
        client.set(RestOptions.ADDRESS, ClusterConfiguration.LOOPBACK);
        client.set(RestOptions.PORT, restUri().getPort());
        return submissions.environment(client);
    }

    /**
     * Kills a TaskManager with SIGKILL and waits until the process is gone; the JobManager has to find out by itself.
     *
     * @throws IllegalStateException if it is not running
     */
    public void killTaskManager(int index) {
        processes.killTaskManager(index);
    }

    /**
     * Starts a killed TaskManager again, as a new one with the same specification.
     *
     * @param jvmArguments further arguments of this JVM alone
     * @throws IllegalStateException if it is running or the cluster is closed
     */
    public void startTaskManager(int index, String... jvmArguments) {
        processes.startTaskManager(index, List.of(jvmArguments));
    }

    /**
     * Kills the JobManager with SIGKILL and waits until the process is gone. Jobs survive that only if the options
     * configure high availability.
     *
     * @throws IllegalStateException if it is not running
     */
    public void killJobManager() {
        processes.killJobManager();
    }

    /**
     * Starts a killed JobManager again, with the same ports, and returns when it answers.
     *
     * @throws IllegalStateException if it is running or the cluster is closed
     * @throws ClusterException if it dies or does not answer in time
     */
    public void startJobManager() {
        ClusterProcess starting = processes.startJobManager();
        if (!awaitAnswer(starting)) {
            throw died(starting);
        }
    }

    /**
     * The resource id under which a running TaskManager registers; a new one after every start.
     *
     * @throws IllegalStateException if it is not running
     */
    public String taskManagerId(int index) {
        return processes.taskManager(index).name();
    }

    /** Whether a TaskManager was started, and has neither been killed nor died. */
    public boolean isTaskManagerAlive(int index) {
        return processes.isTaskManagerAlive(index);
    }

    /** @throws IllegalStateException if it is not running */
    public long taskManagerPid(int index) {
        return processes.taskManager(index).pid();
    }

    /** @throws IllegalStateException if it is not running */
    public long jobManagerPid() {
        return processes.jobManager().pid();
    }

    /** How many of the processes live now. */
    public int livingProcesses() {
        return (int) processes.all().stream().filter(ClusterProcess::isAlive).count();
    }

    /**
     * Stops the TaskManagers, then the JobManager, waits until all are gone, and deletes the work directory (or all of
     * it but the logs). A process that does not stop in time is killed. Further calls do nothing.
     *
     * @throws java.io.UncheckedIOException if a file cannot be deleted; no process is left all the same
     */
    @Override
    public void close() {
        session.close();
    }

    private void stopAndDelete() {
        submissions.close();
        processes.close();
        submissions.deletePlans();
        directory.delete(options.keepLogs());
    }
}
