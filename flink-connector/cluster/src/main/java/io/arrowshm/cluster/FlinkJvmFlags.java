package io.arrowshm.cluster;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The JVM flags of the configuration that Flink ships ({@code env.java.opts.all}), in its order, and no other. */
public final class FlinkJvmFlags {
    /** What every JVM of a stock Flink 2.3 installation gets. */
    public static final List<String> SHIPPED = List.of(
            "--add-exports=java.rmi/sun.rmi.registry=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.api=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.parser=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.tree=ALL-UNNAMED",
            "--add-exports=jdk.compiler/com.sun.tools.javac.util=ALL-UNNAMED",
            "--add-exports=java.security.jgss/sun.security.krb5=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.nio=ALL-UNNAMED",
            "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.text=ALL-UNNAMED",
            "--add-opens=java.base/java.time=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED");

    /** An environment variable with further arguments of every JVM of Flink, which Flink's scripts read as well. */
    public static final String ENVIRONMENT_VARIABLE = "FLINK_ENV_JAVA_OPTS";

    private FlinkJvmFlags() {}

    /** The arguments of a JVM of Flink in the environment of this process: the shipped ones and those of the variable. */
    public static List<String> inThisEnvironment() {
        return Stream.concat(SHIPPED.stream(), of(System.getenv()).stream()).toList();
    }

    /** The arguments that an environment has for the JVMs of Flink. */
    static List<String> of(Map<String, String> environment) {
        return Arrays.stream(environment.getOrDefault(ENVIRONMENT_VARIABLE, "").split("\\s+"))
                .filter(argument -> !argument.isEmpty())
                .toList();
    }
}
