package io.arrowshm.internal.directory;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.memory.Memory;
import java.util.List;

/**
 * What the JVM has to allow, and by which flag: without it failures name neither the flag nor what it is for. Chronicle Map
 * reaches into packages of the JDK when it builds a file, the same on every version, and Flink's shipped configuration
 * opens all of them and more. From 24 on a JVM can be told to deny memory outside the heap, and native code.
 */
public final class JvmFlags {
    private static final List<String> OPENED_PACKAGES = List.of("java.lang", "java.lang.reflect", "sun.nio.ch");

    private JvmFlags() {}

    /** @throws SharedMemoryException MISSING_JVM_FLAG if this JVM denies memory outside the heap */
    public static void checkMemoryAccess() {
        if (Denied.MEMORY_ACCESS) {
            throw denied(
                    "--sun-misc-unsafe-memory-access=deny",
                    "segments lie in memory outside the heap",
                    "--sun-misc-unsafe-memory-access=allow");
        }
    }

    /** @throws SharedMemoryException MISSING_JVM_FLAG if this JVM denies memory outside the heap, or native code */
    public static void checkAccess() {
        checkMemoryAccess();
        if (Denied.NATIVE_ACCESS) {
            throw denied(
                    "--illegal-native-access=deny",
                    "files are locked and mapped by functions of the C library",
                    "--enable-native-access=ALL-UNNAMED");
        }
    }

    /** @throws SharedMemoryException MISSING_JVM_FLAG, naming all that are missing for making a pool */
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

    private static SharedMemoryException denied(String flag, String why, String remedy) {
        return new SharedMemoryException(
                Kind.MISSING_JVM_FLAG,
                "this JVM was started with " + flag + ", and " + why + "; start it with " + remedy);
    }

    /** Tried once a JVM, by whoever needs it first. */
    private static final class Denied {
        static final boolean MEMORY_ACCESS = isMemoryAccessDenied();
        static final boolean NATIVE_ACCESS = isNativeAccessDenied();

        private static boolean isMemoryAccessDenied() {
            try {
                Memory.freePrivate(Memory.allocatePrivate(Long.BYTES));
                return false;
            } catch (UnsupportedOperationException e) {
                return true;
            }
        }

        private static boolean isNativeAccessDenied() {
            try {
                Class.forName("com.sun.jna.Native");
                return false;
            } catch (ExceptionInInitializerError e) {
                return e.getCause() instanceof IllegalCallerException;
            } catch (ClassNotFoundException | LinkageError e) {
                // Something else, which whoever needs it is told.
                return false;
            }
        }
    }
}
