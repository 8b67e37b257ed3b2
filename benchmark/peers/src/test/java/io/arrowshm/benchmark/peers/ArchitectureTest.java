package io.arrowshm.benchmark.peers;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import io.arrowshm.testing.ModuleRules;
import io.arrowshm.testing.UserRules;

@AnalyzeClasses(packages = "io.arrowshm.benchmark.peers", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchTests rulesOfEveryModule = ArchTests.in(ModuleRules.class);

    @ArchTest
    static final ArchTests usesTheLibraryAsAnybodyElse = ArchTests.in(UserRules.class);
}
