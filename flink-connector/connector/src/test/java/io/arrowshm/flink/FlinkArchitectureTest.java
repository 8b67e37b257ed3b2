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
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;
import org.apache.flink.annotation.Experimental;
import org.apache.flink.annotation.Internal;
import org.apache.flink.annotation.Public;
import org.apache.flink.annotation.PublicEvolving;
import org.apache.flink.annotation.VisibleForTesting;
import org.apache.flink.architecture.rules.ApiAnnotationRules;
import org.apache.flink.configuration.ConfigOption;

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

    /** Classes that Flink promises nothing about; nothing that is public serves instead. */
    private static final Set<String> NOT_PROMISED = Set.of(
            // What Flink gives sources and sinks for their serializers; all connectors use them.
            "org.apache.flink.core.memory.DataInputDeserializer",
            "org.apache.flink.core.memory.DataOutputSerializer",
            // Serializers whose formats and snapshots are Flink's.
            "org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton",
            "org.apache.flink.api.common.typeutils.base.array.BytePrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.DoublePrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.FloatPrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.IntPrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.LongPrimitiveArraySerializer",
            "org.apache.flink.api.common.typeutils.base.array.ShortPrimitiveArraySerializer",
            // Operators of one's own, which the public AbstractStreamOperator and TwoInputStreamOperator are made of.
            "org.apache.flink.runtime.checkpoint.CheckpointOptions",
            "org.apache.flink.runtime.jobgraph.OperatorID",
            "org.apache.flink.runtime.state.CheckpointStreamFactory",
            "org.apache.flink.streaming.api.operators.OperatorSnapshotFutures",
            "org.apache.flink.streaming.api.operators.SimpleOperatorFactory",
            "org.apache.flink.streaming.api.operators.StreamTaskStateInitializer",
            "org.apache.flink.streaming.api.operators.StreamingRuntimeContext",
            "org.apache.flink.streaming.runtime.streamrecord.StreamRecord",
            "org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus",
            // Functions of two inputs behind an edge of the connector: Flink's operators for them, and how they are put
            // there.
            "org.apache.flink.api.dag.Transformation",
            "org.apache.flink.streaming.api.operators.co.CoBroadcastWithKeyedOperator",
            "org.apache.flink.streaming.api.operators.co.CoBroadcastWithNonKeyedOperator",
            "org.apache.flink.streaming.api.operators.co.CoProcessOperator",
            "org.apache.flink.streaming.api.operators.co.CoStreamFlatMap",
            "org.apache.flink.streaming.api.operators.co.CoStreamMap",
            "org.apache.flink.streaming.api.operators.co.KeyedCoProcessOperator",
            "org.apache.flink.streaming.api.transformations.TwoInputTransformation",
            // Where Flink keeps the state of a key.
            "org.apache.flink.runtime.state.KeyGroupRangeAssignment",
            // Functions around those of users, and functions that make segments asynchronously.
            "org.apache.flink.api.common.functions.WrappingFunction",
            "org.apache.flink.runtime.event.WatermarkEvent",
            "org.apache.flink.streaming.api.operators.async.AsyncWaitOperatorFactory",
            // What an edge is written into, which says how many receivers there are.
            "org.apache.flink.runtime.io.network.partition.ResultPartitionID",
            "org.apache.flink.runtime.jobgraph.IntermediateDataSetID",
            "org.apache.flink.runtime.jobgraph.IntermediateResultPartitionID",
            // Whether an exchange is pipelined, flushing it, and showing a wait as back-pressure.
            "org.apache.flink.runtime.execution.Environment",
            "org.apache.flink.runtime.io.network.api.writer.ResultPartitionWriter",
            "org.apache.flink.runtime.io.network.partition.ResultPartitionType",
            "org.apache.flink.runtime.jobgraph.JobType",
            "org.apache.flink.runtime.metrics.TimerGauge",
            "org.apache.flink.runtime.metrics.groups.TaskIOMetricGroup",
            "org.apache.flink.runtime.metrics.groups.TaskMetricGroup",
            "org.apache.flink.streaming.api.graph.NonChainedOutput",
            "org.apache.flink.streaming.api.graph.StreamConfig",
            "org.apache.flink.streaming.runtime.tasks.StreamTask",
            // Edges that stay aligned.
            "org.apache.flink.streaming.api.transformations.PartitionTransformation",
            "org.apache.flink.streaming.runtime.partitioner.StreamPartitioner",
            // Drop-in mode looks into the tasks of jobs that do not know it.
            "org.apache.flink.configuration.GlobalConfiguration",
            "org.apache.flink.runtime.accumulators.AccumulatorRegistry",
            "org.apache.flink.runtime.io.network.api.writer.ChannelSelector",
            "org.apache.flink.runtime.io.network.api.writer.ChannelSelectorRecordWriter",
            "org.apache.flink.runtime.io.network.api.writer.RecordWriter",
            "org.apache.flink.runtime.io.network.api.writer.RecordWriterDelegate",
            "org.apache.flink.runtime.taskmanager.Task",
            "org.apache.flink.runtime.taskmanager.TaskManagerRuntimeInfo");

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

    @ArchTest
    static final ArchRule dependsOnFlinksPublicClassesAndTheNamedOnes = classes()
            .should()
            .onlyDependOnClassesThat(resideOutsideOfPackage("org.apache.flink..")
                    .or(arePromised())
                    .or(DescribedPredicate.describe("are named", type -> NOT_PROMISED.contains(outermost(type)))));

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
