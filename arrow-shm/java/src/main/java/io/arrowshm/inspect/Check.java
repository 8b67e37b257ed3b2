package io.arrowshm.inspect;

/**
 * Looks for violations of some invariants. What it tells of is told again by the next look, in the same words, for as
 * long as nobody changes it; what others are just changing may be told of once and not again. One thread.
 */
@FunctionalInterface
interface Check {
    void look(PoolView pool, Violations found);
}
