package io.arrowshm.internal.recovery;

import java.util.HashSet;
import java.util.Set;

/**
 * Which failures have not been there in the round before: what is tried again ten times a second, and fails in the same way,
 * is to be said once. One thread at a time.
 */
public final class NewFailures {
    private Set<String> before = Set.of();
    private Set<String> now = new HashSet<>();

    /** Whether it is one that was not there in the round before, nor before in this one. */
    public boolean isNew(String failure) {
        return now.add(failure) && !before.contains(failure);
    }

    /** Everything was tried once: what has failed in the meantime may be known in the next round. */
    public void endRound() {
        before = now;
        now = new HashSet<>();
    }
}
