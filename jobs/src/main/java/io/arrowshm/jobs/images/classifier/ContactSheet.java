package io.arrowshm.jobs.images.classifier;

import io.arrowshm.jobs.images.data.Images;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import javax.imageio.ImageIO;

/** The ten class means as one picture: two rows of five, enlarged, with their names underneath. */
public final class ContactSheet {
    private static final int COLUMNS = 5;
    private static final int ROWS = Images.CLASSES / COLUMNS;
    private static final int SCALE = 6;
    private static final int SIDE = Images.SIDE * SCALE;
    private static final int MARGIN = 12;
    private static final int TEXT_SCALE = 2;
    private static final int CAPTION = PixelFont.GLYPH_HEIGHT * TEXT_SCALE + 2 * MARGIN;
    private static final int PAPER = 0xFFFFFF;
    private static final int INK = 0x202020;

    private ContactSheet() {}

    /** Draws the means; what is white in the data is dark on the paper, as in a print. */
    static BufferedImage draw(ClassMeans means) {
        int width = MARGIN + COLUMNS * (SIDE + MARGIN);
        int height = MARGIN + ROWS * (SIDE + CAPTION);
        BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                sheet.setRGB(x, y, PAPER);
            }
        }
        for (int label = 0; label < Images.CLASSES; label++) {
            int left = MARGIN + label % COLUMNS * (SIDE + MARGIN);
            int top = MARGIN + label / COLUMNS * (SIDE + CAPTION);
            drawMean(sheet, means, label, left, top);
            String name = Images.CLASS_NAMES.get(label);
            int indent = (SIDE - PixelFont.width(name, TEXT_SCALE)) / 2;
            PixelFont.draw(sheet, name, left + indent, top + SIDE + MARGIN / 2, TEXT_SCALE, INK);
        }
        return sheet;
    }

    /**
     * Writes the picture as PNG; a reader sees the old file or the new one, never half of it.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public static void write(ClassMeans means, Path file) {
        Path target = file.toAbsolutePath();
        try {
            Path aside = Files.createTempFile(target.getParent(), ".class-means", ".png");
            try {
                if (!ImageIO.write(draw(means), "png", aside.toFile())) {
                    throw new IOException("this Java has no PNG writer");
                }
                Files.move(aside, target, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the class means: file=" + file, e);
        }
    }

    private static void drawMean(BufferedImage sheet, ClassMeans means, int label, int left, int top) {
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                double mean = means.mean(label, y / SCALE * Images.SIDE + x / SCALE);
                int grey = 255 - (int) Math.round(255 * Math.min(1, mean));
                sheet.setRGB(left + x, top + y, grey << 16 | grey << 8 | grey);
            }
        }
    }
}
