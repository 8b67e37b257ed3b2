package io.arrowshm.jobs.images;

/** From what several passes over the same input add up to, back to one of them. */
final class Passes {
    private Passes() {}

    /**
     * A share of a sum.
     *
     * @throws ArithmeticException if the sum does not divide, so that the passes differed: an image came twice or not
     *     at all
     */
    static long divide(String what, long sum, long passes) {
        if (sum % passes != 0) {
            throw new ArithmeticException(
                    "passes differ: %s=%d passes=%d, allowed is a multiple".formatted(what, sum, passes));
        }
        return sum / passes;
    }
}
