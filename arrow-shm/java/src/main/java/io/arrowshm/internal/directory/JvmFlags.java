package io.arrowshm.internal.directory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.List;

/**
 * The packages of the JDK that Chronicle Map reaches into when it builds a file, the same on every version. Flink's shipped
 * configuration opens all of them and more; without one of them the failure names neither the flag nor the file.
 */
final class JvmFlags {
    private static final List<String> OPENED_PACKAGES = List.of("java.lang", "java.lang.reflect", "sun.nio.ch");

    private JvmFlags() {}

    /** @throws SharedMemoryException MISSING_JVM_FLAG, naming all that are missing */
    static void check() {
        Module library = JvmFlags.class.getModule();
        List<String> missing = OPENED_PACKAGES.stream()
                .filter(name -> !Object.class.getModule().isOpen(name, library))
                .map(name -> "--add-opens=java.base/" + name + "=ALL-UNNAMED")
                .toList();
        if (!missing.isEmpty()) {
            throw new SharedMemoryException(
                    Kind.MISSING_JVM_FLAG,
                    "this JVM was started without " + String.join(" ", missing)
                            + "; start it with that, as Flink's shipped configuration does (env.java.opts.all)");
        }
    }
}
