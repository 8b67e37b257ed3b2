package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.flink.plot.Line;
import io.arrowshm.benchmark.flink.plot.Plot;
import java.util.List;
import org.junit.jupiter.api.Test;

class PlotsTest {
    @Test
    void aPictureIsDrawnForEachFigureOfTheQuestion() {
        List<Comparison> two = List.of(Measured.ofSize(64, 2, 1), Measured.ofSize(1 << 20, 30, 1));
        assertThat(Plots.of(two))
                .extracting(Plot::title)
                .containsExactly(Chart.RATE.title(), Chart.CPU.title(), Chart.ALLOCATED.title());
        assertThat(Plots.of(two.subList(0, 1))).isEmpty();
    }

    @Test
    void sizesAreDrawnByTheirRatiosAndCountsByTheirDifferences() {
        Plot sizes = rates(Measured.ofSize(64, 2, 1), Measured.ofSize(1 << 20, 3, 1));
        assertThat(sizes.x().logarithmic()).isTrue();
        assertThat(sizes.x().ticks()).containsExactly(64.0, 1048576.0);
        assertThat(sizes.xText().apply(1 << 20)).isEqualTo("1 MiB");
        assertThat(sizes.label()).isEqualTo("size of an array");
        Plot hops = rates(hops(1), hops(2), hops(5));
        assertThat(hops.x().logarithmic()).isFalse();
        assertThat(hops.x().ticks()).containsExactly(1.0, 2.0, 5.0);
        assertThat(hops.xText().apply(5)).isEqualTo("5");
    }

    @Test
    void figuresNearEachOtherStandOverZeroAndFiguresFarApartOnALogarithmicAxis() {
        Plot near = rates(copying(64, 10, 1), copying(128, 19, 1));
        assertThat(near.y().logarithmic()).isFalse();
        assertThat(near.y().least()).isZero();
        assertThat(near.y().most()).isGreaterThanOrEqualTo(19);
        Plot far = rates(copying(64, 10, 1), copying(128, 21, 1));
        assertThat(far.y().logarithmic()).isTrue();
        assertThat(far.y().least()).isPositive().isLessThan(1);
        assertThat(far.y().most()).isGreaterThan(21);
    }

    @Test
    void theAxisHasRoomForTheFastestAndTheSlowestRunNotOnlyForTheMedians() {
        Comparison first = Measured.ofSize(64, 2, 1);
        first.add(Contestant.REFERENCE, Measured.atRate(900));
        first.add(Contestant.REFERENCE, Measured.atRate(3));
        first.add(Contestant.FLINKS_DEFAULT, Measured.atRate(0.01));
        first.add(Contestant.FLINKS_DEFAULT, Measured.atRate(1));
        Plot plot = rates(first, Measured.ofSize(128, 2, 1));
        assertThat(plot.y().least()).isLessThan(0.01);
        assertThat(plot.y().most()).isGreaterThan(900);
        assertThat(line(plot, "reference").points().get(0))
                .satisfies(point -> assertThat(point.y()).isEqualTo(3))
                .satisfies(point -> assertThat(point.least()).isEqualTo(2))
                .satisfies(point -> assertThat(point.text()).isEqualTo("reference, 64 B: 3 GB/s, 2 to 900"));
    }

    @Test
    void figuresThatAreAllZeroAreDrawnOverZero() {
        List<Comparison> idle = List.of(Measured.ofSize(64, 0, 0), Measured.ofSize(128, 0, 0));
        assertThat(Plots.of(idle))
                .allSatisfy(
                        plot -> assertThat(plot.svg(400, 300)).contains("<svg").doesNotContain("NaN", "Infinity"));
    }

    @Test
    void whatWasNotMeasuredEverywhereIsALineOfFewerPoints() {
        Comparison alone = new Comparison(Questions.SIZE, Load.of(1).with(load -> load.bytes = 16));
        alone.add(Contestant.FLINKS_DEFAULT, Measured.atRate(1));
        alone.addMemoryCopy(50);
        Plot plot = rates(alone, Measured.ofSize(64, 0.5, 1), Measured.ofSize(256, 2, 1));
        assertThat(line(plot, "pojo").points()).hasSize(3);
        assertThat(line(plot, "reference").points()).hasSize(2).allMatch(point -> point.x() >= 64);
        assertThat(plot.mark()).isEqualTo(new Plot.Mark(128, "pays from 128 B"));
    }

    @Test
    void whereItPaysIsMarkedOnlyWhereThatIsASizeBetweenOthers() {
        assertThat(rates(Measured.ofSize(64, 0.5, 1), Measured.ofSize(256, 2, 1))
                        .mark())
                .isEqualTo(new Plot.Mark(128, "pays from 128 B"));
        assertThat(rates(Measured.ofSize(64, 1, 1), Measured.ofSize(256, 2, 1)).mark())
                .as("pays everywhere")
                .isNull();
        assertThat(rates(Measured.ofSize(64, 2, 1), Measured.ofSize(256, 0.5, 1))
                        .mark())
                .as("pays nowhere in the end")
                .isNull();
        assertThat(rates(hops(1), hops(2)).mark()).as("no sizes").isNull();
    }

    @Test
    void thisProjectsLinesLieOnTop() {
        Plot plot = rates(Measured.ofSize(64, 2, 1), Measured.ofSize(128, 3, 1));
        assertThat(plot.lines()).extracting(Line::name).containsExactly("memory copy", "pojo", "reference");
    }

    private static Plot rates(Comparison... comparisons) {
        return Plots.of(List.of(comparisons)).get(0);
    }

    private static Line line(Plot plot, String name) {
        return plot.lines().stream()
                .filter(line -> line.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static Comparison hops(int hops) {
        return Measured.rates(Questions.HOPS, Load.of(1).with(load -> load.hops = hops), 2, 1);
    }

    /** Where memory is copied as fast as references travel. */
    private static Comparison copying(int bytes, double reference, double flinks) {
        Comparison comparison = new Comparison(Questions.SIZE, Load.of(1).with(load -> load.bytes = bytes));
        comparison.add(Contestant.REFERENCE, Measured.atRate(reference));
        comparison.add(Contestant.FLINKS_DEFAULT, Measured.atRate(flinks));
        comparison.addMemoryCopy(reference);
        return comparison;
    }
}
