package io.arrowshm.jobs.images;

import org.apache.flink.api.common.accumulators.Accumulator;

/** Brings the class sums of all workers together. */
final class SumsAccumulator implements Accumulator<ClassSums, ClassSums> {
    private static final long serialVersionUID = 1L;

    private ClassSums sums = new ClassSums();

    @Override
    public void add(ClassSums value) {
        sums.merge(value);
    }

    @Override
    public ClassSums getLocalValue() {
        return sums;
    }

    @Override
    public void resetLocal() {
        sums = new ClassSums();
    }

    @Override
    public void merge(Accumulator<ClassSums, ClassSums> other) {
        sums.merge(other.getLocalValue());
    }

    @Override
    @SuppressWarnings("MethodDoesntCallSuperMethod")
    public Accumulator<ClassSums, ClassSums> clone() {
        SumsAccumulator copy = new SumsAccumulator();
        copy.sums.merge(sums);
        return copy;
    }
}
