package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.regex.Pattern;

/** How datasets, and the groups and segments in them, may be called: parts with '/' between them. */
public final class DatasetPaths {
    /** Characters of a whole path; as a file name, with its suffix, it is to stay below 256. */
    public static final int MAX_LENGTH = 200;

    public static final int MAX_PARTS = 16;

    private static final String ALLOWED =
            "allowed 1 to " + MAX_PARTS + " parts with '/' between them, of letters, digits, '.', '_' and '-', none"
                    + " beginning with '.', " + MAX_LENGTH + " characters together";
    private static final String PART = "[A-Za-z0-9_-][A-Za-z0-9._-]*";
    private static final Pattern PATH = Pattern.compile(PART + "(?:/" + PART + "){0," + (MAX_PARTS - 1) + "}");

    private DatasetPaths() {}

    public static boolean isValid(String path) {
        return path.length() <= MAX_LENGTH && PATH.matcher(path).matches();
    }

    /**
     * The path itself.
     *
     * @param what it is the name of, for the message
     * @throws SharedMemoryException ARGUMENT
     */
    public static String check(String what, String path) {
        if (!isValid(path)) {
            String shown = path.length() <= MAX_LENGTH ? path : path.substring(0, MAX_LENGTH) + "…";
            throw new SharedMemoryException(Kind.ARGUMENT, what + " name=" + shown + ", " + ALLOWED);
        }
        return path;
    }

    /** The group that a path lies in; empty for the root. */
    public static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    /** Whether a path is the group, or lies in it at any depth; everything lies in the root, which is empty. */
    public static boolean isWithin(String group, String path) {
        return group.isEmpty()
                || path.equals(group)
                || (path.length() > group.length() && path.startsWith(group) && path.charAt(group.length()) == '/');
    }
}
