package io.arrowshm.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
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

    @ArchTest
    static final ArchRule formatsDoNotKnowEachOther = slices().matching("io.arrowshm.load.internal.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(resideInAPackage("..hdf5.."), resideInAPackage("..array.."));

    @ArchTest
    static final ArchRule onlyOnePlaceKnowsJhdf = isKnownOnlyIn("io.arrowshm.load.internal.hdf5..", "io.jhdf..");

    @ArchTest
    static final ArchRule onlyOnePlaceKnowsDuckDb =
            isKnownOnlyIn("io.arrowshm.load.internal.table..", "org.duckdb..", "java.sql..", "org.apache.arrow.c..");

    private static ArchRule isKnownOnlyIn(String place, String... library) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(place)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(library);
    }
}
