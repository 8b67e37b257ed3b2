package io.arrowshm.benchmark.flink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.report.Machine;
import io.arrowshm.console.Json;
import io.arrowshm.console.UserErrorException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.TypeConversionException;

/** Results as JSON. */
final class ResultsFile {
    private static final ObjectMapper JSON = new ObjectMapper()
            // What is written for readers only, such as medians.
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

    private final Path file;

    ResultsFile(Path file) {
        this.file = file;
    }

    /** @throws UserErrorException if the file cannot be written */
    void write(Results results) {
        Json.write(file, document(results));
    }

    /** What a file of these results holds. */
    static ObjectNode document(Results results) {
        ObjectNode root = JSON.createObjectNode();
        root.set("machine", JSON.valueToTree(results.machine()));
        ArrayNode all = root.putArray("comparisons");
        results.comparisons().forEach(comparison -> all.add(json(comparison)));
        return root;
    }

    boolean exists() {
        return Files.exists(file);
    }

    /** @throws UserErrorException if it cannot be read, or is no such file */
    Results read() {
        try {
            JsonNode root = JSON.readTree(file.toFile());
            List<Comparison> comparisons = new ArrayList<>();
            for (JsonNode json : root.path("comparisons")) {
                comparisons.add(comparison(json));
            }
            return new Results(JSON.treeToValue(root.required("machine"), Machine.class), comparisons);
        } catch (IOException | IllegalArgumentException | TypeConversionException e) {
            throw new UserErrorException(
                    "%s holds no results of this version: %s; give the name of another file"
                            .formatted(file, e.getMessage()),
                    e);
        }
    }

    private static ObjectNode json(Comparison comparison) {
        ObjectNode json = JSON.createObjectNode();
        json.put("question", constantName(comparison.question().name()));
        json.put("bytes", comparison.load().bytes());
        json.set("load", JSON.valueToTree(comparison.load()));
        json.set("memoryCopiesGigabytesPerSecond", JSON.valueToTree(comparison.memoryCopies()));
        ObjectNode exchanges = json.putObject("exchanges");
        for (Contestant contestant : comparison.contestants()) {
            ObjectNode exchange = exchanges.putObject(contestant.text());
            exchange.set("median", JSON.valueToTree(comparison.median(contestant)));
            exchange.set("runs", JSON.valueToTree(comparison.sortedRuns(contestant)));
        }
        return json;
    }

    private static Comparison comparison(JsonNode json) throws JsonProcessingException {
        Comparison comparison = new Comparison(
                question(json.required("question").asText()), JSON.treeToValue(json.required("load"), Load.class));
        for (JsonNode copy : json.required("memoryCopiesGigabytesPerSecond")) {
            comparison.addMemoryCopy(copy.asDouble());
        }
        ContestantNames contestants = new ContestantNames();
        json.required("exchanges").properties().forEach(exchange -> {
            Contestant contestant = contestants.convert(exchange.getKey());
            for (JsonNode run : exchange.getValue().required("runs")) {
                comparison.add(contestant, JSON.convertValue(run, Measurement.class));
            }
        });
        return comparison;
    }

    private static Question question(String written) {
        return Questions.ALL.stream()
                .filter(question -> constantName(question.name()).equals(written))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no question " + written));
    }

    /** The spelling of files: {@code READ_ALL}. */
    private static String constantName(String name) {
        return name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
}
