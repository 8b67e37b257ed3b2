package io.arrowshm.jobs.images;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * Which images a classifier is trained on and which it is tested on. Making one reads the files to their ends, so
 * that everything that can be wrong with them is known before a cluster starts.
 */
record ImageSet(ImagePart train, ImagePart test) implements Serializable {
    /** The bundled 10,000 images: the first 8,000 to train, the last 2,000 to test. */
    static ImageSet bundled() {
        ImageFiles files = ImageFiles.bundled();
        int count = DecodedImages.of(files).count();
        int trained = count / 10 * 8;
        return new ImageSet(new ImagePart(files, 0, trained), new ImagePart(files, trained, count - trained));
    }

    /**
     * The four original files in a directory.
     *
     * @throws io.arrowshm.load.UnreadableFileException if one of them is not as it must be
     */
    static ImageSet in(Path directory) {
        ImageFiles training = ImageFiles.training(directory);
        ImageFiles test = ImageFiles.test(directory);
        return new ImageSet(
                new ImagePart(training, 0, DecodedImages.of(training).count()),
                new ImagePart(test, 0, DecodedImages.of(test).count()));
    }

    /** Whether both parts come from one file, whose pixel sum is then the sum of both. */
    boolean isOneFile() {
        return train.files().equals(test.files());
    }
}
