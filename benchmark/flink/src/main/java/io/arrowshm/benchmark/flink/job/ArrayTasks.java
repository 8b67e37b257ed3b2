package io.arrowshm.benchmark.flink.job;

import org.apache.flink.streaming.api.datastream.DataStream;

/** The tasks of a job that moves arrays. */
interface ArrayTasks {
    /** Adds the tasks that fill arrays, one for each number, those that pass them on, and those that read them. */
    void addTo(DataStream<Long> numbers, Load load);
}
