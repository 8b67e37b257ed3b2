package io.arrowshm.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What holds in every module of the project. */
public final class ModuleRules {
    /** The pattern makes every single package a slice, also the one that the others lie in. */
    @ArchTest
    static final ArchRule packagesFormNoCycles =
            slices().matching("io.arrowshm.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheLibraryUsesUnsafeNativeCallsAndChronicle = noClasses()
            .that()
            .resideOutsideOfPackage(LibraryPackages.INTERNAL)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("sun.misc..", "jdk.internal..", "com.sun.jna..", "net.openhft..");

    private ModuleRules() {}
}
