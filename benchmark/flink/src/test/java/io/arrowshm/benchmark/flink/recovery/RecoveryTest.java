package io.arrowshm.benchmark.flink.recovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private static final long MEBIBYTE = 1 << 20;

    @Test
    void killsOfOneKindAreOneCase() {
        Recovery recovery = Recovery.of(List.of(
                reference(Role.RECEIVER, 30), pojo(1000), reference(Role.SENDER, 5), reference(Role.RECEIVER, 10)));
        assertThat(recovery.cases())
                .extracting(
                        Recovery.Case::exchange,
                        Recovery.Case::killed,
                        kind -> kind.runsAgainMs().runs().size())
                .containsExactly(
                        tuple("reference", "receiver", 2),
                        tuple("pojo", "receiver", 1),
                        tuple("reference", "sender", 1));
        Recovery.Case first = recovery.cases().get(0);
        assertThat(first.heldBackMs().runs()).containsExactly(10.0, 30.0);
        assertThat(first.heldMebibytes().median()).isEqualTo(32);
        assertThat(first.inFlightMebibytes().median()).isEqualTo(64);
        assertThat(first.inFlightBackMs().most()).isEqualTo(300);
    }

    @Test
    void anExchangeWithoutMemoryInThePoolHasNoFiguresOfIt() {
        Recovery recovery = Recovery.of(List.of(pojo(1234)));
        assertThat(recovery.cases()).singleElement().satisfies(kind -> {
            assertThat(kind.heldBackMs()).isNull();
            assertThat(kind.inFlightBackMs()).isNull();
        });
        assertThat(recovery.table()).contains("pojo", "1,234", "10 s", "900", "3");
    }

    private static Kill reference(Role killed, double heldBackMs) {
        return new Kill(
                Heartbeats.SHORT,
                Traffic.REFERENCE,
                killed,
                new Kill.Memory(32 * MEBIBYTE, heldBackMs, 64 * MEBIBYTE, 10 * heldBackMs),
                400,
                1500,
                2,
                2000);
    }

    private static Kill pojo(double runsAgainMs) {
        return new Kill(Heartbeats.FLINK, Traffic.POJO, Role.RECEIVER, null, 400, 900, 3, runsAgainMs);
    }
}
