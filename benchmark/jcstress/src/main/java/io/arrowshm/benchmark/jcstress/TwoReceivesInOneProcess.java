package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LLL_Result;

/** Two threads of one process receive one reference. */
@JCStressTest
@Outcome(id = "received, stale, first", expect = ACCEPTABLE, desc = "One thread has it.")
@Outcome(id = "stale, received, first", expect = ACCEPTABLE, desc = "The other thread has it.")
@Outcome(id = "received, received, .*", expect = FORBIDDEN, desc = "One reference was received twice.")
@Outcome(id = "stale, stale, .*", expect = FORBIDDEN, desc = "A reference in flight was lost.")
@Outcome(expect = FORBIDDEN, desc = "Who holds it is wrong.")
@State
public class TwoReceivesInOneProcess {
    private final int slot = RaceSlots.sent();
    private final long generation = RaceSlots.ALL.generation(slot);

    public TwoReceivesInOneProcess() {
        RaceSlots.FIRST.release(slot);
    }

    @Actor
    public void oneThread(LLL_Result result) {
        result.r1 = RaceSlots.receive(RaceSlots.FIRST, slot, generation);
    }

    @Actor
    public void anotherThread(LLL_Result result) {
        result.r2 = RaceSlots.receive(RaceSlots.FIRST, slot, generation);
    }

    @Arbiter
    public void after(LLL_Result result) {
        result.r3 = RaceSlots.holder(slot);
        RaceSlots.FIRST.release(slot);
    }
}
