package io.arrowshm.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** What holds in modules that may do with the library's handles what users may not. */
public final class ConnectorRules {
    @ArchTest
    static final ArchRule usesOnlyTheAccessOfWhatIsInternal =
            noClasses().should().dependOnClassesThat().resideInAPackage(LibraryPackages.BEHIND_ACCESS);

    private ConnectorRules() {}
}
