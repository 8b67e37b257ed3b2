package io.arrowshm.inspect;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;

/** What one look has found. One thread. */
final class Violations {
    private final Set<Violation> found = new LinkedHashSet<>();

    void add(Invariant invariant, String where, String what) {
        found.add(new Violation(invariant, where, what));
    }

    void addAll(Violations others) {
        found.addAll(others.found);
    }

    void clear() {
        found.clear();
    }

    void addUnless(boolean holds, Invariant invariant, String where, String what) {
        addUnless(holds, invariant, where, () -> what);
    }

    /** For what is asked of every slot: to describe what is right would take longer than to look at it. */
    void addUnless(boolean holds, Invariant invariant, String where, Supplier<String> what) {
        if (!holds) {
            add(invariant, where, what.get());
        }
    }

    boolean has(Invariant invariant) {
        return found.stream().anyMatch(violation -> violation.invariant() == invariant);
    }

    /** Those that an earlier look has found as well. */
    Set<Violation> alsoIn(Set<Violation> earlier) {
        Set<Violation> both = new LinkedHashSet<>(earlier);
        both.retainAll(found);
        return both;
    }

    Set<Violation> all() {
        return found;
    }
}
