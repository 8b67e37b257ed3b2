package io.arrowshm.cli;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Which names of datasets a pattern of a shell's kind means. Stateless. */
final class NamePattern {
    static final String DESCRIPTION =
            "* stands for any characters but '/', ** for any at all, ? for one that is no '/'; all else for itself.";

    private NamePattern() {}

    static Predicate<String> of(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char character = pattern.charAt(i);
            if (character == '*' && pattern.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else {
                regex.append(
                        switch (character) {
                            case '*' -> "[^/]*";
                            case '?' -> "[^/]";
                            default -> Pattern.quote(String.valueOf(character));
                        });
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
    }
}
