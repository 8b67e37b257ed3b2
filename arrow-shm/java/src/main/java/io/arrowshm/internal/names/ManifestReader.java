package io.arrowshm.internal.names;

import io.arrowshm.internal.layout.OwnershipWord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads one manifest, every field of it, and looks whether it can be. Used once, by one thread. */
final class ManifestReader {
    private static final List<String> FIELDS =
            List.of("formatVersion", "id", "revision", "publishedAtMs", "creator", "content");
    private static final List<String> CREATOR = List.of("participant", "incarnation", "processId");
    private static final List<String> CONTENT = List.of("persistent", "attributes", "groups", "segments");
    private static final List<String> SEGMENT =
            List.of("path", "slot", "generation", "length", "description", "attributes");

    private final StrictJson json;
    private final AttributesReader attributes;
    private final int slots;
    private final Map<Integer, Long> generations = new HashMap<>();

    private long id;
    private long revision;
    private long publishedAtMs;
    private @Nullable Creator creator;
    private @Nullable Content content;

    /** @param slots of the pool */
    ManifestReader(StrictJson json, int slots) {
        this.json = json;
        this.slots = slots;
        attributes = new AttributesReader(json);
    }

    Manifest read() throws IOException {
        json.object(FIELDS, List.of(), name -> {
            switch (name) {
                case "id" -> id = positive(name);
                case "revision" -> revision = positive(name);
                case "publishedAtMs" -> publishedAtMs = number(name);
                case "creator" -> creator = new CreatorReader().read();
                case "content" -> content = new ContentReader().read();
                default -> json.whole();
            }
        });
        attributes.checkTree();
        if (creator == null || content == null) {
            throw new IllegalStateException("a field was not read");
        }
        return new Manifest(Manifest.FORMAT_VERSION, id, revision, publishedAtMs, creator, content);
    }

    private final class CreatorReader {
        private int participant;
        private long incarnation;
        private long processId;

        Creator read() throws IOException {
            json.object(CREATOR, List.of(), name -> {
                switch (name) {
                    case "participant" -> participant = below(name, OwnershipWord.PARTICIPANTS);
                    case "incarnation" -> incarnation = HexDigits.read(json);
                    default -> processId = number(name);
                }
            });
            return new Creator(participant, incarnation, processId);
        }
    }

    private final class ContentReader {
        private boolean persistent;
        private Map<String, Object> ofDataset = Map.of();
        private Map<String, Map<String, Object>> groups = Map.of();
        private final List<NamedSlot> segments = new ArrayList<>();

        Content read() throws IOException {
            json.object(CONTENT, List.of(), name -> {
                switch (name) {
                    case "persistent" -> persistent = json.truth();
                    case "attributes" -> ofDataset = attributes.attributes();
                    case "groups" -> groups = attributes.groups();
                    default -> json.list(() -> segments.add(new SegmentReader().read()));
                }
            });
            return new Content(persistent, ofDataset, groups, List.copyOf(segments));
        }
    }

    private final class SegmentReader {
        private String path = "";
        private int slot;
        private long generation;
        private long length;
        private String description = "";
        private Map<String, Object> ofSegment = Map.of();

        NamedSlot read() throws IOException {
            json.object(SEGMENT, List.of(), name -> {
                switch (name) {
                    case "path" -> path = attributes.path();
                    case "slot" -> slot = below(name, slots);
                    case "generation" -> generation = positive(name);
                    case "length" -> length = number(name);
                    case "description" -> description = description();
                    default -> ofSegment = attributes.attributes();
                }
            });
            Long other = generations.putIfAbsent(slot, generation);
            check(other == null || other == generation, "two generations of slot", slot);
            return new NamedSlot(path, slot, generation, length, description, ofSegment);
        }

        private String description() throws IOException {
            String text = json.text();
            check(text.length() <= NamedSlot.MAX_DESCRIPTION_LENGTH, "description", text);
            return text;
        }
    }

    private long number(String name) throws IOException {
        long number = json.whole();
        check(number >= 0 && number <= Manifest.MAX_NUMBER, name, number);
        return number;
    }

    private long positive(String name) throws IOException {
        long number = number(name);
        check(number > 0, name, number);
        return number;
    }

    private int below(String name, int end) throws IOException {
        int number = json.smallNumber();
        check(number >= 0 && number < end, name, number);
        return number;
    }

    private void check(boolean condition, String field, Object value) {
        if (!condition) {
            throw json.wrong(field + "=" + DatasetPaths.shown(String.valueOf(value)) + " cannot be");
        }
    }
}
