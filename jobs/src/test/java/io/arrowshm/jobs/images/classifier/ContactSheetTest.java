package io.arrowshm.jobs.images.classifier;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.jobs.images.ImageTestData;
import io.arrowshm.jobs.images.data.ImageSet;
import io.arrowshm.jobs.images.data.Images;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContactSheetTest {
    @TempDir
    private Path directory;

    @Test
    void theMeansComeOutAsOnePngAndNothingElse() throws IOException {
        Path file = directory.resolve("means.png");
        Files.writeString(file, "an older one");
        ClassMeans means = new ClassMeans(ImageTestData.sums(ImageSet.bundled().train()));
        ContactSheet.write(means, file);
        BufferedImage sheet = ImageIO.read(file.toFile());
        assertThat(sheet.getWidth()).isEqualTo(5 * (28 * 6) + 6 * 12);
        assertThat(sheet.getRGB(0, 0) & 0xFFFFFF).isEqualTo(0xFFFFFF);
        int middleOfThePullover = sheet.getRGB(12 + 2 * (28 * 6 + 12) + 84, 12 + 84) & 0xFF;
        assertThat(middleOfThePullover).isLessThan(128);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void everyCharacterOfAClassNameHasAGlyph() {
        for (String name : Images.CLASS_NAMES) {
            BufferedImage line = new BufferedImage(PixelFont.width(name, 1), 7, BufferedImage.TYPE_INT_RGB);
            PixelFont.draw(line, name, 0, 0, 1, 0xFFFFFF);
            for (int i = 0; i < name.length(); i++) {
                boolean drawn = false;
                for (int x = i * 6; x < i * 6 + 5; x++) {
                    for (int y = 0; y < 7; y++) {
                        drawn |= (line.getRGB(x, y) & 0xFFFFFF) != 0;
                    }
                }
                assertThat(drawn).as("'%s' of %s", name.charAt(i), name).isEqualTo(name.charAt(i) != ' ');
            }
        }
    }
}
