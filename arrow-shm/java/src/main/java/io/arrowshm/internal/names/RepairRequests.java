package io.arrowshm.internal.names;

import io.arrowshm.internal.layout.NamesRecord;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.Memory;

/**
 * Whether a repair of the names is due, for all processes at once: whoever asked for one may be killed or stopped. Any
 * thread.
 */
final class RepairRequests {
    private final long requested;
    private final long done;

    RepairRequests(MappedFile record) {
        requested = record.address() + NamesRecord.REPAIRS_REQUESTED;
        done = record.address() + NamesRecord.REPAIRS_DONE;
    }

    /** Two reads. */
    boolean isDue() {
        return latest() != Memory.getLongVolatile(done);
    }

    /** Asks for a repair; returns the number of the request. */
    long request() {
        while (true) {
            long number = latest();
            if (Memory.compareAndSetLong(requested, number, number + 1)) {
                return number + 1;
            }
        }
    }

    /** The number of the latest request: what a repair that begins now settles. */
    long latest() {
        return Memory.getLongVolatile(requested);
    }

    /** A repair that began after that request is complete. Under the names lock. */
    void settle(long number) {
        Memory.putLongVolatile(done, number);
    }

    /** What this request was made for has turned out well; earlier ones stay as they are. Under the names lock. */
    void withdraw(long number) {
        if (Memory.getLongVolatile(done) == number - 1) {
            Memory.putLongVolatile(done, number);
        }
    }
}
