package io.arrowshm.benchmark.flink;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.benchmark.flink.job.Load;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The page of the published results. */
class PageTest {
    /** Relative to this module, in which Maven runs its tests. */
    private static final Path PUBLISHED = Path.of("../results/reference.json");

    private static Results results;
    private static Document page;

    @TempDir
    private Path directory;

    /** It is well-formed XML as well. */
    @BeforeAll
    static void parse() throws Exception {
        results = new ResultsFile(PUBLISHED).read();
        String html = new Page(results).html().replace("<!DOCTYPE html>\n", "");
        page = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(html.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void theAnswerStandsFirstThenThePicturesThenTheTable() {
        List<String> order = new ArrayList<>();
        for (Element element : elements("*")) {
            if (element.getTagName().equals("h2") && order.size() > 1) {
                break;
            }
            if (List.of("h2", "figure", "table").contains(element.getTagName())) {
                order.add(element.getTagName());
            } else if (element.getAttribute("class").equals("answer")) {
                order.add("answer");
            }
        }
        assertThat(order).containsExactly("h2", "answer", "answer", "figure", "figure", "figure", "table");
    }

    @Test
    void theFiguresOfTheAnswerAreThoseOfTheFile() throws IOException {
        JsonNode comparisons = new ObjectMapper().readTree(PUBLISHED.toFile()).path("comparisons");
        double times = Double.NaN;
        for (JsonNode comparison : comparisons) {
            if (comparison.path("question").asText().equals("SIZE")
                    && comparison.path("bytes").asInt() == 1 << 20) {
                times = arraysPerSecond(comparison, "reference") / arraysPerSecond(comparison, "pojo");
            }
        }
        assertThat(answers().get(0))
                .startsWith("By reference pays from about 755 B on (between 256 B and 1 KiB)")
                .contains(String.format(Locale.ROOT, "it moves %.0f times as many arrays", times))
                .endsWith("at 1 MiB.");
    }

    @Test
    void sizesAndNamesStandAtTheAxisAndAtTheEndsOfTheLines() {
        List<String> texts = texts(elements("svg").get(0), "text");
        assertThat(texts).contains("256 B", "1 KiB", "4 KiB", "64 KiB", "1 MiB", "16 MiB");
        assertThat(texts).contains("0.5", "1", "2", "5", "10", "20", "50", "100", "pays from 755 B");
        assertThat(texts)
                .anyMatch(text -> text.startsWith("reference "))
                .anyMatch(text -> text.startsWith("drop-in "))
                .anyMatch(text -> text.startsWith("pojo "))
                .anyMatch(text -> text.startsWith("memory copy "));
    }

    @Test
    void everyPointSaysItsFigureAndItsSpread() {
        assertThat(texts(elements("svg").get(0), "title"))
                .hasSize(6 * 6)
                .anyMatch(text -> text.matches("reference, 1 MiB: 34\\.5 GB/s, 29\\.9 to 37\\.2"));
    }

    @Test
    void everyPictureIsThereForWideAndForNarrowScreens() {
        for (Element figure : elements("figure")) {
            NodeList drawings = figure.getElementsByTagName("svg");
            assertThat(drawings.getLength()).isEqualTo(2);
            assertThat(((Element) drawings.item(0)).getAttribute("class")).isEqualTo("wide");
            assertThat(((Element) drawings.item(1)).getAttribute("class")).isEqualTo("narrow");
        }
    }

    @Test
    void noFigureIsMissing() {
        assertThat(page.getDocumentElement().getTextContent()).doesNotContain("NaN", "Infinity", "null");
    }

    @Test
    void whatCannotBeComparedIsShownAllTheSame() {
        Comparison alone = new Comparison(Questions.SIZE, Load.of(1).with(load -> load.bytes = 64));
        alone.add(Contestant.FLINKS_DEFAULT, Measured.atRate(1));
        String html = new Page(new Results(Measured.MACHINE, List.of(alone))).html();
        assertThat(html).contains("64 B").doesNotContain("<svg", "class=\"answer\"");
    }

    @Test
    void eachPictureIsAFileOfItsOwn() throws IOException {
        Plots.write(results, directory);
        try (var files = Files.list(directory)) {
            List<Path> pictures = files.sorted().toList();
            assertThat(pictures)
                    .extracting(picture -> picture.getFileName().toString())
                    .contains("size-rate.png", "size-cpu.png", "hops-each-of-16-mib-rate.png", "read-all-rate.png");
            for (Path picture : pictures) {
                assertThat(ImageIO.read(picture.toFile()).getWidth()).isGreaterThan(1_000);
            }
        }
    }

    @Test
    void everyExchangeHasAColourOfItsOwn() {
        assertThat(Hue.values()).extracting(Hue::light).doesNotHaveDuplicates();
        assertThat(Hue.values()).extracting(Hue::dark).doesNotHaveDuplicates();
        for (Contestant contestant : Contestant.all()) {
            assertThat(Hue.of(contestant.exchange()).style())
                    .isEqualTo(contestant.exchange().text());
        }
    }

    private static List<String> answers() {
        return elements("p").stream()
                .filter(paragraph -> paragraph.getAttribute("class").equals("answer"))
                .map(Element::getTextContent)
                .toList();
    }

    private static List<Element> elements(String tag) {
        return children(page.getDocumentElement(), tag);
    }

    private static List<String> texts(Element parent, String tag) {
        return children(parent, tag).stream().map(Element::getTextContent).toList();
    }

    private static List<Element> children(Element parent, String tag) {
        NodeList nodes = parent.getElementsByTagName(tag);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            elements.add((Element) nodes.item(i));
        }
        return elements;
    }

    private static double arraysPerSecond(JsonNode comparison, String exchange) {
        return comparison
                .path("exchanges")
                .path(exchange)
                .path("median")
                .path("arraysPerSecond")
                .asDouble();
    }
}
