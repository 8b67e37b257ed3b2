package io.arrowshm.inspect;

import java.util.List;

/**
 * What a {@link Verifier} has found.
 *
 * @param violations what is wrong; nothing, for a pool that is not damaged
 * @param notVerified invariants that could not be looked at, each with the reason
 */
public record Verification(List<Violation> violations, List<String> notVerified) {
    static Verification of(List<Violation> violations) {
        return new Verification(violations, List.of());
    }
}
