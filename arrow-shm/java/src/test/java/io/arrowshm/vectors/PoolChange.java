package io.arrowshm.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/** What makes a pool of the test vectors one that is refused. One thread. */
final class PoolChange {
    private static final String ALL = "rwxrwxrwx";

    private final VectorPool pool;

    PoolChange(VectorPool pool) {
        this.pool = pool;
    }

    void make(JsonNode change) throws IOException, InterruptedException {
        if (change.has("target")) {
            Path target = Path.of(pool.filledIn(change.get("target").asText()));
            Files.delete(pool.link());
            Files.createSymbolicLink(pool.link(), target);
            if (change.has("renamed")) {
                Files.move(pool.directory(), pool.link().resolveSibling(target));
            }
            return;
        }
        String path = change.get("file").asText();
        Path file = path.isEmpty() ? pool.directory() : pool.directory().resolve(path);
        if (change.has("mode")) {
            Files.setPosixFilePermissions(file, permissions(change.get("mode").asText()));
        } else if (change.has("absent")) {
            Files.delete(file);
        } else if (change.has("fifo")) {
            Files.delete(file);
            new ProcessBuilder("mkfifo", "-m", "600", file.toString()).start().waitFor();
        } else if (change.has("link")) {
            Path aside = pool.link().resolveSibling("." + pool.options().name() + "aside");
            Files.move(file, aside);
            Files.createSymbolicLink(file, aside);
        } else {
            pool.write(path, bytes(change, Files.readAllBytes(file)));
        }
    }

    private byte[] bytes(JsonNode change, byte[] before) {
        if (change.has("text")) {
            String spaces = " ".repeat(change.path("spaces").asInt());
            return (pool.filledIn(change.get("text").asText()) + spaces).getBytes(StandardCharsets.UTF_8);
        }
        if (change.has("cut")) {
            return Arrays.copyOf(before, before.length - change.get("cut").asInt());
        }
        byte[] bytes = HexFormat.of().parseHex(change.get("hex").asText());
        System.arraycopy(bytes, 0, before, change.get("offset").asInt(), bytes.length);
        return before;
    }

    private static Set<PosixFilePermission> permissions(String mode) {
        int bits = Integer.parseInt(mode, 8);
        StringBuilder text = new StringBuilder();
        for (int bit = ALL.length() - 1; bit >= 0; bit--) {
            text.append(((bits >> bit) & 1) != 0 ? ALL.charAt(ALL.length() - 1 - bit) : '-');
        }
        return PosixFilePermissions.fromString(text.toString());
    }
}
