package io.arrowshm.map;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.arrowshm.testing.ConnectorRules;
import io.arrowshm.testing.ModuleRules;

@AnalyzeClasses(packages = "io.arrowshm.map", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchTests rulesOfEveryModule = ArchTests.in(ModuleRules.class);

    @ArchTest
    static final ArchTests usesTheLibraryThroughItsAccess = ArchTests.in(ConnectorRules.class);

    @ArchTest
    static final ArchRule howACallRunsDoesNotKnowWhere = noClasses()
            .that()
            .resideInAPackage("io.arrowshm.map.internal.run..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.arrowshm", "io.arrowshm.array..", "io.arrowshm.flink..", "org.apache.flink..");

    @ArchTest
    static final ArchRule doesNotKnowTheModulesAbove =
            noClasses().should().dependOnClassesThat().resideInAnyPackage("io.arrowshm.jobs..", "io.arrowshm.cli..");
}
