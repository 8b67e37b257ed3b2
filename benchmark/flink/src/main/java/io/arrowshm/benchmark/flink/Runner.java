package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Load;

/** Measures one run. One thread. */
interface Runner {
    Measurement run(Contestant contestant, Load load) throws InterruptedException;
}
