package io.arrowshm.benchmark.peers;

import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Virtual environments of Python, one for each file of requirements, since peers exclude each other; made when they are
 * first needed, and again when the file has changed, or what it names of this project.
 */
final class PythonEnvironments {
    /** In a file of requirements, the sources of this project's package. */
    private static final String OUR_PACKAGE = "ARROW_SHM_PYTHON";

    private static final Duration LIMIT = Duration.ofMinutes(10);

    private final PythonFolders folders;
    private final Programs programs;
    private final List<String> interpreters;

    private PythonEnvironments(PythonFolders folders, Programs programs, List<String> interpreters) {
        this.folders = folders;
        this.programs = programs;
        this.interpreters = interpreters;
    }

    /**
     * @param interpreters names or paths; a package that one cannot install is tried with the next
     * @throws UserErrorException if one of them is no Python that can make environments
     */
    static PythonEnvironments with(PythonFolders folders, Programs programs, List<String> interpreters)
            throws InterruptedException {
        for (String interpreter : interpreters) {
            try {
                programs.run(List.of(interpreter, "-c", "import venv, ensurepip"), Map.of(), LIMIT);
            } catch (PeerFailedException e) {
                throw new UserErrorException(
                        interpreter + " is no Python with the module venv (" + e.getMessage()
                                + "): install one, or name one with --python",
                        e);
            }
        }
        return new PythonEnvironments(folders, programs, interpreters);
    }

    /**
     * The interpreter of an environment.
     *
     * @param requirements name of the file, without ".txt"
     * @throws PeerFailedException if the packages cannot be installed
     */
    Path interpreter(String requirements) throws InterruptedException {
        List<String> failures = new ArrayList<>();
        for (String interpreter : interpreters) {
            try {
                return installed(requirements, interpreter);
            } catch (PeerFailedException e) {
                failures.add(e.getMessage());
            }
        }
        throw new PeerFailedException("not installed: " + String.join("; ", failures));
    }

    private Path installed(String requirements, String interpreter) throws InterruptedException {
        Path file = folders.requirements(requirements);
        Path environment = folders.environments()
                .resolve(requirements + "-" + Path.of(interpreter).getFileName());
        Path python = environment.resolve("bin/python");
        Path complete = environment.resolve("complete");
        try {
            String needed = Files.readString(file);
            String state = interpreter + "\n" + needed;
            if (needed.contains(OUR_PACKAGE)) {
                state += folders.lastChange();
            }
            if (Files.exists(complete) && Files.readString(complete).equals(state)) {
                return python;
            }
            programs.run(List.of(interpreter, "-m", "venv", "--clear", environment.toString()), Map.of(), LIMIT);
            programs.run(
                    List.of(
                            python.toString(),
                            "-m",
                            "pip",
                            "install",
                            "--quiet",
                            "--no-input",
                            "--disable-pip-version-check",
                            "-r",
                            file.toString()),
                    Map.of(OUR_PACKAGE, folders.ourPackage().toString()),
                    LIMIT);
            Files.writeString(complete, state);
            return python;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the Python environment " + environment, e);
        }
    }
}
