package io.arrowshm.systemtest.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.systemtest.topology.TopologyPlan.Input;
import io.arrowshm.systemtest.topology.TopologyPlan.Node;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PlanGeneratorTest {
    private static final List<TopologyPlan> PLANS =
            LongStream.range(0, 200).mapToObj(PlanGenerator::generate).toList();

    @Test
    void aSeedAlwaysMakesTheSameTopology() {
        assertThat(PlanGenerator.generate(7)).isEqualTo(PLANS.get(7)).isNotEqualTo(PLANS.get(8));
    }

    @Test
    void everyKindOfNodeAndEveryPartitioningAndUnionsTurnUp() {
        Set<NodeKind> kinds = EnumSet.noneOf(NodeKind.class);
        Set<Partitioning> partitionings = EnumSet.noneOf(Partitioning.class);
        int mostOrigins = 0;
        for (TopologyPlan plan : PLANS) {
            assertThat(plan.operators()).isBetween(3, 12);
            for (Node node : plan.nodes()) {
                kinds.add(node.kind());
                assertThat(node.parallelism()).isBetween(1, 4);
                for (Input input : node.inputs()) {
                    partitionings.add(input.partitioning());
                    mostOrigins = Math.max(mostOrigins, input.origins().size());
                }
            }
        }
        assertThat(kinds).containsExactlyInAnyOrder(NodeKind.values());
        assertThat(partitionings).containsExactlyInAnyOrder(Partitioning.values());
        assertThat(mostOrigins).isGreaterThan(1);
    }

    @Test
    void recordsOfEverySizeFrom100BytesTo256KibibytesTurnUp() {
        assertThat(LongStream.range(0, 1_000).map(Words::count))
                .allMatch(count -> count >= 12 && count <= 32_768)
                .anyMatch(count -> count < 20)
                .anyMatch(count -> count > 20_000);
    }
}
