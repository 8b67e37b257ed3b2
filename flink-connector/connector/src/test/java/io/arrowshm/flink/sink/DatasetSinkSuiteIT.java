package io.arrowshm.flink.sink;

import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.DatasetInfo;
import io.arrowshm.flink.TestPool;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.testframe.environment.MiniClusterTestEnvironment;
import org.apache.flink.connector.testframe.external.ExternalContextFactory;
import org.apache.flink.connector.testframe.external.ExternalSystemDataReader;
import org.apache.flink.connector.testframe.external.sink.DataStreamSinkV2ExternalContext;
import org.apache.flink.connector.testframe.external.sink.TestingSinkSettings;
import org.apache.flink.connector.testframe.junit.annotations.TestContext;
import org.apache.flink.connector.testframe.junit.annotations.TestEnv;
import org.apache.flink.connector.testframe.junit.annotations.TestSemantics;
import org.apache.flink.connector.testframe.testsuites.SinkTestSuiteBase;
import org.apache.flink.core.execution.CheckpointingMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Flink's own tests of sinks, all of them. */
class DatasetSinkSuiteIT extends SinkTestSuiteBase<Long> {
    @RegisterExtension
    static final TestPool POOL = new TestPool("sink-suite");

    @TestEnv
    MiniClusterTestEnvironment environment = new MiniClusterTestEnvironment();

    @TestSemantics
    CheckpointingMode[] semantics = {CheckpointingMode.EXACTLY_ONCE};

    @TestContext
    ExternalContextFactory<Context> contexts = Context::new;

    /** Each element is a segment. */
    private static final class Context implements DataStreamSinkV2ExternalContext<Long> {
        private static final AtomicInteger CONTEXTS = new AtomicInteger();
        private static final int MOST_RECORDS = 200;

        private final String name = "suite/" + CONTEXTS.incrementAndGet();

        Context(String testName) {}

        @Override
        public Sink<Long> createSink(TestingSinkSettings settings) {
            return new LongSink(DatasetSink.to(POOL.options(), name));
        }

        @Override
        public ExternalSystemDataReader<Long> createSinkDataReader(TestingSinkSettings settings) {
            Set<String> seen = new HashSet<>();
            return new ExternalSystemDataReader<>() {
                @Override
                public List<Long> poll(Duration timeout) {
                    List<Long> found = new ArrayList<>();
                    for (DatasetInfo info : POOL.datasets().list(name)) {
                        if (seen.add(info.name())) {
                            read(info.name(), found);
                        }
                    }
                    return found;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public List<Long> generateTestData(TestingSinkSettings settings, long seed) {
            Random random = new Random(seed);
            return random.longs(2 + random.nextInt(MOST_RECORDS)).boxed().toList();
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

        private static void read(String dataset, List<Long> into) {
            try (Dataset open = POOL.datasets().open(dataset)) {
                open.root()
                        .segments()
                        .forEach(path -> into.add(open.segment(path).array().getLong(0)));
            }
        }
    }
}
