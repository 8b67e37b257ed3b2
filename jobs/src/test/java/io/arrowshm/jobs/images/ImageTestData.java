package io.arrowshm.jobs.images;

import static org.assertj.core.api.Assumptions.assumeThat;

import io.arrowshm.jobs.images.classifier.ClassMeans;
import io.arrowshm.jobs.images.classifier.ClassSums;
import io.arrowshm.jobs.images.data.ImageData;
import io.arrowshm.jobs.images.data.ImageSet;
import io.arrowshm.jobs.images.data.Images;
import java.nio.file.Files;
import java.nio.file.Path;

/** The data sets whose answers are known. */
public final class ImageTestData {
    public static final long BUNDLED_PIXEL_SUM = 573_469_082L;
    public static final long BUNDLED_CORRECT = 1_381;
    public static final long FULL_TRAIN_PIXEL_SUM = 3_431_114_169L;
    public static final long FULL_CORRECT = 6_768;

    private ImageTestData() {}

    /** The four original files, if somebody says where they are; else the test is skipped. */
    public static Path fullSet() {
        String directory = System.getProperty("IMAGES_DATA", System.getenv("IMAGES_DATA"));
        assumeThat(directory)
                .as("set IMAGES_DATA (environment or -D) to a directory with Fashion-MNIST's four files")
                .isNotNull();
        assumeThat(Files.isDirectory(Path.of(directory))).as(directory).isTrue();
        return Path.of(directory);
    }

    public static ClassSums sums(ImageSet.Part part) {
        ImageData data = part.files().data();
        ClassSums sums = new ClassSums();
        for (int i = part.first(); i < part.first() + part.count(); i++) {
            sums.add(data.pixels(), i * Images.PIXELS, data.label(i));
        }
        return sums;
    }

    public static long correct(ClassMeans means, ImageSet.Part part) {
        ImageData data = part.files().data();
        long correct = 0;
        for (int i = part.first(); i < part.first() + part.count(); i++) {
            if (means.classify(data.pixels(), i * Images.PIXELS) == data.label(i)) {
                correct++;
            }
        }
        return correct;
    }
}
