package io.arrowshm.flink;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.arrowshm.testing.ConnectorRules;
import io.arrowshm.testing.ModuleRules;

@AnalyzeClasses(packages = "io.arrowshm.flink", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchTests rulesOfEveryModule = ArchTests.in(ModuleRules.class);

    @ArchTest
    static final ArchTests usesTheLibraryThroughItsAccess = ArchTests.in(ConnectorRules.class);

    @ArchTest
    static final ArchRule doesNotKnowTheModulesAbove = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.arrowshm.jobs..", "io.arrowshm.cli..", "io.arrowshm.cluster..");
}
