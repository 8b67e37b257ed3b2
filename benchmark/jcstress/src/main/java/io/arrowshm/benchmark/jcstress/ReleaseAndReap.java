package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/** A release, while the hold of a dead process is reaped. */
@JCStressTest
@Outcome(id = "free", expect = ACCEPTABLE, desc = "Whoever came last freed it.")
@Outcome(id = "nobody", expect = FORBIDDEN, desc = "Leaked: each left it to the other to free it.")
@Outcome(expect = FORBIDDEN, desc = "A hold was not given up.")
@State
public class ReleaseAndReap {
    private final int slot = RaceSlots.sent();

    public ReleaseAndReap() {
        RaceSlots.receive(RaceSlots.SECOND, slot, RaceSlots.ALL.generation(slot));
    }

    @Actor
    public void release() {
        RaceSlots.FIRST.release(slot);
    }

    @Actor
    public void reap() {
        RaceSlots.RECLAIMER.reap(slot, RaceSlots.SECOND_PARTICIPANT, RaceSlots.FIRST_PARTICIPANT);
    }

    @Arbiter
    public void after(L_Result result) {
        result.r1 = RaceSlots.holder(slot);
        // The dead one's count died with it.
        RaceSlots.SECOND.release(slot);
    }
}
