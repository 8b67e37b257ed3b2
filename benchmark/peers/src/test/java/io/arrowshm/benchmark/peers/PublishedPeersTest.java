package io.arrowshm.benchmark.peers;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PublishedPeersTest {
    /** Relative to this module, in which Maven runs its tests. */
    private static final Path PUBLISHED = Path.of("../results");

    @ParameterizedTest
    @ValueSource(strings = {"peers", "peers-fastest", "peers-pyflink"})
    void filesThatWerePublishedHaveTheFieldsThatAreWritten(String name) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        JsonNode published = mapper.readTree(PUBLISHED.resolve(name + ".json").toFile());
        JsonNode written = mapper.valueToTree(mapper.treeToValue(published, PeerResults.class));
        assertThat(written).isEqualTo(published);
    }
}
