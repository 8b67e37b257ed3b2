package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A receive, while another process takes back what the epoch had in flight: the receiver counts as gone, but is not. */
@JCStressTest
@Outcome(id = "received, second", expect = ACCEPTABLE, desc = "It was received before.")
@Outcome(id = "stale, free", expect = ACCEPTABLE, desc = "It was taken back before, and freed.")
@Outcome(id = "received, free", expect = FORBIDDEN, desc = "Freed what another process has just received.")
@Outcome(id = "stale, nobody", expect = FORBIDDEN, desc = "Leaked: each left it to the other to free it.")
@Outcome(expect = FORBIDDEN, desc = "Who holds it is wrong.")
@State
public class ReceiveAndVoid {
    private final int slot = RaceSlots.sent();
    private final long generation = RaceSlots.ALL.generation(slot);

    public ReceiveAndVoid() {
        RaceSlots.FIRST.release(slot);
    }

    @Actor
    public void receive(LL_Result result) {
        result.r1 = RaceSlots.receive(RaceSlots.SECOND, slot, generation);
    }

    @Actor
    public void takeBack() {
        RaceSlots.RECLAIMER.voidEpoch(slot, RaceSlots.EPOCH);
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = RaceSlots.holder(slot);
        if (result.r1.equals(RaceSlots.RECEIVED)) {
            RaceSlots.SECOND.release(slot);
        }
    }
}
