package io.arrowshm.benchmark.peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

/**
 * What one run of a program printed.
 *
 * @param interpreter that ran it, and its version
 * @param versions of the packages it used
 * @param large milliseconds of each hand-over of the large array
 * @param small milliseconds of each hand-over of all small arrays
 */
record Times(String interpreter, Map<String, String> versions, List<Double> large, List<Double> small) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** @throws PeerFailedException if it is no such line */
    static Times parse(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            Map<String, String> versions = new LinkedHashMap<>();
            json.path("versions")
                    .properties()
                    .forEach(each -> versions.put(each.getKey(), each.getValue().asText()));
            Times times = new Times(
                    json.path("interpreter").asText(),
                    versions,
                    milliseconds(json.path("large")),
                    milliseconds(json.path("small")));
            if (times.large.isEmpty() || times.small.isEmpty()) {
                throw new PeerFailedException("it printed no times: " + line);
            }
            return times;
        } catch (JsonProcessingException e) {
            throw new PeerFailedException("it printed no line of JSON: " + line, e);
        }
    }

    private static List<Double> milliseconds(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asDouble)
                .toList();
    }
}
