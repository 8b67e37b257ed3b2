package io.arrowshm.flink;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.properties.CanBeAnnotated.Predicates.annotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.apache.flink.architecture.common.Conditions.fulfill;
import static org.apache.flink.architecture.common.Conditions.haveLeafTypes;
import static org.apache.flink.architecture.common.Predicates.areDirectlyAnnotatedWithAtLeastOneOf;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.junit.ArchTests;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.apache.flink.annotation.Experimental;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.Public;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.annotation.VisibleForTesting;
import org.apache.flink.architecture.rules.ApiAnnotationRules;
import org.apache.flink.architecture.rules.CheckpointingConfigurationAccessRules;
import org.apache.flink.configuration.ConfigOption;

/**
 * Flink's rules of architecture for connectors. Those that look at any package are Flink's own; those that look only at
 * packages of Flink are repeated here for ours. Nothing is frozen, see {@link NothingFrozen}.
 *
 * <p>Left out, because there is nothing that they could look at: what is {@code @Public} (all of ours is
 * {@code @PublicEvolving} until it is released); table factories and options of table connectors (there is no SQL
 * connector); {@code ITCase} names and cluster extensions (integration tests are named {@code *IT}, as Maven's plugin has
 * them, and run on clusters of real processes, or of this process with a pool of their own).
 */
@AnalyzeClasses(packages = "io.arrowshm.flink", importOptions = DoNotIncludeTests.class)
class FlinkArchitectureTest {
    private static final String OURS = "io.arrowshm.flink..";

    /** Ours that Flink promises nothing about; each is there for a reason that no public class serves. */
    private static final Set<String> NOT_PUBLIC = Set.of(
            // Serializers whose format and snapshots are Flink's.
            "org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton",
            "org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.DoublePrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.FloatPrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.IntPrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.ShortPrimitiveArraySerializer");

    @ArchTest
    static final ArchTests readsOptionsOfCheckpointsAsFlinkDoes =
            ArchTests.in(CheckpointingConfigurationAccessRules.class);

    @ArchTest
    static final ArchRule evolvingMethodsUseOnlyPublicTypesOfFlink =
            ApiAnnotationRules.PUBLIC_EVOLVING_API_METHODS_USE_ONLY_PUBLIC_EVOLVING_API_TYPES;

    @ArchTest
    static final ArchRule evolvingMethodsUseOnlyPublicTypesOfOurs = methods()
            .that()
            .areDeclaredInClassesThat(areDirectlyAnnotatedWithAtLeastOneOf(PublicEvolving.class))
            .and()
            .arePublic()
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
            .callMethodWhere(JavaCall.Predicates.target(
                    annotatedWith(VisibleForTesting.class).<AccessTarget>forSubtype()));

    @ArchTest
    static final ArchRule dependsOnFlinksPublicClassesAndTheNamedOnes = classes()
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackage("org.apache.flink..")
                    .or(arePromised())
                    .or(DescribedPredicate.describe("are named", type -> NOT_PUBLIC.contains(outermost(type)))));

    @ArchTest
    static final ArchRule optionsAreInClassesOfOptions = fields().that()
            .haveRawType(ConfigOption.class)
            .should()
            .beDeclaredInClassesThat()
            .haveSimpleNameEndingWith("Options")
            .andShould()
            .beDeclaredInClassesThat(areDirectlyAnnotatedWithAtLeastOneOf(PublicEvolving.class));

    private static DescribedPredicate<JavaClass> arePromised() {
        return belongTo(areDirectlyAnnotatedWithAtLeastOneOf(Public.class, PublicEvolving.class, Experimental.class))
                .or(resideInAPackage("org.apache.flink.util.."))
                .or(resideInAPackage("org.apache.flink.annotation.."));
    }

    private static String outermost(JavaClass type) {
        JavaClass component = type.getBaseComponentType();
        return component
                .getEnclosingClass()
                .map(FlinkArchitectureTest::outermost)
                .orElse(component.getName());
    }
}
