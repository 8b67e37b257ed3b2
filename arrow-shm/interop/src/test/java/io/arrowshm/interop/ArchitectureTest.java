package io.arrowshm.interop;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import io.arrowshm.testing.ModuleRules;

@AnalyzeClasses(packages = "io.arrowshm.interop")
class ArchitectureTest {
    @ArchTest
    static final ArchTests rulesOfEveryModule = ArchTests.in(ModuleRules.class);
}
