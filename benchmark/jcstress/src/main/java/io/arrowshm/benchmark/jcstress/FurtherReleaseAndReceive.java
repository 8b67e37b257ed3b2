package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** The last of the further holders gives its hold up, while another one receives. */
@JCStressTest
@Outcome(id = "received, second", expect = ACCEPTABLE, desc = "The receiver holds it.")
@Outcome(id = "received, free", expect = FORBIDDEN, desc = "Freed what another participant has just received.")
@Outcome(id = "stale, .*", expect = FORBIDDEN, desc = "A reference in flight was lost.")
@Outcome(expect = FORBIDDEN, desc = "Who holds it is wrong.")
@State
public class FurtherReleaseAndReceive {
    private final int slot = RaceSlots.free();
    private final long generation;

    public FurtherReleaseAndReceive() {
        if (!RaceSlots.FURTHER.tryAllocate(slot)) {
            throw new IllegalStateException("refused");
        }
        RaceSlots.FURTHER.seal(slot, 1);
        if (!RaceSlots.FURTHER.trySend(slot, RaceSlots.EPOCH)) {
            throw new IllegalStateException("refused");
        }
        generation = RaceSlots.ALL.generation(slot);
    }

    @Actor
    public void release() {
        RaceSlots.FURTHER.release(slot);
    }

    @Actor
    public void receive(LL_Result result) {
        result.r1 = RaceSlots.receive(RaceSlots.LAST, slot, generation);
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = RaceSlots.holder(slot, RaceSlots.FURTHER_PARTICIPANT, RaceSlots.LAST_PARTICIPANT);
        RaceSlots.LAST.release(slot);
    }
}
