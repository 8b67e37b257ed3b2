package io.arrowshm.benchmark.jcstress;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.annotations.JCStressTest;

/** An annotation processor that does not run says nothing: then there would be nothing to be stressed. */
class TestListTest {
    @Test
    void theGeneratedListHasEveryRace() throws IOException {
        String list = Files.readString(Path.of("target", "classes", "META-INF", "TestList"));
        List<String> races = new ClassFileImporter()
                .importPath(Path.of("target", "classes")).stream()
                        .filter(race -> race.isAnnotatedWith(JCStressTest.class))
                        .map(JavaClass::getName)
                        .toList();
        assertThat(races).isNotEmpty().allSatisfy(race -> assertThat(list).contains(race));
    }
}
