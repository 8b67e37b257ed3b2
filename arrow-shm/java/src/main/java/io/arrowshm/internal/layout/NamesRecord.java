package io.arrowshm.internal.layout;

/**
 * What processes that change or repair names tell each other, besides the locks of the same file. A repair is due while
 * fewer were done than were asked for: whoever begins a change asks for one, and takes that back when the change is
 * complete, so that a change that was cut short is repaired by anybody.
 *
 * <pre>
 *  0  repairs requested   only ever counted up, by anybody
 *  8  repairs done        requests that are settled; under the names lock
 * 16  process id          of the holder of the names lock, for messages; stays if it is killed
 * </pre>
 */
public final class NamesRecord {
    public static final int BYTES = 64;
    public static final int REPAIRS_REQUESTED = 0;
    public static final int REPAIRS_DONE = 8;
    public static final int PROCESS_ID = 16;

    private NamesRecord() {}
}
