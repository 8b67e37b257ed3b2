package io.arrowshm.jobs.images.job;

/** The names of the job's accumulators, whose sums over all workers are the result. */
final class Counters {
    static final String IMAGES = "images";
    static final String BATCHES = "batches";
    static final String PAYLOAD_BYTES = "payloadBytes";
    static final String NETWORK_BYTES = "networkBytes";
    static final String CLASS_SUMS = "classSums";
    static final String CORRECT = "correct";
    static final String TOTAL = "total";
    static final String TEST_PIXEL_SUM = "testPixelSum";
    static final String READ = "read";

    /** Batches sent by reference; the name is the connector's. */
    static final String REFERENCES = "arrow-shm.references";

    /** Batches sent by value, one accumulator for each reason that follows; the name is the connector's. */
    static final String BY_VALUE_PREFIX = "arrow-shm.byValue.";

    private Counters() {}
}
