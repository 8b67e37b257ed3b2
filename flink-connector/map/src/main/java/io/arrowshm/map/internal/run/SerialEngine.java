package io.arrowshm.map.internal.run;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One worker, which is the thread that starts a call: it has ended when it was started. Stateless. */
public final class SerialEngine implements Engine {
    @Override
    public int workers() {
        return 1;
    }

    @Override
    public boolean isHere() {
        return true;
    }

    @Override
    public RunningCall start(CallPlan plan) {
        int ranges = plan.bounds().count();
        CallTable table = new CallTable(new HeapCells(CallTable.cells(1, ranges)), 1, ranges);
        @Nullable
        Failure failure = new WorkerRun(table, plan.bounds(), true, Host.place(0)).run(plan.work(), plan.results());
        Ending ending = failure == null ? Ending.completed(table) : Ending.failed(List.of(failure));
        return new Ended(CompletableFuture.completedFuture(ending), table.progress(0));
    }

    @Override
    public void close() {}

    private record Ended(CompletableFuture<Ending> ending, long doneIndices) implements RunningCall {
        @Override
        public void cancel() {}
    }
}
