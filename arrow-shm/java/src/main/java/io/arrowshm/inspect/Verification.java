package io.arrowshm.inspect;

import java.util.List;

/**
 * What a {@link Verifier} has found.
 *
 * @param violations what is wrong; nothing, for a pool that is not damaged
 * @param notVerified invariants that could not be looked at, each with the reason
 * @param refused files of other runtimes that could not be adopted: nothing is wrong with the pool, and perhaps somebody
 *     waits for them
 */
public record Verification(List<Violation> violations, List<String> notVerified, List<RefusedFile> refused) {
    static Verification of(List<Violation> violations) {
        return new Verification(violations, List.of(), List.of());
    }
}
