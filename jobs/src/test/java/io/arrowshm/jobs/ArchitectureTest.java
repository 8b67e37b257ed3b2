package io.arrowshm.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.arrowshm.jobs", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule usesOnlyWhatThePoolShowsItsUsers = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.arrowshm.internal.layout..",
                    "io.arrowshm.internal.memory..",
                    "io.arrowshm.internal.registry..",
                    "io.arrowshm.internal.allocator..",
                    "io.arrowshm.internal.recovery..",
                    "io.arrowshm.cli..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule usesNeitherUnsafeNorNativeCallsNorChronicle = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sun.misc..", "jdk.internal..", "com.sun.jna..", "net.openhft..")
            .allowEmptyShould(true);

    /** The pattern makes every single package a slice, also the one that the others lie in. */
    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.arrowshm.(**)").should().beFreeOfCycles().allowEmptyShould(true);
}
