package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** The last two releases, by participants whose bits are among the further holders. */
@JCStressTest
@Outcome(id = "free", expect = ACCEPTABLE, desc = "Whoever came last freed it.")
@Outcome(id = "nobody", expect = FORBIDDEN, desc = "Leaked: each left it to the other to free it.")
@Outcome(expect = FORBIDDEN, desc = "A hold was not given up.")
@State
public class TwoFurtherReleases {
    private final int slot = RaceSlots.sent();

    public TwoFurtherReleases() {
        check(RaceSlots.FIRST.trySend(slot, RaceSlots.EPOCH));
        long generation = RaceSlots.ALL.generation(slot);
        check(RaceSlots.receive(RaceSlots.FURTHER, slot, generation).equals(RaceSlots.RECEIVED));
        check(RaceSlots.receive(RaceSlots.LAST, slot, generation).equals(RaceSlots.RECEIVED));
        RaceSlots.FIRST.release(slot);
    }

    @Actor
    public void first() {
        RaceSlots.FURTHER.release(slot);
    }

    @Actor
    public void last() {
        RaceSlots.LAST.release(slot);
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = RaceSlots.holder(slot, RaceSlots.FURTHER_PARTICIPANT, RaceSlots.LAST_PARTICIPANT);
    }

    private static void check(boolean done) {
        if (!done) {
            throw new IllegalStateException("refused");
        }
    }
}
