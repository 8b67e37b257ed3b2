package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Two processes receive one reference. */
@JCStressTest
@Outcome(id = "received, stale, first", expect = ACCEPTABLE, desc = "The first has it.")
@Outcome(id = "stale, received, second", expect = ACCEPTABLE, desc = "The second has it.")
@Outcome(id = "received, received, .*", expect = FORBIDDEN, desc = "One reference was received twice.")
@Outcome(id = "stale, stale, .*", expect = FORBIDDEN, desc = "A reference in flight was lost.")
@Outcome(expect = FORBIDDEN, desc = "Who holds it is wrong.")
@State
public class TwoReceives {
    private final int slot = RaceSlots.sent();
    private final long generation = RaceSlots.ALL.generation(slot);

    public TwoReceives() {
        RaceSlots.FIRST.release(slot);
    }

    @Actor
    public void first(LLL_Result result) {
        result.r1 = RaceSlots.receive(RaceSlots.FIRST, slot, generation);
    }

    @Actor
    public void second(LLL_Result result) {
        result.r2 = RaceSlots.receive(RaceSlots.SECOND, slot, generation);
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r3 = RaceSlots.holder(slot);
        (result.r1.equals(RaceSlots.RECEIVED) ? RaceSlots.FIRST : RaceSlots.SECOND).release(slot);
    }
}
