package io.arrowshm.benchmark.flink.job;

import io.arrowshm.ArrayWriter;
import io.arrowshm.PoolOptions;
import io.arrowshm.Segment;
import io.arrowshm.array.ArraySpec;
import io.arrowshm.array.DType;
import io.arrowshm.array.NdArray;
import io.arrowshm.flink.SegmentFactory;
import io.arrowshm.flink.SegmentStream;
import io.arrowshm.flink.type.SegmentTypeInfo;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/** Arrays as segments of a pool; references travel. */
final class ReferenceTasks implements ArrayTasks {
    private final PoolOptions pool;

    ReferenceTasks(PoolOptions pool) {
        this.pool = pool;
    }

    @Override
    public void addTo(DataStream<Long> numbers, Load load) {
        SegmentStream arrays = SegmentStream.of(
                numbers.flatMap(new Fill(pool, load), SegmentTypeInfo.of())
                        .name("fill")
                        .slotSharingGroup(Place.of(load, 0).group()),
                pool);
        for (int hop = 1; hop < load.hops(); hop++) {
            arrays = arrays.rebalance()
                    .filter(array -> true)
                    .name("pass on " + hop)
                    .slotSharingGroup(Place.of(load, hop).group());
        }
        for (int consumer = 0; consumer < load.consumers(); consumer++) {
            arrays.rebalance()
                    .flatMap(new Read(load, consumer), Types.BOOLEAN)
                    .name("read " + consumer)
                    .slotSharingGroup(Place.of(load, load.hops()).group())
                    .sinkTo(new DiscardingSink<>())
                    .slotSharingGroup(Place.of(load, load.hops()).group());
        }
    }

    private static final class Fill extends RichFlatMapFunction<Long, Segment> {
        private static final long serialVersionUID = 1L;

        private final PoolOptions pool;
        private final Load load;

        @SuppressWarnings("NullAway.Init")
        private transient ProcessCosts costs;

        @SuppressWarnings("NullAway.Init")
        private transient SegmentFactory factory;

        @SuppressWarnings("NullAway.Init")
        private transient Template template;

        @SuppressWarnings("NullAway.Init")
        private transient ArraySpec spec;

        Fill(PoolOptions pool, Load load) {
            this.pool = pool;
            this.load = load;
        }

        @Override
        public void open(OpenContext context) {
            costs = ProcessCosts.now();
            factory = SegmentFactory.open(pool);
            template = new Template(load);
            spec = ArraySpec.of(DType.FLOAT64, load.doubles());
        }

        @Override
        public void flatMap(Long number, Collector<Segment> out) throws InterruptedException {
            try (ArrayWriter writer = factory.newArray(spec)) {
                writer.array().copyFrom(template.of(number), 0);
                writer.array().at(0).set(number);
                try (Segment segment = writer.seal()) {
                    out.collect(segment);
                }
            }
        }

        @Override
        public void close() {
            costs.addTo(getRuntimeContext());
        }
    }

    private static final class Read extends ReadArrays<Segment> {
        private static final long serialVersionUID = 1L;

        Read(Load load, int consumer) {
            super(load, consumer);
        }

        @Override
        double at(Segment segment, int index) {
            return segment.array().getDouble(index);
        }

        @Override
        double sum(Segment segment) {
            NdArray array = segment.array();
            double sum = 0;
            long size = array.size();
            for (long i = 0; i < size; i++) {
                sum += array.getDouble(i);
            }
            return sum;
        }
    }
}
