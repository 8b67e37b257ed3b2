package io.arrowshm.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts one Flink entry point as a JVM of its own, on this JVM's class path and with this JVM's JDK. */
final class ClusterJvm {
    private static final String CLASS_PATH = "CLASSPATH";
    private static final String LOG_CONFIGURATION = "io/arrowshm/cluster/log4j2-cluster.xml";
    /**
     * On a busy machine a process may need longer than the 10 s of the default until its actors run. Flink's option for
     * it, pekko.startup-timeout, sets a path that Pekko does not read.
     */
    private static final String ACTORS_START_LATER = "-Dpekko.remote.classic.startup-timeout=60s";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final WorkDirectory directory;
    private final LocalClusterOptions options;
    private final ClassData classData;

    ClusterJvm(WorkDirectory directory, LocalClusterOptions options) {
        this.directory = directory;
        this.options = options;
        this.classData = ClassData.in(
                options.classData(),
                options.environment().getOrDefault(CLASS_PATH, System.getProperty("java.class.path")));
    }

    /**
     * @param name name of the process and of its files
     * @param entryPoint Flink's main class
     * @param memoryFlags the JVM's memory settings
     * @param configuration the whole Flink configuration of this process
     * @param mayRecord whether it may write down what classes it has loaded
     * @throws ClusterException if the process cannot be started
     */
    ClusterProcess start(
            String name,
            String entryPoint,
            List<String> memoryFlags,
            Map<String, String> configuration,
            boolean mayRecord) {
        Path configurationDirectory = directory.configurationOf(name);
        writeConfiguration(configurationDirectory.resolve("config.yaml"), configuration);

        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.putAll(options.environment());
        List<String> jvmArguments = new ArrayList<>(memoryFlags);
        jvmArguments.addAll(FlinkJvmFlags.SHIPPED);
        jvmArguments.addAll(FlinkJvmFlags.of(environment));
        jvmArguments.add("-XX:ErrorFile=" + directory.jvmErrorFile(name));
        jvmArguments.add("-Djava.io.tmpdir=" + directory.temporaryOf(name));
        jvmArguments.add("-Dlog.file=" + directory.log(name));
        jvmArguments.add("-Dlog4j.configurationFile=" + LOG_CONFIGURATION);
        jvmArguments.add(ACTORS_START_LATER);
        jvmArguments.addAll(options.jvmArguments());
        ClassData.Start start = classData.start(entryPoint, jvmArguments, environment, mayRecord);
        jvmArguments.addAll(0, start.arguments());
        ProcessBuilder builder = JavaCommand.of(
                        jvmArguments,
                        SupervisedMain.class,
                        List.of(entryPoint, "--configDir", configurationDirectory.toString()))
                .directory(directory.root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.out(name).toFile());
        builder.environment().putAll(options.environment());
        builder.environment().put(CLASS_PATH, classData.classPath());
        try {
            return new ClusterProcess(name, builder.start(), start.recording());
        } catch (IOException e) {
            throw new ClusterException(
                    "cannot start a process: name=" + name + ", command="
                            + builder.command().get(0),
                    e);
        }
    }

    /** A JSON string is a YAML string too, so no value needs escaping rules of ours. */
    private static void writeConfiguration(Path file, Map<String, String> configuration) {
        List<String> lines = new ArrayList<>();
        configuration.forEach((key, value) -> lines.add(key + ": " + quoted(value)));
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write: file=" + file, e);
        }
    }

    private static String quoted(String value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a string: value=" + value, e);
        }
    }
}
