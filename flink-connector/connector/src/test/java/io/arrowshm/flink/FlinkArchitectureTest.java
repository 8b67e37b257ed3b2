package io.arrowshm.flink;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.apache.flink.architecture.common.Conditions.fulfill;
import static org.apache.flink.architecture.common.Conditions.haveLeafTypes;
import static org.apache.flink.architecture.common.Predicates.areDirectlyAnnotatedWithAtLeastOneOf;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.invoke.MethodHandles;
import java.util.Set;
import org.apache.flink.annotation.Experimental;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.Public;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.annotation.VisibleForTesting;
import org.apache.flink.architecture.rules.ApiAnnotationRules;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Flink's rules of architecture for connectors. Those that look at any package are Flink's own; those that look only at
 * packages of Flink are repeated here for ours. Nothing is frozen, see {@link NothingFrozen}.
 *
 * <p>Left out, because there is nothing that they could look at: what is {@code @Public} (all of ours is
 * {@code @PublicEvolving} until it is released); table factories and options of table connectors (there is no SQL
 * connector); reading options of checkpoints by the methods for that (they are new in 2.2); {@code ITCase} names and cluster extensions (integration tests are named {@code *IT}, as Maven's plugin has
 * them, and run on clusters of real processes, or of this process with a pool of their own).
 */
@AnalyzeClasses(packages = "io.arrowshm.flink", importOptions = DoNotIncludeTests.class)
class FlinkArchitectureTest {
    private static final String OURS = "io.arrowshm.flink..";

    /** Where the connector touches what Flink promises nothing about. */
    private static final String SEAM = "io.arrowshm.flink.internals";

    /** What has no other way to it. */
    private static final Set<String> FOR_FLINKS_TESTS = Set.of(
            // The context of the operator that this one receives for.
            "org.apache.flink.streaming.api.operators.AbstractStreamOperator.getRuntimeContext()",
            // Drop-in mode asks the selector that it replaces.
            "org.apache.flink.runtime.io.network.api.writer.ChannelSelectorRecordWriter.getChannelSelector()");

    @ArchTest
    static final ArchRule evolvingMethodsUseOnlyPublicTypesOfFlink =
            ApiAnnotationRules.PUBLIC_EVOLVING_API_METHODS_USE_ONLY_PUBLIC_EVOLVING_API_TYPES;

    /** Methods that only Flink calls are internal. */
    @ArchTest
    static final ArchRule evolvingMethodsUseOnlyPublicTypesOfOurs = methods()
            .that()
            .areDeclaredInClassesThat(areDirectlyAnnotatedWithAtLeastOneOf(PublicEvolving.class))
            .and()
            .arePublic()
            .and()
            .areNotAnnotatedWith(Internal.class)
            .should(haveLeafTypes(resideOutsideOfPackage(OURS).or(annotatedWith(PublicEvolving.class))));

    /** A nested class is as public as the one around it. */
    @ArchTest
    static final ArchRule whatIsPublicSaysWhatItPromises = classes()
            .that()
            .arePublic()
            .and()
            .areTopLevelClasses()
            .should(fulfill(areDirectlyAnnotatedWithAtLeastOneOf(
                    Internal.class, Experimental.class, PublicEvolving.class, Public.class)));

    @ArchTest
    static final ArchRule callsNothingThatIsThereForFlinksTests = noClasses()
            .should()
            .callMethodWhere(DescribedPredicate.describe(
                    "the method is there for tests",
                    call -> call.getTarget()
                            .resolveMember()
                            .filter(method -> method.isAnnotatedWith(VisibleForTesting.class))
                            .filter(method -> !FOR_FLINKS_TESTS.contains(method.getFullName()))
                            .isPresent()));

    /** A record is what the operators of one's own get and emit, which are public. */
    @ArchTest
    static final ArchRule onlyTheSeamDependsOnWhatFlinkDoesNotPromise = classes()
            .that()
            .resideOutsideOfPackage(SEAM)
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackage("org.apache.flink..")
                    .or(resideInAPackage("org.apache.flink.annotation"))
                    .or(belongTo(areDirectlyAnnotatedWithAtLeastOneOf(Public.class, PublicEvolving.class)))
                    .or(type(StreamRecord.class)));

    /** Those of drop-in mode's wrappers look at classes of users. */
    @ArchTest
    static final ArchRule onlyTheSeamLooksIntoClassesOfFlink = noClasses()
            .that()
            .resideOutsideOfPackage(SEAM)
            .and()
            .haveNameNotMatching("io\\.arrowshm\\.flink\\.dropin\\.Wrapper(s|Field|TypeInfoFactory)")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.reflect")
            .orShould()
            .dependOnClassesThat()
            .belongToAnyOf(MethodHandles.class)
            .orShould()
            .callMethodWhere(target(owner(type(Class.class)))
                    .and(target(nameMatching("forName|get(Declared)?(Field|Method|Constructor)s?"))));

    @ArchTest
    static final ArchRule optionsAreInClassesOfOptions = fields().that()
            .haveRawType(ConfigOption.class)
            .should()
            .beDeclaredInClassesThat()
            .haveSimpleNameEndingWith("Options")
            .andShould()
            .beDeclaredInClassesThat(areDirectlyAnnotatedWithAtLeastOneOf(PublicEvolving.class));
}
