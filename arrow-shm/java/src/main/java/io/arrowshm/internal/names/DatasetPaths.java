package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * How datasets, and the groups and segments in them, may be called: parts with '/' between them, of any characters but
 * control characters. Equal is what has equal characters: nothing is normalised. Without control characters a name fits
 * on a line, and cannot steer a terminal.
 */
public final class DatasetPaths {
    /** Of a group or segment, in UTF-8. */
    public static final int MAX_BYTES = 1000;

    public static final int MAX_PARTS = 16;

    private static final int SHOWN = 200;
    private static final String PART = "(?!\\.{1,2}(?:/|$))[^/\\p{Cc}\\p{Cs}]++";
    private static final Pattern PATH = Pattern.compile(PART + "(?:/" + PART + ")*+");
    private static final Pattern NOT_SHOWN = Pattern.compile("[\\p{Cc}\\p{Cs}]");

    private DatasetPaths() {}

    /** Whether a group or a segment may be called so. */
    public static boolean isValid(String path) {
        return path.length() <= MAX_BYTES
                && path.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES
                && hasForm(path, MAX_PARTS);
    }

    /** Whether a dataset may be called so. */
    public static boolean isValidName(String name) {
        return isValidName(name, 0, 0);
    }

    /**
     * The path itself.
     *
     * @param what it is the name of, for the message
     * @throws SharedMemoryException ARGUMENT
     */
    public static String check(String what, String path) {
        if (!isValid(path)) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    what + " name=" + shown(path) + ", " + allowed(MAX_PARTS) + ", together at most " + MAX_BYTES
                            + " bytes in UTF-8");
        }
        return path;
    }

    /**
     * The name of a dataset itself.
     *
     * @throws SharedMemoryException ARGUMENT
     */
    public static String checkName(String name) {
        return checkName(name, 0, 0);
    }

    /**
     * The beginning of names of datasets itself.
     *
     * @param moreParts that names made of it have besides
     * @param moreBytes that these have as file names
     * @throws SharedMemoryException ARGUMENT
     */
    public static String checkName(String name, int moreParts, int moreBytes) {
        if (!isValidName(name, moreParts, moreBytes)) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "dataset name=" + shown(name) + ", " + allowed(MAX_PARTS - moreParts) + ", together at most "
                            + (ManifestName.MAX_BYTES - moreBytes)
                            + " bytes as a file name, where letters A to Z, digits, '.', '_', '-' and '/' take one, and"
                            + " anything else takes three for each byte of its UTF-8");
        }
        return name;
    }

    /** A name or path for a message: what could steer a terminal is replaced, what is too long is cut. */
    public static String shown(String path) {
        String cut = path.length() <= SHOWN ? path : path.substring(0, SHOWN) + "…";
        return NOT_SHOWN.matcher(cut).replaceAll("\uFFFD");
    }

    /**
     * Refuses a segment that is a group as well.
     *
     * @throws SharedMemoryException ARGUMENT
     */
    public static void checkTree(Set<String> segments, Set<String> groups) {
        for (String path : segments) {
            checkNoGroup(groups.contains(path), path, path);
            checkParents(segments, path);
        }
        groups.forEach(path -> checkParents(segments, path));
    }

    private static void checkParents(Set<String> segments, String path) {
        for (String group = parent(path); !group.isEmpty(); group = parent(group)) {
            checkNoGroup(segments.contains(group), group, path);
        }
    }

    private static void checkNoGroup(boolean isBoth, String segment, String path) {
        if (isBoth) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, segment + " is a segment, and a group, of the path " + path + "; rename one");
        }
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

    private static boolean isValidName(String name, int moreParts, int moreBytes) {
        int most = ManifestName.MAX_BYTES - moreBytes;
        // No character takes less than a byte: what is far too long is not encoded.
        return name.length() <= most
                && hasForm(name, MAX_PARTS - moreParts)
                && ManifestName.encode(name).length() <= most;
    }

    private static boolean hasForm(String path, int maxParts) {
        return PATH.matcher(path).matches()
                && path.chars().filter(c -> c == '/').count() < maxParts;
    }

    private static String allowed(int maxParts) {
        return "allowed 1 to " + maxParts
                + " parts with '/' between them, each of one or more characters, none of them a control character, and"
                + " not '.' or '..'";
    }
}
