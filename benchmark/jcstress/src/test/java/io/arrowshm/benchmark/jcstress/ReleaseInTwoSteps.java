package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.arrowshm.internal.layout.OwnershipWord;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** Two releases that read the word and write it back: wrong on purpose, so that {@link StressIT} sees a race found. */
@JCStressTest
@Outcome(id = "unclaimed", expect = ACCEPTABLE, desc = "Both gave up their hold.")
@Outcome(expect = FORBIDDEN, desc = "One release undid the other.")
@State
public class ReleaseInTwoSteps {
    private volatile long word = OwnershipWord.of(
            OwnershipWord.SEALED, OwnershipWord.NONE, 0, 0, OwnershipWord.holderBit(0) | OwnershipWord.holderBit(1));

    @Actor
    public void first() {
        release(0);
    }

    @Actor
    public void second() {
        release(1);
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = OwnershipWord.isUnclaimed(word) ? "unclaimed" : "held";
    }

    private void release(int participant) {
        long read = word;
        word = read & ~OwnershipWord.holderBit(participant);
    }
}
