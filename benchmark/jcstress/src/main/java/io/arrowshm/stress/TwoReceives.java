package io.arrowshm.stress;

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
    private final int slot = Slots.sent();
    private final long generation = Slots.FIRST.generation(slot);

    public TwoReceives() {
        Slots.FIRST.release(slot);
    }

    @Actor
    public void first(LLL_Result result) {
        result.r1 = Slots.receive(Slots.FIRST, slot, generation);
    }

    @Actor
    public void second(LLL_Result result) {
        result.r2 = Slots.receive(Slots.SECOND, slot, generation);
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r3 = Slots.holder(slot);
        (result.r1.equals(Slots.RECEIVED) ? Slots.FIRST : Slots.SECOND).release(slot);
    }
}
