package io.arrowshm.benchmark.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Benchmark;

/** An annotation processor that does not run says nothing: then there would be nothing to be measured. */
class BenchmarkListTest {
    @Test
    void theGeneratedListHasEveryBenchmark() throws IOException {
        String list = Files.readString(Path.of("target", "classes", "META-INF", "BenchmarkList"));
        List<JavaMethod> benchmarks = new ClassFileImporter()
                .importPath(Path.of("target", "classes")).stream()
                        .map(JavaClass::getMethods)
                        .flatMap(Set::stream)
                        .filter(method -> method.isAnnotatedWith(Benchmark.class))
                        .toList();
        assertThat(benchmarks)
                .isNotEmpty()
                .allSatisfy(benchmark -> assertThat(list)
                        .contains(benchmark.getOwner().getName())
                        .contains(benchmark.getName()));
    }
}
