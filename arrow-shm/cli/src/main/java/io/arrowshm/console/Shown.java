package io.arrowshm.console;

/**
 * Texts that others have written, as people are to see them: names, attributes, command lines, messages about them. What
 * could steer a terminal, turn the direction of writing around or hide is shown by its number, as in JSON. JSON itself,
 * which programs read, has every text as it is. Stateless.
 */
public final class Shown {
    private Shown() {}

    /** A text of one line: an end of a line in it is shown by its number, too. */
    public static String line(String text) {
        return escaped(text, false);
    }

    /** A text of any number of lines, with tabs at most. */
    public static String lines(String text) {
        return escaped(text, true);
    }

    private static String escaped(String text, boolean keepsLines) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (isSeen(character) || (keepsLines && (character == '\n' || character == '\t'))) {
                shown.appendCodePoint(character);
            } else {
                shown.append(number(character));
            }
        });
        return shown.toString();
    }

    private static boolean isSeen(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }

    private static String number(int character) {
        StringBuilder number = new StringBuilder();
        for (char unit : Character.toChars(character)) {
            number.append(String.format("\\u%04x", (int) unit));
        }
        return number.toString();
    }
}
