package io.arrowshm.internal.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The steps as the format has them, in {@code transitions.json}, and what they do to a word: written from the format alone,
 * so that it says nothing of how this library does it.
 */
final class TransitionTable {
    static final long REFUSED = -1;

    private static final List<String> CLAIMS = List.of("holders", "lent", "named", "inFlight", "further");

    private final JsonNode table;
    private final List<String> states = new ArrayList<>();
    private final int inWord;

    TransitionTable(Path file) throws IOException {
        table = new ObjectMapper().readTree(Files.readString(file));
        table.get("states").forEach(state -> states.add(state.asText()));
        inWord = table.get("inWord").asInt();
    }

    List<String> steps() {
        List<String> steps = new ArrayList<>();
        table.get("steps").fieldNames().forEachRemaining(steps::add);
        return steps;
    }

    /** The word that the step sets, or {@link #REFUSED}. */
    long apply(String step, long word, int participant, int epoch) {
        Map<String, Long> fields = fields(word);
        for (JsonNode row : table.get("steps").get(step)) {
            if (holdsAll(row.get("requires"), fields, participant, epoch)) {
                change(row.get("changes"), fields, participant, epoch);
                return word(fields);
            }
        }
        return REFUSED;
    }

    private boolean holdsAll(JsonNode requirements, Map<String, Long> fields, int participant, int epoch) {
        boolean all = true;
        for (Map.Entry<String, JsonNode> requirement : requirements.properties()) {
            all &= holds(requirement.getKey(), requirement.getValue(), fields, participant, epoch);
        }
        return all;
    }

    private boolean holds(String what, JsonNode wanted, Map<String, Long> fields, int participant, int epoch) {
        long holders = fields.get("holders");
        long inFlight = fields.get("inFlight");
        long further = fields.get("further");
        return switch (what) {
            case "state" -> {
                boolean found = false;
                for (JsonNode state : wanted) {
                    found |= states.indexOf(state.asText()) == fields.get("state");
                }
                yield found;
            }
            case "place" -> isInWord(participant) == wanted.asText().equals("in word");
            case "own" ->
                wanted.asBoolean() == (isInWord(participant) ? (holders & bit(participant)) != 0 : further != 0);
            case "otherHolders" -> wanted.asBoolean() == ((holders & ~bit(participant)) != 0);
            case "holders" -> wanted.asBoolean() == (holders != 0);
            case "lent", "named" -> wanted.asBoolean() == (fields.get(what) != 0);
            case "further" ->
                switch (wanted.asText()) {
                    case "0" -> further == 0;
                    case "not 0" -> further != 0;
                    case "2 + p" -> further == 2 + participant;
                    default -> throw new IllegalArgumentException(wanted.asText());
                };
            case "inFlight" ->
                switch (wanted.asText()) {
                    case "0" -> inFlight == 0;
                    case "by e" -> inFlight != 0 && fields.get("epoch") == epoch;
                    case "0 or by e" -> inFlight == 0 || fields.get("epoch") == epoch;
                    default -> throw new IllegalArgumentException(wanted.asText());
                };
            case "inFlightBelow" -> inFlight < wanted.asLong();
            case "inFlightAbove" -> inFlight > wanted.asLong();
            default -> throw new IllegalArgumentException(what);
        };
    }

    private void change(JsonNode changes, Map<String, Long> fields, int participant, int epoch) {
        if (changes.has("clear")) {
            long further = fields.get("further");
            fields.replaceAll((field, value) -> 0L);
            fields.put("further", changes.get("clear").isTextual() ? further : 0);
        }
        for (Map.Entry<String, JsonNode> change : changes.properties()) {
            change(change.getKey(), change.getValue(), fields, participant, epoch);
        }
        if (changes.path("frees").asBoolean() && CLAIMS.stream().allMatch(claim -> fields.get(claim) == 0)) {
            fields.replaceAll((field, value) -> 0L);
            fields.put("state", (long) states.indexOf("free"));
        }
    }

    private void change(String what, JsonNode value, Map<String, Long> fields, int participant, int epoch) {
        switch (what) {
            case "clear", "frees" -> {}
            case "state" -> fields.put("state", (long) states.indexOf(value.asText()));
            case "own" -> {
                if (isInWord(participant)) {
                    long others = fields.get("holders") & ~bit(participant);
                    fields.put("holders", value.asBoolean() ? others | bit(participant) : others);
                } else {
                    fields.put("further", 1L);
                }
            }
            case "lent", "named" -> fields.put(what, value.asBoolean() ? 1L : 0L);
            case "epoch" -> fields.put("epoch", (long) epoch);
            case "further" -> fields.put("further", value.asText().equals("2 + p") ? 2L + participant : value.asLong());
            case "inFlight" -> {
                long left = value.asText().equals("0")
                        ? 0
                        : fields.get("inFlight") + (value.asText().equals("+ 1") ? 1 : -1);
                fields.put("inFlight", left);
                fields.put("epoch", left == 0 ? 0 : fields.get("epoch"));
            }
            default -> throw new IllegalArgumentException(what);
        }
    }

    private Map<String, Long> fields(long word) {
        Map<String, Long> fields = new LinkedHashMap<>();
        table.get("word")
                .properties()
                .forEach(field -> fields.put(
                        field.getKey(),
                        (word >>> field.getValue().get(0).asInt())
                                & ((1L << field.getValue().get(1).asInt()) - 1)));
        return fields;
    }

    private long word(Map<String, Long> fields) {
        long word = 0;
        for (Map.Entry<String, Long> field : fields.entrySet()) {
            word |= field.getValue()
                    << table.get("word").get(field.getKey()).get(0).asInt();
        }
        return word;
    }

    private boolean isInWord(int participant) {
        return participant < inWord;
    }

    private long bit(int participant) {
        return isInWord(participant) ? 1L << participant : 0;
    }
}
