package io.arrowshm.array;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The part of Python's syntax that stands in .npy headers: texts, whole numbers, True and False, tuples, lists and
 * dictionaries with texts as keys. Tuples and lists become a List, dictionaries a Map.
 */
final class PythonLiteral {
    private static final int MAX_DEPTH = 40;

    private final String text;
    private int position;

    private PythonLiteral(String text) {
        this.text = text;
    }

    /** @throws SharedMemoryException ARGUMENT */
    static Object parse(String text) {
        PythonLiteral literal = new PythonLiteral(text);
        Object value = literal.value(1);
        if (literal.peek() != 0) {
            throw literal.refuse("the end");
        }
        return value;
    }

    /** @throws SharedMemoryException ARGUMENT */
    static Map<?, ?> parseDictionary(String text) {
        if (parse(text) instanceof Map<?, ?> dictionary) {
            return dictionary;
        }
        throw new PythonLiteral(text).refuse("a dictionary");
    }

    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("'");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == 0x7F) {
                quoted.append("\\x").append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 15, 16));
            } else {
                quoted.append(c == '\'' || c == '\\' ? "\\" : "").append(c);
            }
        }
        return quoted.append('\'').toString();
    }

    static String tuple(List<Long> numbers) {
        String items = numbers.stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "(" + items + (numbers.size() == 1 ? ",)" : ")");
    }

    private Object value(int depth) {
        if (depth > MAX_DEPTH) {
            throw refuse("at most " + MAX_DEPTH + " levels");
        }
        char c = peek();
        if (c == '{') {
            return dictionary(depth);
        }
        if (c == '(') {
            return items(')', depth);
        }
        if (c == '[') {
            return items(']', depth);
        }
        if (c == '\'' || c == '"') {
            return string();
        }
        if (text.startsWith("True", position)) {
            position += "True".length();
            return true;
        }
        if (text.startsWith("False", position)) {
            position += "False".length();
            return false;
        }
        return number();
    }

    private Map<String, Object> dictionary(int depth) {
        Map<String, Object> entries = new LinkedHashMap<>();
        position++;
        while (!take('}')) {
            if (peek() != '\'' && peek() != '"') {
                throw refuse("a key");
            }
            String key = string();
            if (!take(':')) {
                throw refuse("a colon");
            }
            if (entries.put(key, value(depth + 1)) != null) {
                throw refuse("one \"" + key + "\"");
            }
            separator('}');
        }
        return entries;
    }

    private List<Object> items(char end, int depth) {
        List<Object> items = new ArrayList<>();
        position++;
        while (!take(end)) {
            items.add(value(depth + 1));
            separator(end);
        }
        return items;
    }

    private void separator(char end) {
        if (peek() != end && !take(',')) {
            throw refuse("a comma or " + end);
        }
    }

    private long number() {
        int start = position;
        while (position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9') {
            position++;
        }
        // All numbers in a header are lengths.
        if (start == position || position - start > 19) {
            throw refuse("a value");
        }
        return Long.parseLong(text, start, position, 10);
    }

    private String string() {
        char quote = text.charAt(position++);
        StringBuilder value = new StringBuilder();
        while (true) {
            if (position == text.length()) {
                throw refuse("a quotation mark");
            }
            char c = text.charAt(position++);
            if (c == quote) {
                return value.toString();
            }
            if (c == '\\') {
                value.appendCodePoint(escape());
            } else {
                value.append(c);
            }
        }
    }

    private int escape() {
        char c = position < text.length() ? text.charAt(position++) : 0;
        return switch (c) {
            case '\\', '\'', '"' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'x' -> hexadecimal(2);
            case 'u' -> hexadecimal(4);
            case 'U' -> hexadecimal(8);
            default -> throw refuse("an escape that is known");
        };
    }

    private int hexadecimal(int digits) {
        if (text.length() - position < digits) {
            throw refuse(digits + " hexadecimal digits");
        }
        position += digits;
        return Integer.parseUnsignedInt(text, position - digits, position, 16);
    }

    private boolean take(char c) {
        if (peek() != c) {
            return false;
        }
        position++;
        return true;
    }

    /** The next character that is no space, 0 at the end. */
    private char peek() {
        while (position < text.length() && (text.charAt(position) == ' ' || text.charAt(position) == '\n')) {
            position++;
        }
        return position < text.length() ? text.charAt(position) : 0;
    }

    private SharedMemoryException refuse(String expected) {
        return new SharedMemoryException(
                Kind.ARGUMENT, "at character " + position + " of a Python literal there should be " + expected);
    }
}
