package io.arrowshm.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What users see of the library. */
public final class LibraryRules {
    @ArchTest
    static final ArchRule whatIsNotPublicIsInternal = classes()
            .that()
            .resideOutsideOfPackages(LibraryPackages.publicOnes())
            .should()
            .resideInAPackage(LibraryPackages.INTERNAL);

    @ArchTest
    public static final ArchRule whatUsersSeeNamesNothingInternal =
            classes().that(LibraryPackages.isSeenByUsers()).should(LibraryPackages.showNothingInternal());

    private LibraryRules() {}
}
