package io.arrowshm.internal.names;

import io.arrowshm.internal.layout.PoolFiles;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The names of datasets as those of files, one to one. A file's name is ASCII, so that it is the same whatever the locale
 * of a process is, and it never begins with '.': those are files that are being written. Stateless.
 */
final class ManifestName {
    /** Of a file name without its suffix, which with it is to stay below 256. */
    static final int MAX_BYTES = 250;

    private static final char PART_END = '/';
    private static final char PART_END_IN_FILES = '+';
    private static final char ESCAPE = '%';
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private ManifestName() {}

    /** The file name of a dataset, with its suffix. */
    static String toFile(String dataset) {
        return encode(dataset) + PoolFiles.MANIFEST_SUFFIX;
    }

    /** The dataset whose file it is; null if no dataset has such a file. */
    static @Nullable String ofFile(String fileName) {
        if (!fileName.endsWith(PoolFiles.MANIFEST_SUFFIX)) {
            return null;
        }
        String encoded = fileName.substring(0, fileName.length() - PoolFiles.MANIFEST_SUFFIX.length());
        String name = decode(encoded);
        // Each dataset has one file name: what is written otherwise is none.
        return name != null && DatasetPaths.isValidName(name) && encode(name).equals(encoded) ? name : null;
    }

    static String encode(String name) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (b & 0xff);
            if (character == PART_END) {
                encoded.append(PART_END_IN_FILES);
            } else if (isPlain(character) && !(character == '.' && encoded.length() == 0)) {
                encoded.append(character);
            } else {
                encoded.append(ESCAPE).append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private static @Nullable String decode(String encoded) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < encoded.length(); i++) {
            char character = encoded.charAt(i);
            if (character == ESCAPE) {
                if (i + 2 >= encoded.length()
                        || !HexFormat.isHexDigit(encoded.charAt(i + 1))
                        || !HexFormat.isHexDigit(encoded.charAt(i + 2))) {
                    return null;
                }
                bytes.write(HexFormat.fromHexDigits(encoded, i + 1, i + 1 + 2));
                i += 2;
            } else {
                bytes.write(character == PART_END_IN_FILES ? PART_END : character);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isPlain(char character) {
        return (character >= 'A' && character <= 'Z')
                || (character >= 'a' && character <= 'z')
                || (character >= '0' && character <= '9')
                || character == '.'
                || character == '_'
                || character == '-';
    }
}
