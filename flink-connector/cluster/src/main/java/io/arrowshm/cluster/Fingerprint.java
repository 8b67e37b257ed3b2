package io.arrowshm.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Short text that differs if what was added to it does. One thread, and read once. */
final class Fingerprint {
    private static final int DIGITS = 32;

    private final MessageDigest digest;

    Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has it", e);
        }
    }

    Fingerprint add(String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return this;
    }

    /** Where a file is and what tells it from another that was there before: its size, and when it was changed. */
    void addFile(Path file) throws IOException {
        add(file.toString());
        add(Files.size(file) + " " + Files.getLastModifiedTime(file));
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, DIGITS);
    }
}
