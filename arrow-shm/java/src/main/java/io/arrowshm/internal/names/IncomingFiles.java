package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.FreeSpace;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runtimes that are no participants put into a pool: files, requests, and the answers to these. A request is decided
 * when its answer is written aside and, if that says it is done, its dataset is published; what follows then is done again
 * by a repair if its doer dies. So all of that is under the names lock. Any thread.
 */
public final class IncomingFiles {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingFiles.class);
    private static final String REQUEST_SUFFIX = ".request";
    private static final String ANSWER_SUFFIX = ".answer";
    private static final String ASIDE = ".";
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}");
    private static final List<String> SUFFIXES = List.of(REQUEST_SUFFIX, ANSWER_SUFFIX, PoolFiles.REFUSAL_SUFFIX);

    private final SafePath directory;

    public IncomingFiles(SafePath poolDirectory) {
        directory = poolDirectory.resolve(PoolFiles.INCOMING);
    }

    /** Whether a file to be adopted may be called so. */
    static boolean isName(String name) {
        return NAME.matcher(name).matches() && SUFFIXES.stream().noneMatch(name::endsWith);
    }

    /**
     * The name of a file to be adopted itself.
     *
     * @throws SharedMemoryException ARGUMENT
     */
    public static String checkName(String name) {
        if (!isName(name)) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "file name=" + DatasetPaths.shown(name) + ", allowed " + NAME + ", not with "
                            + String.join(", ", SUFFIXES) + " at its end");
        }
        return name;
    }

    /** A file to be adopted. */
    public SafePath file(String name) {
        return directory.resolve(checkName(name));
    }

    /** Names of the files that were not adopted for a reason that stands beside them. */
    public List<String> refused() {
        return withSuffix(PoolFiles.REFUSAL_SUFFIX)
                .filter(name -> !name.startsWith(ASIDE))
                .toList();
    }

    /** Where it is said why a file was not adopted. */
    public SafePath refusal(String name) {
        return directory.resolve(name + PoolFiles.REFUSAL_SUFFIX);
    }

    /** The directory itself. */
    public SafePath path() {
        return directory;
    }

    /** Names of the requests that are there, without their suffix. */
    public List<String> requests() {
        return withSuffix(REQUEST_SUFFIX)
                .filter(name -> !name.startsWith(ASIDE))
                .filter(name -> {
                    FileStatus status = FileStatus.ifThere(request(name));
                    // It cannot be a file, and so it is none.
                    return status != null && status.type() != FileStatus.Type.DIRECTORY;
                })
                .toList();
    }

    /** The file of a request. */
    public SafePath request(String name) {
        return directory.resolve(name + REQUEST_SUFFIX);
    }

    /**
     * Reads a request.
     *
     * @throws SharedMemoryException ABSENT; or, with the reason for its writer, anything else
     */
    public Request read(String name) {
        return Request.read(PrivateFiles.read(request(name), Request.MAX_BYTES + 1));
    }

    /** Answers that are written aside: nobody is about to complete them, if the caller has the names lock. */
    List<String> decided() {
        return withSuffix(ANSWER_SUFFIX)
                .filter(name -> name.startsWith(ASIDE))
                .map(name -> name.substring(ASIDE.length()))
                .toList();
    }

    /** Writes an answer aside. */
    void decide(String request, Answer answer) {
        SafePath aside = aside(request);
        byte[] bytes = answer.toBytes();
        try {
            PrivateFiles.delete(aside);
            PrivateFiles.createFile(aside);
            try (FileOutputStream out = new FileOutputStream(aside.access().toFile())) {
                out.write(bytes);
            }
        } catch (IOException e) {
            PrivateFiles.delete(aside);
            if (FreeSpace.of(directory) < bytes.length) {
                throw FreeSpace.full(directory, bytes.length);
            }
            throw new SharedMemoryException(Kind.SYSTEM, "cannot write " + aside + ": " + e, e);
        }
        FaultPoint.REQUEST_DECIDED.reached();
    }

    /**
     * Does what is left to do once a request is decided, however much of it was done. What cannot be done, as a directory is
     * in the way, holds nobody up.
     */
    void complete(String request, Answer answer) {
        for (String file : answer.filesTaken()) {
            remove(directory.resolve(file));
            FaultPoint.REQUEST_FILE_TAKEN.reached();
        }
        remove(request(request));
        FaultPoint.REQUEST_GONE.reached();
        SafePath aside = aside(request);
        try {
            Files.move(
                    aside.access(),
                    directory.resolve(request + ANSWER_SUFFIX).access(),
                    StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("The answer to the request {} in {} cannot be shown: {}", request, directory, e.toString());
            remove(aside);
        }
    }

    private static void remove(SafePath file) {
        try {
            PrivateFiles.delete(file);
        } catch (SharedMemoryException e) {
            LOG.warn("A file of a request stays: {}", e.getMessage());
        }
    }

    /**
     * Completes or undoes what somebody has left who died.
     *
     * @param isPublished whether what an answer tells of has been published
     */
    void settle(Predicate<Answer> isPublished) {
        for (String request : decided()) {
            Answer answer = readAside(request);
            if (answer != null && (!answer.done() || isPublished.test(answer))) {
                complete(request, answer);
            } else {
                remove(aside(request));
            }
        }
    }

    private @Nullable Answer readAside(String request) {
        try {
            return Answer.read(PrivateFiles.read(aside(request), Request.MAX_BYTES + 1));
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.CORRUPT || e.kind() == Kind.NO_PERMISSION) {
                return null;
            }
            throw e;
        }
    }

    private Stream<String> withSuffix(String suffix) {
        return directory.list().stream()
                .map(SafePath::name)
                .filter(name -> name.endsWith(suffix))
                .map(name -> name.substring(0, name.length() - suffix.length()))
                .filter(name -> NAME.matcher(name.startsWith(ASIDE) ? name.substring(1) : name)
                        .matches());
    }

    private SafePath aside(String request) {
        return directory.resolve(ASIDE + request + ANSWER_SUFFIX);
    }
}
