package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.flink.job.Load;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static final List<Contestant> BOTH = List.of(Contestant.REFERENCE, Contestant.FLINKS_DEFAULT);

    @Test
    void itHasAStepForEachLoadOfEachQuestion() {
        Plan plan = plan(1);
        assertThat(plan.steps())
                .extracting(Step::text)
                .containsExactly("size 64 B", "size 1 KiB", "jobs 1", "jobs 2", "jobs 1", "jobs 2");
        assertThat(plan.runs()).isEqualTo(6 * 2 * (1 + 1));
    }

    @Test
    void whatWasMadeBeforeIsNotMadeAgain() {
        Comparison made = Measured.ofSize(64, 2, 1);
        assertThat(plan(1).without(List.of(made)).steps())
                .extracting(Step::text)
                .containsExactly("size 1 KiB", "jobs 1", "jobs 2", "jobs 1", "jobs 2");
    }

    @Test
    void whatWasMadeOtherwiseIsMadeAgain() {
        Plan plan = plan(1);
        Comparison withFewerContestants =
                new Comparison(Questions.SIZE, Load.of(1).with(load -> load.bytes = 64));
        withFewerContestants.add(Contestant.REFERENCE, Measured.atRate(1));
        Comparison longer = Measured.rates(Questions.SIZE, Load.of(2).with(load -> load.bytes = 64), 2, 1);
        Comparison ofAnotherQuestion =
                Measured.rates(Questions.READ_ALL, Load.of(1).with(load -> load.bytes = 64), 2, 1);
        assertThat(plan.without(List.of(withFewerContestants, longer, ofAnotherQuestion)))
                .isEqualTo(plan);
        assertThat(plan(5).without(List.of(Measured.ofSize(64, 2, 1)))).isEqualTo(plan(5));
    }

    @Test
    void everythingIsAskedInFullAndOnlySizeOtherwise() {
        assertThat(Extent.FULL.questions()).isEqualTo(Questions.ALL);
        assertThat(Extent.FULL.contestants()).isEqualTo(Contestant.all());
        assertThat(Extent.QUICK.questions()).isEqualTo(Extent.USUAL.questions()).containsExactly(Questions.SIZE);
        assertThat(Extent.QUICK.bytes(Questions.SIZE)).containsExactly(1 << 10, 1 << 20);
        assertThat(Extent.USUAL.bytes(Questions.SIZE))
                .hasSizeLessThan(Extent.FULL.bytes(Questions.SIZE).size());
    }

    private static Plan plan(int rounds) {
        return Plan.of(
                List.of(Questions.SIZE, Questions.JOBS), question -> List.of(64, 1024), Load.of(1), BOTH, rounds);
    }
}
