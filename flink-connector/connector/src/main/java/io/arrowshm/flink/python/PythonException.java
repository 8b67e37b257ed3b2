package io.arrowshm.flink.python;

import org.apache.flink.annotation.PublicEvolving;

/** What a function of Python has raised, or why there is no such function. The message ends with Python's traceback. */
@PublicEvolving
public final class PythonException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String type;

    PythonException(String where, String type, String message, String traceback) {
        super(where + ": " + type + ": " + message + "\n" + traceback.stripTrailing());
        this.type = type;
    }

    /** The exception's class in Python, as in {@code ValueError}. */
    public String type() {
        return type;
    }
}
