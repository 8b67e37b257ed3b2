package io.arrowshm.cli;

import io.arrowshm.console.Amounts;
import io.arrowshm.console.Table;
import io.arrowshm.inspect.DatasetSnapshot;
import io.arrowshm.inspect.NamedSegmentSnapshot;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What lies in a dataset, groups indented by depth. Stateless. */
final class DatasetTree {
    private static final String INDENT = "  ";

    private DatasetTree() {}

    static String of(DatasetSnapshot dataset) {
        Map<String, NamedSegmentSnapshot> segments = new HashMap<>();
        // With '/' behind groups, so that what lies in a group sorts behind it.
        TreeSet<String> lines = new TreeSet<>();
        for (String group : dataset.groups().keySet()) {
            addGroups(group, lines);
        }
        for (NamedSegmentSnapshot segment : dataset.segments()) {
            segments.put(segment.path(), segment);
            lines.add(segment.path());
            addGroups(parent(segment.path()), lines);
        }
        Table table = new Table().words("path").numbers("bytes").optionalWords("what", "attributes");
        for (String line : lines) {
            NamedSegmentSnapshot segment = segments.get(line);
            if (segment == null) {
                String group = line.substring(0, line.length() - 1);
                table.row(
                        indented(group) + "/",
                        "",
                        "",
                        Listings.attributes(dataset.groups().getOrDefault(group, Map.of())));
            } else {
                table.row(
                        indented(line),
                        Amounts.size(segment.length()),
                        segment.description(),
                        Listings.attributes(segment.attributes()));
            }
        }
        return table.toString();
    }

    private static void addGroups(String path, Set<String> lines) {
        for (String group = path; !group.isEmpty(); group = parent(group)) {
            lines.add(group + "/");
        }
    }

    /** The group that a path lies in; empty for the root. */
    private static String parent(String path) {
        return path.substring(0, Math.max(0, path.lastIndexOf('/')));
    }

    private static String indented(String path) {
        String parent = parent(path);
        long depth = path.chars().filter(c -> c == '/').count();
        return INDENT.repeat((int) depth) + path.substring(parent.isEmpty() ? 0 : parent.length() + 1);
    }
}
