package io.arrowshm.inspect;

/**
 * Something that no protocol step can have left so.
 *
 * @param invariant that does not hold
 * @param where for instance "slot 7"
 * @param what stands there, and why it cannot
 */
public record Violation(Invariant invariant, String where, String what) {
    @Override
    public String toString() {
        return where + ": " + invariant + ": " + what;
    }
}
