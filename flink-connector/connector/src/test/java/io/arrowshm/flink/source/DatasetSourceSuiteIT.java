package io.arrowshm.flink.source;

import io.arrowshm.flink.TestPool;
import io.arrowshm.flink.source.enumerator.SplitPolicy;
import java.net.URL;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.connector.testframe.environment.MiniClusterTestEnvironment;
import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.external.ExternalSystemSplitDataWriter;
import org.apache.flink.connector.testframe.external.source.DataStreamSourceExternalContext;
import org.apache.flink.connector.testframe.external.source.TestingSourceSettings;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.apache.flink.connector.testframe.junit.annotations.TestEnv;
import org.apache.flink.connector.testframe.junit.annotations.TestSemantics;
import org.apache.flink.connector.testframe.testsuites.SourceTestSuiteBase;
import org.apache.flink.core.execution.CheckpointingMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flink's own tests of sources, all of them. */
class DatasetSourceSuiteIT extends SourceTestSuiteBase<Long> {
    @RegisterExtension
    static final TestPool POOL = new TestPool("source-suite");

    @TestEnv
    MiniClusterTestEnvironment environment = new MiniClusterTestEnvironment();

    @TestSemantics
    CheckpointingMode[] semantics = {CheckpointingMode.EXACTLY_ONCE};

    @TestContext
    ExternalContextFactory<Context> contexts = Context::new;

    /** What Flink's tests call a split is a row of datasets here, each of one array. */
    private static final class Context implements DataStreamSourceExternalContext<Long> {
        private static final AtomicInteger CONTEXTS = new AtomicInteger();
        private static final int MOST_RECORDS = 200;

        private final String prefix = "suite/" + CONTEXTS.incrementAndGet();
        private final AtomicInteger writers = new AtomicInteger();

        Context(String testName) {}

        @Override
        public Source<Long, ?, ?> createSource(TestingSourceSettings settings) {
            DatasetSourceBuilder<Long> builder = DatasetSource.rows(
                            POOL.options(),
                            (rows, out) -> {
                                for (long i = 0; i < rows.array().length(0); i++) {
                                    out.collect(rows.array().getLong(i));
                                }
                            },
                            Types.LONG)
                    .setDatasetsBelow(prefix)
                    .setSplitPolicy(SplitPolicy.bySegment())
                    .setRowsPerRecord(7);
            return settings.getBoundedness() == Boundedness.BOUNDED
                    ? builder.build()
                    : builder.setDiscoveryInterval(Duration.ofMillis(10)).build();
        }

        @Override
        public ExternalSystemSplitDataWriter<Long> createSourceSplitDataWriter(TestingSourceSettings settings) {
            String row = prefix + "/" + writers.incrementAndGet();
            AtomicInteger number = new AtomicInteger();
            return new ExternalSystemSplitDataWriter<>() {
                @Override
                public void writeRecords(List<Long> records) {
                    POOL.publish(
                            row + "/" + number.incrementAndGet(),
                            records.stream().mapToLong(Long::longValue).toArray());
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public List<Long> generateTestData(TestingSourceSettings settings, int splitIndex, long seed) {
            Random random = new Random(seed);
            return random.longs(1 + random.nextInt(MOST_RECORDS)).boxed().toList();
        }

        @Override
        public TypeInformation<Long> getProducedType() {
            return Types.LONG;
        }

        @Override
        public List<URL> getConnectorJarPaths() {
            return List.of();
        }

        @Override
        public void close() {
            POOL.deleteAll();
        }
    }
}
