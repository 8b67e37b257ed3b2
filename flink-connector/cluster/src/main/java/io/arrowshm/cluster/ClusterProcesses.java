package io.arrowshm.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The JVMs of one cluster. Every start gets a new name, and with it files of its own. Any thread; starting, killing and
 * closing exclude each other, and none of them waits for the cluster.
 */
final class ClusterProcesses {
    private static final String JOB_MANAGER = "jobmanager";
    private static final String JOB_MANAGER_MAIN =
            "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint";
    private static final String TASK_MANAGER_MAIN = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner";

    private final LocalClusterOptions options;
    private final WorkDirectory directory;
    private final ClusterJvm jvm;
    private final @Nullable ClusterProcess[] taskManagers;
    private @Nullable ClusterProcess jobManager;
    private Map<String, String> configuration = Map.of();
    private int started;
    private boolean closed;

    ClusterProcesses(LocalClusterOptions options, WorkDirectory directory) {
        this.options = options;
        this.directory = directory;
        this.jvm = new ClusterJvm(directory, options);
        this.taskManagers = new ClusterProcess[options.taskManagers().size()];
    }

    /**
     * Starts everything; nothing must be running.
     *
     * @param common Flink options of every process; kept for those that are started later
     * @return the JobManager
     */
    synchronized ClusterProcess startAll(Map<String, String> common) {
        requireOpen();
        configuration = common;
        ClusterProcess starting = launchJobManager(true);
        for (int index = 0; index < taskManagers.length; index++) {
            // What one of them loads is what all load.
            taskManagers[index] = launchTaskManager(index, List.of(), index == taskManagers.length - 1);
        }
        return starting;
    }

    /** @throws IllegalStateException if it is running or the cluster is closed */
    synchronized ClusterProcess startJobManager() {
        requireOpen();
        if (jobManager != null) {
            throw new IllegalStateException("JobManager is running: pid=" + jobManager.pid());
        }
        return launchJobManager(false);
    }

    /** @throws IllegalStateException if it is running or the cluster is closed */
    synchronized void startTaskManager(int index, List<String> jvmArguments) {
        requireOpen();
        ClusterProcess running = taskManagers[index];
        if (running != null && running.isAlive()) {
            throw new IllegalStateException("TaskManager is running: index=" + index + ", pid=" + running.pid());
        }
        // Whoever replaces one that was killed may well be killed, too.
        taskManagers[index] = launchTaskManager(index, jvmArguments, false);
    }

    /** @throws IllegalStateException if it is not running */
    synchronized void killJobManager() {
        jobManager().kill();
        jobManager = null;
    }

    /** @throws IllegalStateException if it is not running */
    synchronized void killTaskManager(int index) {
        taskManager(index).kill();
        taskManagers[index] = null;
    }

    /** @throws IllegalStateException if it is not running */
    synchronized ClusterProcess jobManager() {
        if (jobManager == null) {
            throw new IllegalStateException("JobManager is not running: closed=" + closed);
        }
        return jobManager;
    }

    /** @throws IllegalStateException if it is not running */
    synchronized ClusterProcess taskManager(int index) {
        ClusterProcess process = taskManagers[index];
        if (process == null) {
            throw new IllegalStateException("TaskManager is not running: index=" + index + ", closed=" + closed);
        }
        return process;
    }

    synchronized boolean isTaskManagerAlive(int index) {
        ClusterProcess process = taskManagers[index];
        return process != null && process.isAlive();
    }

    /** Slots of every TaskManager that was started and not killed, by its resource id. */
    synchronized Map<String, Integer> slotsByName() {
        Map<String, Integer> slots = new LinkedHashMap<>();
        for (int index = 0; index < taskManagers.length; index++) {
            ClusterProcess process = taskManagers[index];
            if (process != null) {
                slots.put(process.name(), options.taskManagers().get(index).slots());
            }
        }
        return slots;
    }

    /** All that were started and not killed. */
    synchronized List<ClusterProcess> all() {
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

    /** @throws ClusterException if one of them has died without being killed */
    void requireNoneDied() {
        all().forEach(this::requireNotDied);
    }

    /** @throws ClusterException if the cluster is closed, or the JobManager has died without being killed */
    synchronized void requireJobManagerNotGone() {
        if (closed) {
            throw new ClusterException("the cluster is closed");
        }
        if (jobManager != null) {
            requireNotDied(jobManager);
        }
    }

    private void requireNotDied(ClusterProcess process) {
        if (!process.isAlive()) {
            throw new ClusterException("a process died: name=" + process.name() + ", exitValue="
                    + process.process().exitValue() + "\n" + directory.tail(process.name()));
        }
    }

    /** The last lines of every process's logs. */
    String logTails() {
        return all().stream().map(process -> directory.tail(process.name())).collect(Collectors.joining());
    }

    /** Stops the TaskManagers, then the JobManager; a process that does not stop in time is killed. */
    synchronized void stopAll() {
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

    /** Stops everything, and nothing can be started afterwards. */
    synchronized void close() {
        closed = true;
        stopAll();
    }

    private ClusterProcess launchJobManager(boolean mayRecord) {
        String name = JOB_MANAGER + "-" + started++;
        Map<String, String> all = new LinkedHashMap<>(configuration);
        all.put("io.tmp.dirs", directory.temporaryOf(name).toString());
        all.put("web.tmpdir", directory.temporaryOf(name).toString());
        all.putAll(options.configuration());
        ClusterProcess launched =
                jvm.start(name, JOB_MANAGER_MAIN, List.of("-Xmx" + options.jobManagerHeapMb() + "m"), all, mayRecord);
        jobManager = launched;
        return launched;
    }

    private ClusterProcess launchTaskManager(int index, List<String> jvmArguments, boolean mayRecord) {
        TaskManagerSpec spec = options.taskManagers().get(index);
        // A new name for every start: the JobManager still lists a killed TaskManager until its heartbeats time out.
        String name = "taskmanager-" + index + "-" + started++;
        Map<String, String> all = new LinkedHashMap<>(configuration);
        all.put("taskmanager.resource-id", name);
        all.put("io.tmp.dirs", directory.temporaryOf(name).toString());
        all.putAll(options.configuration());
        all.putAll(spec.flinkOptions());
        List<String> flags = new ArrayList<>(List.of(
                "-Xmx" + spec.heapMb() + "m",
                "-XX:MaxDirectMemorySize=" + spec.directMemoryMb() + "m",
                "-XX:MaxMetaspaceSize=" + spec.metaspaceMb() + "m"));
        flags.addAll(jvmArguments);
        return jvm.start(name, TASK_MANAGER_MAIN, flags, all, mayRecord);
    }

    private void stop(Collection<ClusterProcess> stopping) {
        stopping.forEach(ClusterProcess::requestStop);
        long deadline = System.nanoTime() + options.stopTimeout().toNanos();
        for (ClusterProcess process : stopping) {
            if (process.awaitExit(Duration.ofNanos(deadline - System.nanoTime()))) {
                process.keepRecording();
            } else {
                process.kill();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the cluster is closed");
        }
    }
}
