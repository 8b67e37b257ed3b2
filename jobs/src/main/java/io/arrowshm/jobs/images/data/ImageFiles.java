package io.arrowshm.jobs.images.data;

import io.arrowshm.load.IdxFile;
import io.arrowshm.load.file.UnreadableFileException;
import java.io.InputStream;
import java.io.Serializable;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pair of IDX files, images and their labels, in a directory or bundled with this class. Says where the bytes are
 * and nothing more, so that it can travel to whoever reads them.
 *
 * @param directory where the files lie; null for those bundled
 * @param images name of the file of images
 * @param labels name of the file of labels
 */
public record ImageFiles(@Nullable String directory, String images, String labels) implements Serializable {
    static final int MOST_IMAGES = 1_000_000;

    private static final int SLICE_IMAGES = 1_000;
    private static final Map<ImageFiles, SoftReference<ImageData>> DECODED = new HashMap<>();

    /** The 60,000 training images in a directory. */
    static ImageFiles training(Path directory) {
        return new ImageFiles(directory.toString(), "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz");
    }

    /** The 10,000 test images in a directory. */
    static ImageFiles test(Path directory) {
        return new ImageFiles(directory.toString(), "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz");
    }

    /** The test images that come with this class. */
    static ImageFiles bundled() {
        return new ImageFiles(null, "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz");
    }

    /**
     * The decoded images, so that a job which is restarted or repeated reads from memory. This process keeps them until
     * memory runs short. For any thread; the first to ask decodes, the others wait.
     *
     * @throws UnreadableFileException if the files are not as they must be
     */
    public ImageData data() {
        synchronized (DECODED) {
            SoftReference<ImageData> reference = DECODED.get(this);
            ImageData decoded = reference == null ? null : reference.get();
            if (decoded == null) {
                decoded = decode();
                DECODED.put(this, new SoftReference<>(decoded));
            }
            return decoded;
        }
    }

    /**
     * Reads and checks both files to their ends.
     *
     * @throws UnreadableFileException if a file is missing, damaged or of another shape, or if they do not match
     */
    ImageData decode() {
        try (IdxFile imageFile = open(images, 3);
                IdxFile labelFile = open(labels, 1)) {
            checkShapes(imageFile, labelFile);
            byte[] pixels = readAll(imageFile);
            byte[] classes = readAll(labelFile);
            checkLabels(classes);
            return new ImageData(pixels, classes);
        }
    }

    private void checkShapes(IdxFile imageFile, IdxFile labelFile) {
        String side = "%dx%d".formatted(Images.SIDE, Images.SIDE);
        if (!imageFile.shape().equals(imageFile.count() + "x" + side)) {
            throw new UnreadableFileException(
                    name(images), "images of shape " + imageFile.shape(), "Nx" + side, "name another data set");
        }
        if (imageFile.count() < 1 || imageFile.count() > MOST_IMAGES) {
            throw new UnreadableFileException(
                    name(images),
                    "%d images".formatted(imageFile.count()),
                    "1 to %d".formatted(MOST_IMAGES),
                    "name another data set");
        }
        if (labelFile.count() != imageFile.count()) {
            throw new UnreadableFileException(
                    name(labels),
                    "%d labels".formatted(labelFile.count()),
                    "%d, one for each image of %s".formatted(imageFile.count(), images),
                    "take both files from one data set");
        }
    }

    private void checkLabels(byte[] classes) {
        for (int i = 0; i < classes.length; i++) {
            int label = classes[i] & 0xFF;
            if (label >= Images.CLASSES) {
                throw new UnreadableFileException(
                        name(labels),
                        "label %d at %d".formatted(label, i),
                        "0 to %d".formatted(Images.CLASSES - 1),
                        "name another data set");
            }
        }
    }

    private static byte[] readAll(IdxFile file) {
        byte[] all = new byte[Math.multiplyExact(file.count(), file.itemBytes())];
        int filled = 0;
        int items;
        // Until nothing comes: the call that finds the end also checks that the file ends there.
        do {
            int room = Math.min(all.length - filled, SLICE_IMAGES * file.itemBytes());
            items = file.read(all, filled, room);
            filled += items * file.itemBytes();
        } while (items > 0);
        return all;
    }

    private IdxFile open(String file, int dimensions) {
        if (directory != null) {
            return IdxFile.open(Path.of(directory, file), dimensions);
        }
        InputStream bytes = ImageFiles.class.getResourceAsStream("fashion-mnist/" + file);
        if (bytes == null) {
            throw new UnreadableFileException(
                    name(file), "not in this build", "the bundled data set", "build again with a clean target");
        }
        return IdxFile.open(name(file), bytes, dimensions);
    }

    private String name(String file) {
        return directory != null ? Path.of(directory, file).toString() : "bundled " + file;
    }
}
