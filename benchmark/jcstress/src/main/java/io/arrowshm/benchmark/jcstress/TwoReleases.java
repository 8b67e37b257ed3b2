package io.arrowshm.benchmark.jcstress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.LL_Result;

/** Two processes release, and one of them allocates as soon as the slot is free. */
@JCStressTest
@Outcome(id = "refused, free", expect = ACCEPTABLE, desc = "The first one freed it, after the attempt to allocate.")
@Outcome(id = "allocated, second", expect = ACCEPTABLE, desc = "It was freed once, and has a new owner.")
@Outcome(id = "refused, nobody", expect = FORBIDDEN, desc = "Leaked: each left it to the other to free it.")
@Outcome(id = "allocated, free", expect = FORBIDDEN, desc = "Freed twice, the second time from under its new owner.")
@Outcome(expect = FORBIDDEN, desc = "Who holds it is wrong.")
@State
public class TwoReleases {
    private final int slot = RaceSlots.sent();

    public TwoReleases() {
        RaceSlots.receive(RaceSlots.SECOND, slot, RaceSlots.ALL.generation(slot));
    }

    @Actor
    public void first() {
        RaceSlots.FIRST.release(slot);
    }

    @Actor
    public void second(LL_Result result) {
        RaceSlots.SECOND.release(slot);
        result.r1 = RaceSlots.SECOND.tryAllocate(slot) ? "allocated" : "refused";
    }

    @Arbiter
    public void after(LL_Result result) {
        result.r2 = RaceSlots.holder(slot);
        if (result.r1.equals("allocated")) {
            RaceSlots.SECOND.release(slot);
        }
    }
}
