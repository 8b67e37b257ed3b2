package io.arrowshm.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What holds in modules that use the library as anybody else does. */
public final class UserRules {
    @ArchTest
    static final ArchRule usesNothingInternalOfTheLibrary =
            noClasses().should().dependOnClassesThat().resideInAPackage(LibraryPackages.INTERNAL);

    @ArchTest
    static final ArchRule usesNothingInternalOfTheLoaders = noClasses()
            .that()
            .resideOutsideOfPackage("io.arrowshm.load..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.arrowshm.load.internal..");

    private UserRules() {}
}
