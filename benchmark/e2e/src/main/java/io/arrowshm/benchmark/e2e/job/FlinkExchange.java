package io.arrowshm.benchmark.e2e.job;

import io.arrowshm.benchmark.e2e.record.RecordFormat;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichFlatMapFunction;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Arrays in records that Flink serialises. */
final class FlinkExchange<T> implements Exchange {
    private final RecordFormat<T> format;

    FlinkExchange(RecordFormat<T> format) {
        this.format = format;
    }

    @Override
    public void connect(DataStream<Long> numbers, Load load) {
        DataStream<T> arrays = numbers.map(new Fill<>(format, load.doubles()), format.type())
                .name("fill")
                .slotSharingGroup(Place.of(0).group());
        for (int hop = 1; hop < load.hops(); hop++) {
            arrays = arrays.rebalance()
                    .map(array -> array, format.type())
                    .name("pass on " + hop)
                    .slotSharingGroup(Place.of(hop).group());
        }
        for (int consumer = 0; consumer < load.consumers(); consumer++) {
            arrays.rebalance()
                    .flatMap(new Read<>(format, load, consumer), Types.BOOLEAN)
                    .name("read " + consumer)
                    .slotSharingGroup(Place.of(load.hops()).group())
                    .sinkTo(new DiscardingSink<>())
                    .slotSharingGroup(Place.of(load.hops()).group());
        }
    }

    private static final class Fill<T> extends RichMapFunction<Long, T> {
        private static final long serialVersionUID = 1L;

        private final RecordFormat<T> format;
        private final int doubles;
        private transient double @Nullable [] template;
        private transient @Nullable T last;

        Fill(RecordFormat<T> format, int doubles) {
            this.format = format;
            this.doubles = doubles;
        }

        @Override
        public T map(Long number) {
            double[] values = template;
            if (values == null) {
                values = Template.of(doubles);
                template = values;
            }
            T filled = format.fill(number, values, last);
            last = filled;
            return filled;
        }
    }

    private static final class Read<T> extends RichFlatMapFunction<T, Boolean> {
        private static final long serialVersionUID = 1L;

        private final RecordFormat<T> format;
        private final Load load;
        private final int consumer;

        @SuppressWarnings("NullAway.Init")
        private transient Meter meter;

        Read(RecordFormat<T> format, Load load, int consumer) {
            this.format = format;
            this.load = load;
            this.consumer = consumer;
        }

        @Override
        public void open(OpenContext context) {
            meter = new Meter(load.warmUp());
        }

        @Override
        public void flatMap(T array, Collector<Boolean> out) {
            meter.read(load.reads() == Load.Reads.ALL ? format.sum(array) : format.first(array));
        }

        @Override
        public void close() {
            meter.finish(getRuntimeContext(), consumer);
        }
    }
}
