package com.sun.tools.javac.api;

import javax.tools.JavaCompiler;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for the compiler of a JDK on a runtime without one, such as that of Flink's images. Chronicle Map asks for a
 * compiler before it looks whether it needs one, and on a runtime without it looks for this very class, and fails without.
 * It needs none, because what it would compile is shipped: see {@code VanillaGlobalMutableState$$Native}.
 *
 * <p>Where there is a compiler this class is never found: a package of a module hides that of the class path.
 */
public final class JavacTool {
    private JavacTool() {}

    /** Called by reflection; nothing is ever compiled with the result. */
    public static @Nullable JavaCompiler create() {
        return null;
    }
}
