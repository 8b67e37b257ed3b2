package io.arrowshm.systemtest.stock;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.testing.Documentation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.YamlParserUtils;
import org.junit.jupiter.api.Test;

/** The files that docs/install.md tells people to copy. */
class InstallFilesTest {
    private static final Path ROOT = Documentation.root();
    private static final Path FILES = ROOT.resolve("docs/install");
    private static final Pattern OUR_VERSION = Pattern.compile("\\d+\\.\\d+\\.\\d+-SNAPSHOT");
    private static final Pattern FLINK_VERSION =
            Pattern.compile("flink(?:-arrow-shm|\\.version>)?:?(\\d+\\.\\d+\\.\\d+)");

    @Test
    void taskManagersOfTheComposeFileShareATmpfs() throws Exception {
        JsonNode compose = yaml("compose.yaml");
        for (String service : Set.of("jobmanager", "taskmanager")) {
            JsonNode node = compose.at("/services/" + service);
            assertThat(node.at("/volumes/0").asText()).as(service).isEqualTo("shared-memory:/dev/shm");
            assertThat(node.at("/image").asText()).isEqualTo("flink-arrow-shm:" + pom("flink.version"));
        }
        assertThat(compose.at("/services/taskmanager/deploy/replicas").asInt()).isGreaterThan(1);
        assertThat(compose.at("/volumes/shared-memory/driver_opts/type").asText())
                .isEqualTo("tmpfs");
    }

    @Test
    void podsOfTaskManagersShareTheTmpfsOfTheirNode() throws Exception {
        JsonNode pod = yaml("pod-template.yaml");
        assertThat(pod.at("/kind").asText()).isEqualTo("Pod");
        JsonNode container = pod.at("/spec/containers/0");
        assertThat(container.at("/name").asText()).isEqualTo("flink-main-container");
        assertThat(container.at("/volumeMounts/0/mountPath").asText()).isEqualTo("/dev/shm");
        JsonNode volume = pod.at("/spec/volumes/0");
        assertThat(volume.at("/name")).isEqualTo(container.at("/volumeMounts/0/name"));
        assertThat(volume.at("/hostPath/path").asText()).isEqualTo("/dev/shm");
        assertThat(pod.at("/spec/affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/0"
                                + "/podAffinityTerm/labelSelector/matchLabels")
                        .properties())
                .isSubsetOf(pod.at("/metadata/labels").properties());
    }

    /** The version stands in one place of the build, and in what people copy. */
    @Test
    void versionsAreThoseOfTheBuild() throws IOException {
        Set<String> ours = new HashSet<>();
        Set<String> flinks = new HashSet<>();
        try (Stream<Path> files = Files.list(FILES)) {
            for (Path file : Stream.concat(
                            files,
                            Stream.of("docs/install.md", "docs/connector.md", "jobs/your-own-job/pom.xml")
                                    .map(ROOT::resolve))
                    .toList()) {
                String text = Files.readString(file);
                OUR_VERSION.matcher(text).results().forEach(found -> ours.add(found.group()));
                FLINK_VERSION.matcher(text).results().forEach(found -> flinks.add(found.group(1)));
            }
        }
        assertThat(ours).containsExactly(pom("revision"));
        assertThat(flinks).containsExactly(pom("flink.version"));
    }

    private static String pom(String property) throws IOException {
        String pom = Files.readString(ROOT.resolve("pom.xml"));
        String start = "<" + property + ">";
        return pom.substring(pom.indexOf(start) + start.length(), pom.indexOf("</" + property + ">"));
    }

    private static JsonNode yaml(String name) throws Exception {
        return new ObjectMapper()
                .valueToTree(YamlParserUtils.loadYamlFile(FILES.resolve(name).toFile()));
    }
}
