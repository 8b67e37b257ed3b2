package io.arrowshm.load.internal.array;

import io.arrowshm.load.file.NotLoaded;
import io.arrowshm.load.internal.Item;
import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.Reasons;
import io.arrowshm.load.internal.UnsupportedContentException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A file of several NumPy arrays, compressed or not; a '/' in a name is a group. One thread. */
public final class NpzFile implements OpenFile {
    private static final String SUFFIX = ".npy";

    private final ZipFile zip;
    private final List<Item> items = new ArrayList<>();
    private final List<NotLoaded> notLoaded = new ArrayList<>();

    private NpzFile(ZipFile zip) {
        this.zip = zip;
    }

    /** @throws IOException if it is no archive */
    public static NpzFile open(Path file) throws IOException {
        ZipFile zip = new ZipFile(file.toFile());
        NpzFile opened = new NpzFile(zip);
        boolean read = false;
        try {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                opened.add(entry);
            }
            read = true;
            return opened;
        } finally {
            if (!read) {
                zip.close();
            }
        }
    }

    private void add(ZipEntry entry) {
        String name = entry.getName();
        String path = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
        try (InputStream stream = zip.getInputStream(entry)) {
            NpyHeader header = NpyHeader.read(stream);
            if (entry.getSize() != header.bytes() + header.dataBytes()) {
                throw new UnsupportedContentException("it has %d bytes, its header says %d"
                        .formatted(entry.getSize(), header.bytes() + header.dataBytes()));
            }
            items.add(new ArrayItem(path, name, header.spec(), Map.of(), (start, target, moved) -> {
                try (InputStream elements = zip.getInputStream(entry)) {
                    elements.skipNBytes(header.bytes());
                    header.reader(FileBytes.of(elements)).read(start, target, moved);
                    // Makes the decompressor compare its checksum, which it does only when it meets the end.
                    elements.skip(Long.MAX_VALUE);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }));
        } catch (IOException | UnsupportedContentException e) {
            notLoaded.add(new NotLoaded(path, Reasons.of(e)));
        }
    }

    @Override
    public Map<String, Object> attributes() {
        return Map.of();
    }

    @Override
    public Map<String, Map<String, Object>> groups() {
        return Map.of();
    }

    @Override
    public List<Item> items() {
        return items;
    }

    @Override
    public List<NotLoaded> notLoaded() {
        return notLoaded;
    }

    @Override
    public void close() {
        try {
            zip.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
