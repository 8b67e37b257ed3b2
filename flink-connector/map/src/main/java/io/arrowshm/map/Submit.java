package io.arrowshm.map;

/**
 * How tasks are submitted.
 *
 * @param arguments what becomes of arrays in their arguments
 */
public record Submit(Arguments arguments) {
    /** What becomes of arrays in arguments, wherever in them they are: in collections, records, objects. */
    public enum Arguments {
        /** The task gets copies: what it writes there is its own. */
        COPY,
        /** The task gets arrays of the context themselves: what it writes there everybody sees. */
        SHARE
    }

    public static Submit arguments(Arguments arguments) {
        return new Submit(arguments);
    }
}
