package io.arrowshm.flink.python;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.flink.annotation.PublicEvolving;
import org.jspecify.annotations.Nullable;

/**
 * A function of Python, and how its processes are started: one for each subtask, which lives as long as that does.
 *
 * <p>It is called with what a segment holds: a read-only NumPy array, or a {@code pyarrow.Table}, both in place. It returns
 * an array, a table (of pyarrow, polars or pandas), or None, of which nothing becomes. A class is made once for each
 * process, and its object is called; its method {@code close}, if it has one, when the stream has ended. What it prints goes
 * to the log of the TaskManager. Libraries of linear algebra get as many threads as there are cores for each subtask,
 * unless a variable says otherwise.
 *
 * <p>The interpreter has to have the package {@code arrow-shm} of this version, and the function's module.
 *
 * @param name {@code module:function}, or {@code module:Class}
 * @param interpreter program that is Python, a path or a name that is found in PATH; null for what the TaskManager's
 *     environment has as {@value #INTERPRETER_VARIABLE}, else {@code python3}
 * @param path directories in which modules are looked for before all others
 * @param variables of the environment of its processes, besides that of the TaskManager
 * @param timeout for one segment: a process that takes longer is ended; zero for none
 * @param retries how often a segment is given to a new process when one has died or taken too long over it, before the task
 *     fails. What the function raises always makes the task fail
 */
@PublicEvolving
public record PythonFunction(
        String name,
        @Nullable String interpreter,
        List<String> path,
        Map<String, String> variables,
        Duration timeout,
        int retries)
        implements Serializable {
    /** A variable of the environment of TaskManagers: the interpreter of functions that name none. */
    public static final String INTERPRETER_VARIABLE = "ARROW_SHM_PYTHON";

    private static final long serialVersionUID = 1L;
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_.]*:[\\p{L}_][\\p{L}\\p{N}_.]*");

    public PythonFunction {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" is no function of Python, allowed is module:function, as in detector:threshold");
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout=" + timeout + ", allowed from 0 on, and 0 is none");
        }
        if (retries < 0) {
            throw new IllegalArgumentException("retries=" + retries + ", allowed from 0 on");
        }
        path = List.copyOf(path);
        variables = Map.copyOf(variables);
    }

    /** A function of the TaskManager's own Python, without a limit of time. */
    public static PythonFunction of(String name) {
        return new PythonFunction(name, null, List.of(), Map.of(), Duration.ZERO, 0);
    }

    /** @param newInterpreter a path, or a name that is found in PATH, on every host */
    public PythonFunction withInterpreter(String newInterpreter) {
        return new PythonFunction(name, newInterpreter, path, variables, timeout, retries);
    }

    /** @param directory of a virtual environment, whose Python is taken */
    public PythonFunction withEnvironment(String directory) {
        return withInterpreter(Path.of(directory, "bin", "python").toString());
    }

    /** @param directory in which modules are looked for, after those that were given before */
    public PythonFunction withPath(String directory) {
        List<String> longer = new ArrayList<>(path);
        longer.add(directory);
        return new PythonFunction(name, interpreter, longer, variables, timeout, retries);
    }

    /** What is started on this host. */
    String interpreterHere() {
        return interpreter != null ? interpreter : System.getenv().getOrDefault(INTERPRETER_VARIABLE, "python3");
    }

    public PythonFunction withVariable(String variable, String value) {
        Map<String, String> more = new LinkedHashMap<>(variables);
        more.put(variable, value);
        return new PythonFunction(name, interpreter, path, more, timeout, retries);
    }

    public PythonFunction withTimeout(Duration newTimeout) {
        return new PythonFunction(name, interpreter, path, variables, newTimeout, retries);
    }

    public PythonFunction withRetries(int newRetries) {
        return new PythonFunction(name, interpreter, path, variables, timeout, newRetries);
    }
}
