package io.arrowshm.benchmark.flink.job;

import io.arrowshm.benchmark.flink.record.RecordFormat;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;

/** Arrays in records that Flink serialises. */
final class FlinkTasks<T> implements ArrayTasks {
    private final RecordFormat<T> format;

    FlinkTasks(RecordFormat<T> format) {
        this.format = format;
    }

    @Override
    public void addTo(DataStream<Long> numbers, Load load) {
        DataStream<T> arrays = numbers.map(new Fill<>(format, load), format.type())
                .name("fill")
                .slotSharingGroup(Place.of(load, 0).group());
        for (int hop = 1; hop < load.hops(); hop++) {
            arrays = arrays.rebalance()
                    .map(array -> array, format.type())
                    .name("pass on " + hop)
                    .slotSharingGroup(Place.of(load, hop).group());
        }
        for (int consumer = 0; consumer < load.consumers(); consumer++) {
            arrays.rebalance()
                    .flatMap(new Read<>(format, load, consumer), Types.BOOLEAN)
                    .name("read " + consumer)
                    .slotSharingGroup(Place.of(load, load.hops()).group())
                    .sinkTo(new DiscardingSink<>())
                    .slotSharingGroup(Place.of(load, load.hops()).group());
        }
    }

    private static final class Fill<T> extends RichMapFunction<Long, T> {
        private static final long serialVersionUID = 1L;

        private final RecordFormat<T> format;
        private final Load load;

        @SuppressWarnings("NullAway.Init")
        private transient ProcessCosts costs;

        @SuppressWarnings("NullAway.Init")
        private transient Template template;

        private transient @Nullable T last;

        Fill(RecordFormat<T> format, Load load) {
            this.format = format;
            this.load = load;
        }

        @Override
        public void open(OpenContext context) {
            costs = ProcessCosts.now();
            template = new Template(load);
        }

        @Override
        public T map(Long number) {
            T filled = format.fill(number, template.of(number), last);
            last = filled;
            return filled;
        }

        @Override
        public void close() {
            costs.addTo(getRuntimeContext());
        }
    }

    private static final class Read<T> extends ReadArrays<T> {
        private static final long serialVersionUID = 1L;

        private final RecordFormat<T> format;

        Read(RecordFormat<T> format, Load load, int consumer) {
            super(load, consumer);
            this.format = format;
        }

        @Override
        double at(T array, int index) {
            return format.at(array, index);
        }

        @Override
        double sum(T array) {
            return format.sum(array);
        }
    }
}
