package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The last release in a process, and a receive of the same slot in the same process. */
@JCStressTest
@Outcome(id = "received, first", expect = ACCEPTABLE, desc = "The receiver holds it.")
@Outcome(id = "received, free", expect = FORBIDDEN, desc = "Freed what another thread has just received.")
@Outcome(id = "stale, .*", expect = FORBIDDEN, desc = "A reference in flight was lost.")
@Outcome(expect = FORBIDDEN, desc = "Who holds it is wrong.")
@State
public class ReleaseAndReceive {
    private final int slot = RaceSlots.sent();
    private final long generation = RaceSlots.ALL.generation(slot);

    @Actor
    public void release() {
        RaceSlots.FIRST.release(slot);
    }

    @Actor
    public void receive(LL_Result result) {
        result.r1 = RaceSlots.receive(RaceSlots.FIRST, slot, generation);
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = RaceSlots.holder(slot);
        RaceSlots.FIRST.release(slot);
    }
}
