package io.arrowshm.map;

import static io.arrowshm.map.Allocation.shape;

import io.arrowshm.PoolOptions;
import io.arrowshm.array.DType;
import io.arrowshm.array.MutableNdArray;
import java.net.URI;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/** A program that is in the middle of a call when it is killed: says the ids of its workers' processes, and hangs. */
public final class ClientProcess {
    private ClientProcess() {}

    /** @param arguments name of the pool; how many workers; the REST server of a cluster, unless workers are its own processes */
    public static void main(String[] arguments) {
        int workers = Integer.parseInt(arguments[1]);
        ProcessOptions options =
                ProcessOptions.of(PoolOptions.named(arguments[0]), workers).withHeapMb(128);
        try (Shm shm = arguments.length > 2
                ? Shm.cluster(URI.create(arguments[2]), options)
                : Processes.start(
                        options, builder -> TestContexts.likeOtherClustersOfTests(builder, "killed-client"))) {
            System.out.println("started");
            MutableNdArray pids = shm.alloc(shape(workers).dtype(DType.INT64));
            Call call = shm.start(pids, (worker, index, value) -> {
                value.set(ProcessHandle.current().pid());
                while (!Thread.interrupted()) {
                    LockSupport.parkNanos(1_000_000);
                }
            });
            while (Arrays.stream(pids.toLongs()).anyMatch(pid -> pid == 0)) {
                LockSupport.parkNanos(1_000_000);
            }
            System.out.println("workers "
                    + String.join(
                            " ",
                            Arrays.stream(pids.toLongs())
                                    .mapToObj(Long::toString)
                                    .toList()));
            call.await();
        }
    }
}
