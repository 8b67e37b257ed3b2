package io.arrowshm.jobs.images.classifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.jobs.images.data.Images;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClassSumsTest {
    @Test
    void partsMergedInAnyOrderEqualTheWhole() {
        ClassSums one = image(1, 7);
        ClassSums other = image(200, 7);
        ClassSums forth = new ClassSums();
        forth.merge(one);
        forth.merge(other);
        ClassSums back = new ClassSums();
        back.merge(other);
        back.merge(one);
        assertThat(forth).usingRecursiveComparison().isEqualTo(back);
        assertThat(forth.sum(7, 0)).isEqualTo(201);
        assertThat(forth.count(7)).isEqualTo(2);
        assertThat(forth.count(6)).isZero();
    }

    @Test
    void onePassOfSeveralIsTheirShare() {
        ClassSums passes = new ClassSums();
        for (int i = 0; i < 3; i++) {
            passes.merge(image(50, 2));
        }
        assertThat(passes.ofOnePass(3)).usingRecursiveComparison().isEqualTo(image(50, 2));
    }

    @Test
    void passesThatDifferAreAnError() {
        ClassSums passes = image(50, 2);
        assertThatThrownBy(() -> passes.ofOnePass(3))
                .isInstanceOf(ArithmeticException.class)
                .hasMessageContaining("passes differ: sum of a pixel=50 passes=3");
    }

    @Test
    void theAccumulatorMergesAndCopiesApart() {
        ClassSums.InAccumulator accumulator = new ClassSums.InAccumulator();
        accumulator.add(image(1, 0));
        ClassSums.InAccumulator copy = (ClassSums.InAccumulator) accumulator.clone();
        accumulator.merge(copy);
        assertThat(accumulator.getLocalValue().count(0)).isEqualTo(2);
        assertThat(copy.getLocalValue().count(0)).isEqualTo(1);
        copy.resetLocal();
        assertThat(copy.getLocalValue().count(0)).isZero();
    }

    private static ClassSums image(int value, int label) {
        byte[] pixels = new byte[Images.PIXELS];
        Arrays.fill(pixels, (byte) value);
        ClassSums sums = new ClassSums();
        sums.add(pixels, 0, label);
        return sums;
    }
}
