package io.arrowshm.flink.dropin;

import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** A way from a stream to the next task, on which each record goes to one receiver. */
enum UnicastEdge {
    REBALANCE {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.rebalance();
        }
    },
    SHUFFLE {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.shuffle();
        }
    },
    RESCALE {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.rescale();
        }
    },
    GLOBAL {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.global();
        }
    },
    CUSTOM {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.partitionCustom((key, n) -> (int) (key % n), array -> (long) array[0]);
        }
    },
    KEYED {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.keyBy(array -> (long) array[0] % 10);
        }
    },
    FORWARD {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.disableChaining();
        }
    },
    UNION {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            return stream.disableChaining()
                    .filter(array -> (long) array[0] % 2 == 0)
                    .union(stream.filter(array -> (long) array[0] % 2 == 1))
                    .rebalance();
        }

        @Override
        int hops() {
            // Each filter is a task of its own behind a forward edge that both share records of.
            return 3;
        }
    },
    SIDE_OUTPUT {
        @Override
        DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream) {
            OutputTag<double[]> odd = new OutputTag<>("odd", TypeInformation.of(double[].class));
            SingleOutputStreamOperator<double[]> split = stream.process(new ProcessFunction<double[], double[]>() {
                @Override
                public void processElement(double[] array, Context context, Collector<double[]> out) {
                    if ((long) array[0] % 2 == 0) {
                        out.collect(array);
                    } else {
                        context.output(odd, array);
                    }
                }
            });
            return split.rebalance().union(split.getSideOutput(odd).rebalance());
        }
    };

    abstract DataStream<double[]> over(SingleOutputStreamOperator<double[]> stream);

    int hops() {
        return 1;
    }
}
