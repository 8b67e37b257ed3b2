package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** A reference to what was freed is received late, while its slot is allocated, sealed and sent in the same epoch's name. */
@JCStressTest
@Outcome(id = "stale, received", expect = ACCEPTABLE, desc = "The old reference is stale, the new one is good.")
@Outcome(id = "received, .*", expect = FORBIDDEN, desc = "A stale reference led to other data.")
@Outcome(id = "stale, stale", expect = FORBIDDEN, desc = "The late receiver took the new reference away.")
@State
public class AllocateAndStaleReceive {
    private final int slot = RaceSlots.sent();
    private final long staleGeneration = RaceSlots.ALL.generation(slot);

    public AllocateAndStaleReceive() {
        RaceSlots.FIRST.release(slot);
        RaceSlots.RECLAIMER.voidEpoch(slot, RaceSlots.EPOCH);
    }

    @Actor
    public void allocateAndSend() {
        if (RaceSlots.FIRST.tryAllocate(slot)) {
            RaceSlots.FIRST.seal(slot, 1);
            RaceSlots.FIRST.trySend(slot, RaceSlots.EPOCH);
            RaceSlots.FIRST.release(slot);
        }
    }

    @Actor
    public void receiveLate(LL_Result result) {
        result.r1 = RaceSlots.receive(RaceSlots.SECOND, slot, staleGeneration);
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = RaceSlots.receive(RaceSlots.SECOND, slot, staleGeneration + 1);
        RaceSlots.SECOND.release(slot);
    }
}
