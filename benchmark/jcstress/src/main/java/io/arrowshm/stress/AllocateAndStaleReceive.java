package io.arrowshm.stress;

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
    private final int slot = Slots.sent();
    private final long staleGeneration = Slots.FIRST.generation(slot);

    public AllocateAndStaleReceive() {
        Slots.FIRST.release(slot);
        Slots.FIRST.voidEpoch(slot, Slots.EPOCH);
    }

    @Actor
    public void allocateAndSend() {
        if (Slots.FIRST.tryAllocate(slot)) {
            Slots.FIRST.seal(slot, 1);
            Slots.FIRST.trySend(slot, Slots.EPOCH);
            Slots.FIRST.release(slot);
        }
    }

    @Actor
    public void receiveLate(LL_Result result) {
        result.r1 = Slots.receive(Slots.SECOND, slot, staleGeneration);
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = Slots.receive(Slots.SECOND, slot, staleGeneration + 1);
        Slots.SECOND.release(slot);
    }
}
