package io.arrowshm.jobs.images;

import java.lang.ref.SoftReference;
import java.util.HashMap;
import java.util.Map;

/**
 * The decoded images of this process, so that a job which is restarted or repeated reads from memory. They are given
 * up when memory runs short. For any thread; the first to ask decodes, the others wait.
 */
final class DecodedImages {
    private static final Map<ImageFiles, SoftReference<ImageData>> DECODED = new HashMap<>();

    private DecodedImages() {}

    /**
     * The images of a pair of files.
     *
     * @throws io.arrowshm.load.UnreadableFileException if they are not as they must be
     */
    static ImageData of(ImageFiles files) {
        synchronized (DECODED) {
            SoftReference<ImageData> reference = DECODED.get(files);
            ImageData decoded = reference == null ? null : reference.get();
            if (decoded == null) {
                decoded = files.decode();
                DECODED.put(files, new SoftReference<>(decoded));
            }
            return decoded;
        }
    }
}
