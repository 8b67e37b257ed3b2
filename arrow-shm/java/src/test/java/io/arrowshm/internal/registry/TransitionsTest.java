package io.arrowshm.internal.registry;

import static io.arrowshm.internal.layout.OwnershipWord.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.internal.layout.OwnershipWord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Every transition from every word of a small model: all states, 3 epochs, the ends of the count, 2 holders, both flags,
 * further holders or none, looked at or not.
 */
class TransitionsTest {
    private static final int[] COUNTS = {0, 1, 2, MAX_IN_FLIGHT - 1, MAX_IN_FLIGHT};
    private static final int OTHER = IN_WORD - 1;
    private static final int FIRST_FURTHER = IN_WORD;
    private static final int LAST_FURTHER = PARTICIPANTS - 1;

    @Test
    void aTransitionChangesOnlyWhatItsNameSays() {
        for (long word : words()) {
            long sent = Transitions.send(word, 0, 1, 1);
            if (sent != Transitions.REFUSED) {
                assertThat(describe(sent))
                        .isEqualTo(
                                describe(of(state(word), further(word), 1, inFlight(word) + 1, holdersAndFlags(word))));
            }
            long claimed = Transitions.claim(word, 0, 1);
            if (claimed != Transitions.REFUSED) {
                assertThat(claimed).isEqualTo(word | holderBit(0));
                long taken = Transitions.take(claimed, 0, 1);
                assertThat(inFlight(taken)).isEqualTo(inFlight(word) - 1);
                assertThat(epoch(taken)).isEqualTo(inFlight(taken) == 0 ? 0 : 1);
                assertThat(holdersAndFlags(taken)).isEqualTo(holdersAndFlags(claimed));
            }
        }
    }

    @Test
    void onlyAFreeSlotIsAllocatedAndOnlyByWhoHasJustAllocatedItUnbackedAndOnlyAnUnbackedOneBacked() {
        for (long word : words()) {
            assertThat(Transitions.allocate(word, 0) != Transitions.REFUSED).isEqualTo(state(word) == FREE);
            assertThat(Transitions.back(word) != Transitions.REFUSED).isEqualTo(state(word) == UNBACKED);
            long unbacked = Transitions.unback(word, 0);
            boolean justAllocated = state(word) == BUILDING && holdersAndFlags(word) == holderBit(0);
            assertThat(unbacked != Transitions.REFUSED).isEqualTo(justAllocated);
            if (unbacked != Transitions.REFUSED) {
                assertThat(describe(unbacked)).isEqualTo(describe(of(UNBACKED, NONE, 0, 0, 0)));
            }
        }
    }

    @Test
    void onlyAHolderSendsAndOneEpochAtATime() {
        for (long word : words()) {
            boolean allowed = isShareable(word)
                    && isHeldBy(word, 0)
                    && (inFlight(word) == 0 || epoch(word) == 1)
                    && inFlight(word) < MAX_IN_FLIGHT;
            assertThat(Transitions.send(word, 0, 1, 1) != Transitions.REFUSED).isEqualTo(allowed);
        }
    }

    @Test
    void onlyTheLastClaimFreesTheSlotAndInTheSameStep() {
        for (long word : words()) {
            long released = Transitions.release(word, 0);
            if (isHeldBy(word, 0)) {
                check(word & ~holderBit(0), released);
            } else {
                assertThat(released).isEqualTo(Transitions.REFUSED);
            }
            long voided = Transitions.voidEpoch(word, 1);
            if (inFlight(word) > 0 && epoch(word) == 1) {
                check(of(state(word), further(word), 0, 0, holdersAndFlags(word)), voided);
            } else {
                assertThat(voided).isEqualTo(Transitions.REFUSED);
            }
        }
    }

    @Test
    void aBuilderSealsAndWhoSharedSealsOnceNobodyElseCanWrite() {
        for (long word : words()) {
            boolean alone = isHeldBy(word, 0)
                    && !isHeldBy(word, OTHER)
                    && further(word) == NONE
                    && (word & FOREIGN) == 0
                    && inFlight(word) == 0;
            boolean sealable = state(word) == BUILDING ? isHeldBy(word, 0) : state(word) == MUTABLE && alone;
            assertStateBecomes(SEALED, word, sealable, Transitions.seal(word, 0));
            boolean building = state(word) == BUILDING && isHeldBy(word, 0);
            assertStateBecomes(MUTABLE, word, building, Transitions.share(word, 0));
        }
    }

    @Test
    void aFurtherHolderTakesTheMarkOfWhoLooksAwayAndNothingElseDoes() {
        for (long word : words()) {
            long claimed = Transitions.claim(word, FIRST_FURTHER, 1);
            long opened = Transitions.openNamed(word, LAST_FURTHER);
            assertThat(claimed == Transitions.REFUSED).isEqualTo(Transitions.claim(word, 0, 1) == Transitions.REFUSED);
            assertThat(opened == Transitions.REFUSED).isEqualTo(Transitions.openNamed(word, 0) == Transitions.REFUSED);
            for (long next : new long[] {claimed, opened}) {
                assertThat(next == Transitions.REFUSED || next == withFurther(word, SOME))
                        .isTrue();
            }
            for (long next : new long[] {
                Transitions.claim(word, 0, 1),
                Transitions.send(word, 0, 1, 1),
                Transitions.take(word, LAST_FURTHER, 1),
                Transitions.lend(word, FIRST_FURTHER),
                Transitions.name(word, FIRST_FURTHER),
                Transitions.unname(word),
                Transitions.voidEpoch(word, 1),
                Transitions.release(word, 0)
            }) {
                boolean isFreed = state(next) == FREE;
                assertThat(next == Transitions.REFUSED || isFreed || further(next) == further(word))
                        .isTrue();
            }
        }
    }

    @Test
    void onlyWhoLooksSaysThatNoFurtherHolderIsLeft() {
        for (long word : words()) {
            long looking = Transitions.look(word, LAST_FURTHER);
            assertThat(looking)
                    .isEqualTo(
                            further(word) == NONE ? Transitions.REFUSED : withFurther(word, lookedAtBy(LAST_FURTHER)));
            long none = Transitions.noneLeft(word, LAST_FURTHER);
            if (further(word) == lookedAtBy(LAST_FURTHER)) {
                check(withFurther(word, NONE), none);
            } else {
                assertThat(none).isEqualTo(Transitions.REFUSED);
            }
        }
    }

    @Test
    void aFurtherHolderSealsWhatItBuiltAndWhatItHasLookedAtAndAloneHolds() {
        for (long word : words()) {
            boolean building = state(word) == BUILDING && further(word) != NONE;
            assertStateBecomes(SEALED, word, building, Transitions.seal(word, LAST_FURTHER));
            boolean alone = state(word) == MUTABLE
                    && further(word) == lookedAtBy(LAST_FURTHER)
                    && holders(word) == 0
                    && (word & FOREIGN) == 0
                    && inFlight(word) == 0;
            long sealed = Transitions.sealLookedAt(word, LAST_FURTHER);
            assertThat(sealed == Transitions.REFUSED).isEqualTo(!alone);
            if (alone) {
                assertThat(describe(sealed))
                        .isEqualTo(describe(of(SEALED, SOME, epoch(word), inFlight(word), holdersAndFlags(word))));
            }
        }
    }

    @Test
    void nobodyGetsANewHoldOnAnOrphan() {
        for (long word : words()) {
            if (state(word) == ORPHAN) {
                assertThat(Transitions.claim(word, 1, 1)).isEqualTo(Transitions.REFUSED);
                assertThat(Transitions.openNamed(word, 1)).isEqualTo(Transitions.REFUSED);
                assertThat(Transitions.send(word, 0, 1, 1)).isEqualTo(Transitions.REFUSED);
                assertThat(Transitions.seal(word, 0)).isEqualTo(Transitions.REFUSED);
            }
        }
    }

    @Test
    void namesHoldWhatItsHolderNamesAndOthersOpenItByThem() {
        for (long word : words()) {
            boolean named = (word & NAMED) != 0;
            boolean nameable = isShareable(word) && isHeldBy(word, 0);
            assertThat(Transitions.name(word, 0)).isEqualTo(nameable ? word | NAMED : Transitions.REFUSED);
            assertThat(Transitions.openNamed(word, 1))
                    .isEqualTo(isShareable(word) && named ? word | holderBit(1) : Transitions.REFUSED);
            if (named) {
                check(word & ~NAMED, Transitions.unname(word));
            } else {
                assertThat(Transitions.unname(word)).isEqualTo(Transitions.REFUSED);
            }
        }
    }

    @Test
    void whatIsLentComesBackOnceNothingElseHoldsIt() {
        for (long word : words()) {
            boolean lendable = isShareable(word) && isHeldBy(word, 0);
            assertThat(Transitions.lend(word, 0)).isEqualTo(lendable ? word | FOREIGN : Transitions.REFUSED);
            boolean onlyLent = holdersAndFlags(word) == FOREIGN && inFlight(word) == 0 && further(word) == NONE;
            long returned = Transitions.returnLent(word);
            assertThat(returned).isEqualTo(onlyLent ? of(FREE, NONE, 0, 0, 0) : Transitions.REFUSED);
            boolean justAllocated = state(word) == BUILDING && holdersAndFlags(word) == holderBit(0);
            assertThat(Transitions.setAside(word, 0))
                    .isEqualTo(justAllocated ? of(ORPHAN, further(word), 0, 0, FOREIGN) : Transitions.REFUSED);
        }
    }

    @Test
    void whoAllocatesIsTheOnlyHolder() {
        assertThat(Transitions.allocate(of(FREE, NONE, 0, 0, 0), OTHER))
                .isEqualTo(of(BUILDING, NONE, 0, 0, holderBit(OTHER)));
        assertThat(Transitions.allocate(of(FREE, NONE, 0, 0, 0), LAST_FURTHER)).isEqualTo(of(BUILDING, SOME, 0, 0, 0));
    }

    @Test
    void everyStepIsThatOfTheTableOfTheFormat() throws IOException {
        TransitionTable table = new TransitionTable(Path.of("..", "format", "transitions.json"));
        Map<String, Step> shipped = Map.ofEntries(
                Map.entry("back", (word, p, e) -> Transitions.back(word)),
                Map.entry("unback", (word, p, e) -> Transitions.unback(word, p)),
                Map.entry("allocate", (word, p, e) -> Transitions.allocate(word, p)),
                Map.entry("adopt", (word, p, e) -> Transitions.adopt(word, p)),
                Map.entry("share", (word, p, e) -> Transitions.share(word, p)),
                Map.entry("seal", (word, p, e) -> Transitions.seal(word, p)),
                Map.entry("seal what is looked at", (word, p, e) -> Transitions.sealLookedAt(word, p)),
                Map.entry("send", (word, p, e) -> Transitions.send(word, p, e, 1)),
                Map.entry("claim", Transitions::claim),
                Map.entry("take", Transitions::take),
                Map.entry("name", (word, p, e) -> Transitions.name(word, p)),
                Map.entry("unname", (word, p, e) -> Transitions.unname(word)),
                Map.entry("open by name", (word, p, e) -> Transitions.openNamed(word, p)),
                Map.entry("lend", (word, p, e) -> Transitions.lend(word, p)),
                Map.entry("recall", (word, p, e) -> Transitions.recall(word, p)),
                Map.entry("set aside", (word, p, e) -> Transitions.setAside(word, p)),
                Map.entry("return", (word, p, e) -> Transitions.returnLent(word)),
                Map.entry("release", (word, p, e) -> Transitions.release(word, p)),
                Map.entry("look", (word, p, e) -> Transitions.look(word, p)),
                Map.entry("none left", (word, p, e) -> Transitions.noneLeft(word, p)),
                Map.entry("void", (word, p, e) -> Transitions.voidEpoch(word, e)));
        assertThat(shipped.keySet()).containsExactlyInAnyOrderElementsOf(table.steps());
        List<Long> words = words();
        for (int participant : new int[] {0, OTHER, FIRST_FURTHER, LAST_FURTHER}) {
            for (int epoch : new int[] {1, MAX_EPOCH}) {
                shipped.forEach((name, step) -> {
                    for (long word : words) {
                        long expected = table.apply(name, word, participant, epoch);
                        long actual = step.apply(word, participant, epoch);
                        if (actual != expected) {
                            assertThat(describe(actual))
                                    .as("%s by %d of %s", name, participant, describe(word))
                                    .isEqualTo(describe(expected));
                        }
                    }
                });
            }
        }
    }

    private interface Step {
        long apply(long word, int participant, int epoch);
    }

    private static void check(long left, long next) {
        long expected = isUnclaimed(left) ? of(FREE, NONE, 0, 0, 0) : left;
        assertThat(describe(next)).isEqualTo(describe(expected));
    }

    private static boolean isShareable(long word) {
        return state(word) == SEALED || state(word) == MUTABLE;
    }

    private static void assertStateBecomes(int state, long word, boolean allowed, long next) {
        long expected = of(state, further(word), epoch(word), inFlight(word), holdersAndFlags(word));
        assertThat(next).isEqualTo(allowed ? expected : Transitions.REFUSED);
    }

    private static String describe(long word) {
        return OwnershipWord.toString(word);
    }

    private static List<Long> words() {
        List<Long> words = new ArrayList<>();
        for (int state = UNBACKED; state <= ORPHAN; state++) {
            for (int epoch : new int[] {0, 1, MAX_EPOCH}) {
                for (int count : COUNTS) {
                    for (int claims = 0; claims < 16; claims++) {
                        long holders = (claims & 1) * holderBit(0)
                                | (claims >> 1 & 1) * holderBit(OTHER)
                                | (claims >> 2 & 1) * FOREIGN
                                | (claims >> 3 & 1) * NAMED;
                        for (int further : new int[] {NONE, SOME, lookedAtBy(0), lookedAtBy(LAST_FURTHER)}) {
                            words.add(of(state, further, epoch, count, holders));
                        }
                    }
                }
            }
        }
        return words;
    }
}
