package io.arrowshm.jobs.images.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.jobs.images.ImageTestData;
import io.arrowshm.jobs.images.data.ImageSet;
import io.arrowshm.jobs.images.data.Images;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClassMeansTest {
    @Test
    void theBundledSetGivesTheKnownAnswer() {
        ImageSet set = ImageSet.bundled();
        ClassSums train = ImageTestData.sums(set.train());
        assertThat(train.pixelSum() + ImageTestData.sums(set.test()).pixelSum())
                .isEqualTo(ImageTestData.BUNDLED_PIXEL_SUM);
        assertThat(set.test().count()).isEqualTo(2_000);
        assertThat(ImageTestData.correct(new ClassMeans(train), set.test())).isEqualTo(ImageTestData.BUNDLED_CORRECT);
    }

    @Test
    void theFullSetGivesTheKnownAnswer() {
        ImageSet set = ImageSet.in(ImageTestData.fullSet());
        ClassSums train = ImageTestData.sums(set.train());
        assertThat(set.train().count()).isEqualTo(60_000);
        assertThat(train.pixelSum()).isEqualTo(ImageTestData.FULL_TRAIN_PIXEL_SUM);
        assertThat(set.test().count()).isEqualTo(10_000);
        assertThat(ImageTestData.correct(new ClassMeans(train), set.test())).isEqualTo(ImageTestData.FULL_CORRECT);
    }

    @Test
    void theLowestClassWinsATie() {
        ClassSums sums = new ClassSums();
        byte[] image = new byte[Images.PIXELS];
        for (int label = Images.CLASSES - 1; label >= 3; label--) {
            sums.add(image, 0, label);
        }
        assertThat(new ClassMeans(sums).classify(image, 0)).isEqualTo(3);
    }

    @Test
    void bytesAreUnsignedAndScaledToOne() {
        ClassSums sums = new ClassSums();
        byte[] white = new byte[Images.PIXELS];
        Arrays.fill(white, (byte) 0xFF);
        sums.add(white, 0, 4);
        sums.add(new byte[Images.PIXELS], 0, 4);
        assertThat(sums.pixelSum()).isEqualTo(255L * Images.PIXELS);
        assertThat(new ClassMeans(sums).mean(4, 0)).isEqualTo(0.5);
    }
}
