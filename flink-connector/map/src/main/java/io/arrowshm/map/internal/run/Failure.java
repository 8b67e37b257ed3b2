package io.arrowshm.map.internal.run;

/**
 * What went wrong in a kernel.
 *
 * @param place where the worker is
 * @param index at which the kernel threw; of a kernel over ranges, the first one of the range
 * @param cause what it threw
 */
public record Failure(Place place, long index, Throwable cause) {
    /**
     * Where a worker is.
     *
     * @param worker its number in the context
     * @param host name of the machine
     * @param pid of the process
     */
    public record Place(int worker, String host, long pid) {
        @Override
        public String toString() {
            return "worker " + worker + " (process " + pid + " on " + host + ")";
        }
    }
}
