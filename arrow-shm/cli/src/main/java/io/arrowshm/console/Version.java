package io.arrowshm.console;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine.IVersionProvider;

/** The version that the build has written into this package. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        try (InputStream text = Objects.requireNonNull(Version.class.getResourceAsStream("version.txt"))) {
            return new String[] {new String(text.readAllBytes(), StandardCharsets.UTF_8).strip()};
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
