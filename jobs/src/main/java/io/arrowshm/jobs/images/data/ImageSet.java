package io.arrowshm.jobs.images.data;

import java.io.Serializable;
import java.nio.file.Path;

/**
 * Which images a classifier is trained on and which it is tested on. Making one reads the files to their ends, so
 * that everything that can be wrong with them is known before a cluster starts.
 */
public record ImageSet(Part train, Part test) implements Serializable {
    /** The bundled 10,000 images: the first 8,000 to train, the last 2,000 to test. */
    public static ImageSet bundled() {
        ImageFiles files = ImageFiles.bundled();
        int count = files.data().count();
        int trained = count / 10 * 8;
        return new ImageSet(new Part(files, 0, trained), new Part(files, trained, count - trained));
    }

    /**
     * The four original files in a directory.
     *
     * @throws io.arrowshm.load.file.UnreadableFileException if one of them is not as it must be
     */
    public static ImageSet in(Path directory) {
        ImageFiles training = ImageFiles.training(directory);
        ImageFiles test = ImageFiles.test(directory);
        return new ImageSet(
                new Part(training, 0, training.data().count()),
                new Part(test, 0, test.data().count()));
    }

    /** Whether both parts come from one file, whose pixel sum is then the sum of both. */
    public boolean isOneFile() {
        return train.files().equals(test.files());
    }

    /**
     * Consecutive images of one pair of files.
     *
     * @param files where they are
     * @param first index of the first one in the files
     * @param count how many
     */
    public record Part(ImageFiles files, int first, int count) implements Serializable {}
}
