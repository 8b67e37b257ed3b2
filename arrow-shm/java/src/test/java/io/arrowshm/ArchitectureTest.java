package io.arrowshm;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaModifier.NATIVE;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import io.arrowshm.testing.LibraryRules;
import io.arrowshm.testing.ModuleRules;

@AnalyzeClasses(packages = "io.arrowshm", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchTests rulesOfEveryModule = ArchTests.in(ModuleRules.class);

    @ArchTest
    static final ArchTests whatUsersSee = ArchTests.in(LibraryRules.class);

    @ArchTest
    static final ArchRule doesNotKnowFlinkNorTheModulesAbove = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.apache.flink..", "io.arrowshm.flink..", "io.arrowshm.jobs..");

    @ArchTest
    static final ArchRule onlyTheRegistryKnowsChronicleMap = noClasses()
            .that()
            .resideOutsideOfPackage("io.arrowshm.internal.registry..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("net.openhft.chronicle.map..");

    @ArchTest
    static final ArchRule onlyMemoryUsesUnsafeOrJna = noClasses()
            .that()
            .resideOutsideOfPackage("io.arrowshm.internal.memory..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sun.misc..", "jdk.internal..", "com.sun.jna..");

    @ArchTest
    static final ArchRule onlyMemoryDeclaresNativeMethods = noMethods()
            .that()
            .areDeclaredInClassesThat()
            .resideOutsideOfPackage("io.arrowshm.internal.memory..")
            .should()
            .haveModifier(NATIVE);

    @ArchTest
    static final ArchRule layoutStandsAlone = noClasses()
            .that()
            .resideInAPackage("io.arrowshm.internal.layout..")
            .should()
            .dependOnClassesThat(
                    resideInAPackage("io.arrowshm..").and(resideOutsideOfPackage("io.arrowshm.internal.layout..")));
}
