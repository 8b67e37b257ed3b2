package io.arrowshm.stress;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.openjdk.jcstress.annotations.JCStressTest;

/** An annotation processor that does not run says nothing: then there would be nothing to be stressed. */
class TestListTest {
    @Test
    void theGeneratedListHasEveryRace() throws IOException {
        StringBuilder lists = new StringBuilder();
        for (URL url : Collections.list(getClass().getClassLoader().getResources("META-INF/TestList"))) {
            lists.append(new String(url.openStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        List<String> races = new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("io.arrowshm.stress")
                        .stream()
                        .filter(race -> race.isAnnotatedWith(JCStressTest.class))
                        .map(JavaClass::getName)
                        .toList();
        assertThat(races).isNotEmpty().allSatisfy(race -> assertThat(lists).contains(race));
    }
}
