package io.arrowshm.benchmark.flink.job;

import org.apache.flink.streaming.api.datastream.DataStream;

/** A way to move arrays between tasks. */
interface Exchange {
    /** Adds the tasks that fill arrays, one for each number, those that pass them on, and those that read them. */
    void connect(DataStream<Long> numbers, Load load);
}
