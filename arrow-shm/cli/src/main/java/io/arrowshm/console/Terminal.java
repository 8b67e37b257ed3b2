package io.arrowshm.console;

/** The terminal that somebody looks at. */
public final class Terminal {
    private Terminal() {}

    /** Whether there is one, so that what is shown may be drawn again. */
    // From Java 22 on there always is a console, unless jdk.console=java.base, which the launchers set.
    @SuppressWarnings("SystemConsoleNull")
    public static boolean isThere() {
        return System.console() != null;
    }
}
