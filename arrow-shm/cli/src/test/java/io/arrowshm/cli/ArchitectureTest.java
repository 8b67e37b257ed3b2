package io.arrowshm.cli;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import io.arrowshm.testing.ModuleRules;
import io.arrowshm.testing.UserRules;

@AnalyzeClasses(
        packages = {"io.arrowshm.cli", "io.arrowshm.console", "io.arrowshm.load"},
        importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchTests rulesOfEveryModule = ArchTests.in(ModuleRules.class);

    @ArchTest
    static final ArchTests usesTheLibraryAsAnybodyElse = ArchTests.in(UserRules.class);
}
