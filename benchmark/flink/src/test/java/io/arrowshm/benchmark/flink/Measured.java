package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Latency;
import io.arrowshm.benchmark.flink.job.Load;
import io.arrowshm.benchmark.report.Machine;
import java.util.List;
import java.util.Map;

/** Results as if they had been measured. */
final class Measured {
    static final Machine MACHINE =
            new Machine("a processor", 2, 1L << 30, "Linux", "17", List.of(), "2.3.0", Map.of(), "abc", 0.5);

    private Measured() {}

    /** Of arrays of one size, at GB/s that are arrays/s as well. */
    static Comparison ofSize(int bytes, double reference, double flinks) {
        return rates(Questions.SIZE, Load.of(1).with(load -> load.bytes = bytes), reference, flinks);
    }

    static Comparison rates(Question question, Load load, double reference, double flinks) {
        Comparison comparison = new Comparison(question, load);
        comparison.add(Contestant.REFERENCE, atRate(reference));
        comparison.add(Contestant.FLINKS_DEFAULT, atRate(flinks));
        comparison.addMemoryCopy(50);
        return comparison;
    }

    static Measurement atRate(double rate) {
        return new Measurement(rate, rate, 0.5, 56, 1_400, 0.25, null, null);
    }

    static Measurement taking(double micros) {
        return new Measurement(100, 0.1, 0, 0, 0, 0, new Latency(micros, 2 * micros, 3 * micros, 100), null);
    }

    static Measurement inMebibytes(long mebibytes) {
        return new Measurement(
                100, 0.1, 0, 0, 0, 0, null, new Memory(List.of(1L << 20, 2L << 20), (mebibytes - 1) << 20, 1 << 20));
    }
}
