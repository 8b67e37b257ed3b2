package io.arrowshm.jobs.examples;

import io.arrowshm.flink.dropin.DropIn;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.accumulators.DoubleCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * A job of Flink's own kind, with an array in a POJO: one line, or {@code execution.job-listeners} in Flink's
 * configuration, has the arrays travel through the pool that TaskManagers have as {@code arrow-shm.drop-in.pool}.
 * Run it with {@code jobs/run drop-in-on-an-unchanged-job}, or with {@code flink run -c CLASS JAR}.
 */
public final class DropInOnAnUnchangedJob {
    private static final int FRAMES = 200;
    private static final String SUM = "sum of all pixels";

    private DropInOnAnUnchangedJob() {}

    public static void main(String[] args) throws Exception {
        DropIn.enable(new Configuration());

        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        DataStream<Frame> frames = env.fromSequence(1, FRAMES).map(Frame::new).returns(Frame.class);
        frames.rebalance().map(new SumPixels()).sinkTo(new DiscardingSink<>());

        JobExecutionResult result = env.execute("drop-in");
        System.out.println(SUM + ": " + result.getAccumulatorResult(SUM));
        System.out.println("arrays sent by reference: " + result.getAccumulatorResult("arrow-shm.references"));
    }

    /** A POJO as Flink wants it: public, with a constructor without arguments and public fields. */
    public static class Frame {
        public long number;
        public float[] pixels = {};

        public Frame() {}

        Frame(long number) {
            this.number = number;
            this.pixels = new float[64 * 1024];
            this.pixels[0] = number;
        }
    }

    private static final class SumPixels extends RichMapFunction<Frame, Double> {
        private static final long serialVersionUID = 1L;

        private final DoubleCounter sum = new DoubleCounter();

        @Override
        public void open(OpenContext context) {
            getRuntimeContext().addAccumulator(SUM, sum);
        }

        @Override
        public Double map(Frame frame) {
            double pixels = 0;
            for (float pixel : frame.pixels) {
                pixels += pixel;
            }
            sum.add(pixels);
            return pixels;
        }
    }
}
