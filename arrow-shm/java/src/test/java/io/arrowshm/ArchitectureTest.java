package io.arrowshm;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.arrowshm", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule doesNotKnowFlinkNorTheModulesAbove = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "io.arrowshm.flink..", "io.arrowshm.jobs..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyTheRegistryKnowsChronicleMap = noClasses()
            .that()
            .resideOutsideOfPackage("io.arrowshm.internal.registry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("net.openhft.chronicle.map..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyMemoryUsesUnsafeOrJna = noClasses()
            .that()
            .resideOutsideOfPackage("io.arrowshm.internal.memory..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sun.misc..", "jdk.internal..", "com.sun.jna..")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule onlyMemoryDeclaresNativeMethods = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage("io.arrowshm.internal.memory..")
            .should()
            .haveModifier(NATIVE)
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule layoutStandsAlone = noClasses()
            .that()
            .resideInAPackage("io.arrowshm.internal.layout..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.arrowshm..").and(resideOutsideOfPackage("io.arrowshm.internal.layout..")))
            .allowEmptyShould(true);

    /** The pattern makes every single package a slice, also the one that the others lie in. */
    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.arrowshm.(**)").should().beFreeOfCycles().allowEmptyShould(true);
}
