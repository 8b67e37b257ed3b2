package io.arrowshm.jobs.images.data;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.load.file.UnreadableFileException;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSetTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void aSoundDataSet() throws IOException {
        write("train-images-idx3-ubyte.gz", new byte[3 * 784], 3, 28, 28);
        write("train-labels-idx1-ubyte.gz", new byte[] {0, 9, 3}, 3);
        write("t10k-images-idx3-ubyte.gz", new byte[784], 1, 28, 28);
        write("t10k-labels-idx1-ubyte.gz", new byte[1], 1);
    }

    @Test
    void aMissingFileIsNamed() throws IOException {
        Files.delete(directory.resolve("t10k-labels-idx1-ubyte.gz"));
        assertRefused("t10k-labels-idx1-ubyte.gz: no such file");
    }

    @Test
    void anotherShapeIsRefused() throws IOException {
        write("train-images-idx3-ubyte.gz", new byte[3 * 32 * 32], 3, 32, 32);
        assertRefused("images of shape 3x32x32, allowed is Nx28x28");
    }

    @Test
    void labelsMustBeAsManyAsImages() throws IOException {
        write("train-labels-idx1-ubyte.gz", new byte[2], 2);
        assertRefused("2 labels, allowed is 3, one for each image");
    }

    @Test
    void labelsMustBeClasses() throws IOException {
        write("train-labels-idx1-ubyte.gz", new byte[] {0, 10, (byte) 200}, 3);
        assertRefused("label 10 at 1, allowed is 0 to 9");
    }

    @Test
    void aFileWithoutImagesIsRefused() throws IOException {
        write("t10k-images-idx3-ubyte.gz", new byte[0], 0, 28, 28);
        write("t10k-labels-idx1-ubyte.gz", new byte[0], 0);
        assertRefused("0 images");
    }

    @Test
    void imagesAndLabelsSwappedAreRefused() throws IOException {
        write("t10k-images-idx3-ubyte.gz", new byte[1], 1);
        assertRefused("1 dimensions, allowed is 3");
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> ImageSet.in(directory))
                .isInstanceOf(UnreadableFileException.class)
                .hasMessageContaining(message);
    }

    private void write(String name, byte[] body, int... dimensions) throws IOException {
        try (DataOutputStream out =
                new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(directory.resolve(name))))) {
            out.writeShort(0);
            out.writeByte(8);
            out.writeByte(dimensions.length);
            for (int dimension : dimensions) {
                out.writeInt(dimension);
            }
            out.write(body);
        }
    }
}
