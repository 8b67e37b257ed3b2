package io.arrowshm.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.testing.Documentation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What README.md and docs/ tell people to type exists. */
class DocumentationTest {
    /** What a snippet may take for granted: imports, and what its reader has already. */
    private static final String BEFORE = """
            import io.arrowshm.*;
            import io.arrowshm.array.*;
            import io.arrowshm.dataset.*;
            import io.arrowshm.flink.*;
            import io.arrowshm.flink.dropin.*;
            import io.arrowshm.flink.python.*;
            import io.arrowshm.flink.sink.*;
            import io.arrowshm.flink.source.*;
            import io.arrowshm.load.*;
            import io.arrowshm.map.*;
            import io.arrowshm.load.file.*;
            import java.util.*;
            import java.util.concurrent.Future;
            import org.apache.arrow.vector.*;
            import org.apache.arrow.vector.types.FloatingPointPrecision;
            import org.apache.arrow.vector.types.pojo.*;
            import org.apache.flink.api.common.typeinfo.Types;
            import org.apache.flink.streaming.api.datastream.DataStream;
            import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
            import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
            import org.apache.flink.util.Collector;
            import static io.arrowshm.map.Allocation.*;
            import static io.arrowshm.map.CallOptions.*;
            import static io.arrowshm.map.Functor.*;
            import static io.arrowshm.map.RangeKernel.ranged;

            class Snippet {
                DataStream<Long> numbers;
                DataStream<Segment> stream;
                PoolOptions poolOptions;
                Schema schema;

                static void fill(VectorSchemaRoot root, long number) {}

                static long sensor(VectorSchemaRoot root) {
                    return 0;
                }

                static double mean(NdArray array) {
                    return 0;
                }

                static class Calibrate extends KeyedProcessFunction<Long, Segment, Double> {
                    @Override
                    public void processElement(Segment segment, Context context, Collector<Double> out) {}
                }

                void snippet() throws Exception {
            """;

    private static final String AFTER = "}}";

    /** A comment may stand before the name. */
    private static final Pattern PROFILE = Pattern.compile("(?s)<profile>\\s*(?:<!--.*?-->\\s*)?<id>(.*?)</id>");

    @TempDir
    private Path directory;

    static List<Documentation.Block> snippets() {
        return Documentation.blocks("java");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("snippets")
    void snippetsOfJavaCompile(Documentation.Block snippet) throws IOException {
        JavaFileObject source =
                new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
                    @Override
                    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                        return BEFORE + snippet.text() + AFTER;
                    }
                };
        DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(diagnostics, null, null)) {
            List<String> options = List.of("-proc:none", "-d", directory.toString());
            compiler.getTask(null, files, diagnostics, options, null, List.of(source))
                    .call();
        }
        assertThat(diagnostics.getDiagnostics().stream()
                        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
                        .map(diagnostic -> diagnostic.getMessage(Locale.ROOT)))
                .isEmpty();
    }

    static Stream<List<String>> jobCommands() {
        return Documentation.commands("jobs/run").stream();
    }

    @ParameterizedTest(name = "jobs/run {0}")
    @MethodSource("jobCommands")
    void commandsOfJobsExist(List<String> arguments) {
        parse(new CommandLine(Main.commands()), arguments);
    }

    static Stream<List<String>> poolCommands() {
        return Documentation.commands("arrow-shm/bin/arrow-shm").stream();
    }

    @ParameterizedTest(name = "arrow-shm {0}")
    @MethodSource("poolCommands")
    void commandsOfPoolsExist(List<String> arguments) {
        parse(new CommandLine(new io.arrowshm.cli.Main()), arguments);
    }

    static Stream<List<String>> builds() {
        return Documentation.commands("./mvnw").stream();
    }

    @ParameterizedTest(name = "./mvnw {0}")
    @MethodSource("builds")
    void profilesOfTheBuildExist(List<String> arguments) throws IOException {
        Set<String> ids = new HashSet<>();
        Path root = Documentation.root();
        for (String pom : List.of("pom.xml", "flink-connector/system-tests/pom.xml")) {
            PROFILE.matcher(Files.readString(root.resolve(pom))).results().forEach(id -> ids.add(id.group(1)));
        }
        assertThat(ids)
                .containsAll(arguments.stream()
                        .filter(argument -> argument.startsWith("-P"))
                        .map(argument -> argument.substring(2))
                        .toList());
    }

    /** Throws what the command would print. */
    private static void parse(CommandLine command, List<String> arguments) {
        CommandLine.ParseResult result =
                command.setCaseInsensitiveEnumValuesAllowed(true).parseArgs(arguments.toArray(new String[0]));
        // Where a job is expected, any word is one until the command runs.
        assertThat(result.matchedPositionals()).isEmpty();
    }
}
