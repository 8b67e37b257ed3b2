package io.arrowshm.internal.registry;

/** The shipped transitions, which only their package sees, for the model of the protocol in a package of its own. */
public final class ShippedTransitions {
    public static final long REFUSED = Transitions.REFUSED;

    private ShippedTransitions() {}

    public static long back(long word) {
        return Transitions.back(word);
    }

    public static long unback(long word, int participant) {
        return Transitions.unback(word, participant);
    }

    public static long allocate(long word, int participant) {
        return Transitions.allocate(word, participant);
    }

    public static long share(long word, int participant) {
        return Transitions.share(word, participant);
    }

    public static long seal(long word, int participant) {
        return Transitions.seal(word, participant);
    }

    public static long sealLookedAt(long word, int participant) {
        return Transitions.sealLookedAt(word, participant);
    }

    public static long send(long word, int participant, int epoch) {
        return Transitions.send(word, participant, epoch, 1);
    }

    public static long claim(long word, int participant, int epoch) {
        return Transitions.claim(word, participant, epoch);
    }

    public static long take(long word, int participant, int epoch) {
        return Transitions.take(word, participant, epoch);
    }

    public static long name(long word, int participant) {
        return Transitions.name(word, participant);
    }

    public static long unname(long word) {
        return Transitions.unname(word);
    }

    public static long openNamed(long word, int participant) {
        return Transitions.openNamed(word, participant);
    }

    public static long lend(long word, int participant) {
        return Transitions.lend(word, participant);
    }

    public static long recall(long word, int participant) {
        return Transitions.recall(word, participant);
    }

    public static long setAside(long word, int participant) {
        return Transitions.setAside(word, participant);
    }

    public static long returnLent(long word) {
        return Transitions.returnLent(word);
    }

    public static long release(long word, int participant) {
        return Transitions.release(word, participant);
    }

    public static long look(long word, int participant) {
        return Transitions.look(word, participant);
    }

    public static long noneLeft(long word, int participant) {
        return Transitions.noneLeft(word, participant);
    }

    public static long voidEpoch(long word, int epoch) {
        return Transitions.voidEpoch(word, epoch);
    }
}
