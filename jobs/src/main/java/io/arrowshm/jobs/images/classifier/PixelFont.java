package io.arrowshm.jobs.images.classifier;

import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.Map;

/**
 * Capital letters of 5 by 7 squares. A machine without a desktop often has no fonts, and AWT fails without any; ten
 * class names need no more than this.
 */
final class PixelFont {
    static final int GLYPH_WIDTH = 5;
    static final int GLYPH_HEIGHT = 7;

    private static final int ADVANCE = GLYPH_WIDTH + 1;

    /** Seven rows of five squares each; a character that is not here is left blank. */
    private static final Map<Character, String> GLYPHS = Map.ofEntries(
            Map.entry('A', ".###. #...# #...# ##### #...# #...# #...#"),
            Map.entry('B', "####. #...# #...# ####. #...# #...# ####."),
            Map.entry('C', ".#### #.... #.... #.... #.... #.... .####"),
            Map.entry('D', "####. #...# #...# #...# #...# #...# ####."),
            Map.entry('E', "##### #.... #.... ####. #.... #.... #####"),
            Map.entry('G', ".#### #.... #.... #.### #...# #...# .####"),
            Map.entry('H', "#...# #...# #...# ##### #...# #...# #...#"),
            Map.entry('I', ".###. ..#.. ..#.. ..#.. ..#.. ..#.. .###."),
            Map.entry('K', "#...# #..#. #.#.. ##... #.#.. #..#. #...#"),
            Map.entry('L', "#.... #.... #.... #.... #.... #.... #####"),
            Map.entry('N', "#...# ##..# ##..# #.#.# #..## #..## #...#"),
            Map.entry('O', ".###. #...# #...# #...# #...# #...# .###."),
            Map.entry('P', "####. #...# #...# ####. #.... #.... #...."),
            Map.entry('R', "####. #...# #...# ####. #.#.. #..#. #...#"),
            Map.entry('S', ".#### #.... #.... .###. ....# ....# ####."),
            Map.entry('T', "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#.."),
            Map.entry('U', "#...# #...# #...# #...# #...# #...# .###."),
            Map.entry('V', "#...# #...# #...# #...# #...# .#.#. ..#.."),
            Map.entry('-', "..... ..... ..... .###. ..... ..... ....."),
            Map.entry('/', "....# ....# ...#. ..#.. .#... #.... #...."));

    private PixelFont() {}

    /** How many pixels wide a text becomes. */
    static int width(String text, int scale) {
        return (text.length() * ADVANCE - 1) * scale;
    }

    /**
     * Draws a text, its upper left corner at (left, top).
     *
     * @param scale side of one square, pixels
     * @param rgb colour of the squares
     */
    static void draw(BufferedImage image, String text, int left, int top, int scale, int rgb) {
        String capitals = text.toUpperCase(Locale.ROOT);
        for (int i = 0; i < capitals.length(); i++) {
            String glyph = GLYPHS.get(capitals.charAt(i));
            if (glyph != null) {
                draw(image, glyph.split(" "), left + i * ADVANCE * scale, top, scale, rgb);
            }
        }
    }

    private static void draw(BufferedImage image, String[] rows, int left, int top, int scale, int rgb) {
        for (int y = 0; y < GLYPH_HEIGHT * scale; y++) {
            for (int x = 0; x < GLYPH_WIDTH * scale; x++) {
                if (rows[y / scale].charAt(x / scale) == '#') {
                    image.setRGB(left + x, top + y, rgb);
                }
            }
        }
    }
}
