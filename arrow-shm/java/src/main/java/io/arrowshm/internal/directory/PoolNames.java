package io.arrowshm.internal.directory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.SafePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotLinkException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The names of what belongs to a pool, in the directory that pools are in. Stateless. */
public final class PoolNames {
    /** What a pool can be called. */
    public static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");

    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

    private PoolNames() {}

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /** Of a pool's directory. */
    static String directory(String pool, long id) {
        return prefix(pool) + PoolDescription.hex(id);
    }

    /** Of the file whose lock is needed to make or remove a pool. */
    static String lock(String pool) {
        return "." + pool + ".lock";
    }

    /** Whether a directory of that name can be one of the pool's. */
    static boolean isDirectory(String pool, String name) {
        return name.startsWith(prefix(pool))
                && ID.matcher(name.substring(prefix(pool).length())).matches();
    }

    /** The name of the directory that a pool's link points to; null if there is no link, or one to anything else. */
    static @Nullable String target(SafePath link) {
        try {
            String target = Files.readSymbolicLink(link.access()).toString();
            return isDirectory(link.name(), target) ? target : null;
        } catch (NoSuchFileException | NotLinkException e) {
            return null;
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot read the link " + link + ": " + e, e);
        }
    }

    private static String prefix(String pool) {
        return "." + pool + "-";
    }
}
