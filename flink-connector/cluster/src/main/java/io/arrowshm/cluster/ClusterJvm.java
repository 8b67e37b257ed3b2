package io.arrowshm.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts one Flink entry point as a JVM of its own, on this JVM's class path and with this JVM's JDK. */
final class ClusterJvm {
    private static final String LOG_CONFIGURATION = "io/arrowshm/cluster/log4j2-cluster.xml";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WorkDirectory directory;
    private final LocalClusterOptions options;

    ClusterJvm(WorkDirectory directory, LocalClusterOptions options) {
        this.directory = directory;
        this.options = options;
    }

    /**
     * @param name name of the process and of its files
     * @param entryPoint Flink's main class
     * @param memoryFlags the JVM's memory settings
     * @param configuration the whole Flink configuration of this process
     * @throws ClusterException if the process cannot be started
     */
    ClusterProcess start(String name, String entryPoint, List<String> memoryFlags, Map<String, String> configuration) {
        Path configurationDirectory = directory.configurationOf(name);
        writeConfiguration(configurationDirectory.resolve("config.yaml"), configuration);

        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(memoryFlags);
        command.addAll(FlinkJvmFlags.SHIPPED);
        command.add("-XX:ErrorFile=" + directory.jvmErrorFile(name));
        command.add("-Djava.io.tmpdir=" + directory.temporaryOf(name));
        command.add("-Dlog.file=" + directory.log(name));
        command.add("-Dlog4j.configurationFile=" + LOG_CONFIGURATION);
        command.addAll(options.jvmArguments());
        command.add(SupervisedMain.class.getName());
        command.add(entryPoint);
        command.add("--configDir");
        command.add(configurationDirectory.toString());

        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.root().toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.out(name).toFile());
        // By environment, not by argument: the command line stays readable in a process list.
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        builder.environment().putAll(options.environment());
        try {
            return new ClusterProcess(name, builder.start());
        } catch (IOException e) {
            throw new ClusterException("cannot start a process: name=" + name + ", java=" + command.get(0), e);
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
