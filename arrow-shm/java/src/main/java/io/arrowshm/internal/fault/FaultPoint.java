package io.arrowshm.internal.fault;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The places between two steps of an operation on shared memory where it matters what others see if this process dies or
 * stops there. Nothing happens at them unless the JVM was started with {@code -Darrow-shm.fault=halt:NAME} or
 * {@code stop:NAME}, optionally with {@code :N} for the N-th time that the place is reached: then the process ends as if
 * it was killed, or sends itself SIGSTOP. A place that is not armed costs nothing once it is compiled.
 */
public enum FaultPoint {
    /** The directory of a pool that is being made is there, and nothing in it. */
    POOL_DIRECTORY_MADE,
    /** A pool that is being made lacks the files of its slots. */
    POOL_WITHOUT_SLOTS,
    /** A pool is made, and no link leads to it. */
    POOL_WITHOUT_LINK,
    /** A pool that is being removed is complete, and no link leads to it. */
    POOL_LINK_REMOVED,
    /** A file of a directory that is being removed is gone. */
    REMOVING_POOL_FILES,
    /** A participant has a place, and the record is still that of its predecessor. */
    JOINED_WITHOUT_RECORD,
    /** A participant has written all of its record but the process id. */
    JOINED_WITHOUT_PROCESS_ID,
    /** A participant has a place and has not reaped its predecessor. */
    JOINED_NOT_REAPED,
    /** A participant that leaves is in no record, and still has its lock. */
    LEAVING,
    /** One segment of a dead participant was freed. */
    REAPING,
    /** A dead participant holds nothing any more, and its mark still stands. */
    REAPED_WITH_MARK,
    /** An epoch's lock is held, and its record is free. */
    EPOCH_WITHOUT_RECORD,
    /** One segment of a void epoch was freed. */
    VOIDING,
    /** A channel of a void epoch has no receiver and no nonce, and still its sender. */
    FREEING_CHANNEL,
    /** Nothing is in flight by a void epoch and it has no channels, and its index is not given back. */
    VOID_WITH_INDEX,
    /** A channel has a sender and is not invited to. */
    CHANNEL_WITHOUT_NONCE,
    /** A participant has its bit among the further holders, and the word does not say that there are some. */
    ANNOUNCED,
    /** A participant has cleared its bit among the further holders, and nobody has looked whether one is left. */
    FURTHER_HOLD_GIVEN_UP,
    /** The word says that a participant looks for further holders, and it has not looked yet. */
    LOOKING_FOR_FURTHER_HOLDERS,
    /** A slot is being built and has the generation of its predecessor. */
    ALLOCATED_WITHOUT_GENERATION,
    /** A segment has its length and is not sealed. */
    SEALING,
    /** Nobody can write a segment under a lease, which is lent still and about to be sealed. */
    KEEPING_WRITERS_OFF,
    /** A segment that was lent is not, and is not sealed. */
    RECALLED,
    /** A segment that was lent is sealed, and not lent. */
    SEALED_NOT_LENT,
    /** A segment is sealed and lent again, and who would write it under a lease is still kept off. */
    LENT_AGAIN,
    /** A segment has its length and is not shared. */
    SHARING,
    /** A reference was sent and nobody has been told. */
    SENT,
    /** A receiver has its bit, and the reference is in flight as well. */
    CLAIMED,
    /** A reference was received and nobody has a handle. */
    TAKEN,
    /** A hold was taken on what a name holds, and nobody has a handle. */
    NAMED_OPENED,
    /** A slot is remembered as lent and is not lent yet. */
    LENDING,
    /** A slot that was allocated is found to be leased and is not set aside yet. */
    SETTING_ASIDE,
    /** A slot was freed and no hint says so. */
    FREED_WITHOUT_HINT,
    /** A slab's file is there, and no slot lies in it. */
    SLAB_FILE_WITHOUT_ENTRY,
    /** The first slots of a new slab lie in it, and the others still elsewhere. */
    SLAB_PARTLY_NAMED,
    /** All slots of a new slab lie in it, and are unbacked. */
    SLAB_ENTRY_WITHOUT_FREE_SLOTS,
    /** A free slot is allocated so that it can be unbacked. */
    UNBACKING,
    /** Slots are unbacked and still have their memory. */
    UNBACKED_WITH_MEMORY,
    /** A file that is adopted is where it was, and an unbacked slot lies in the slab that it is to be. */
    ADOPTED_FILE_WHERE_IT_WAS,
    /** A file that was adopted is a slab's, whose slot is unbacked, and perhaps shorter than that slab. */
    ADOPTING,
    /** No slot lies in the file of a slab, which is still there. */
    SLAB_FILE_LEFT,
    /** Free slots were unbacked, so that they can have blocks of another size, and are still where they were. */
    SLOTS_TAKEN,
    /** Memory was taken from unbacked slots and nobody has it; the creation lock is held. */
    PUNCHED,
    /** Unbacked slots have got memory and are not free. */
    BACKED_NOT_FREE,
    /** The names lock is held and nothing is changed yet. */
    HOLDING_NAMES_LOCK,
    /** A manifest is written aside and no segment of it has its name. */
    MANIFEST_WRITTEN,
    /** A segment has the bit of a name that is not counted. */
    NAMED_NOT_COUNTED,
    /** A segment has its name and no manifest says so. */
    SEGMENT_NAMED,
    /** No name of a segment is counted any more, and it still has the bit. */
    UNCOUNTED_STILL_NAMED,
    /** A manifest is published and the segments of the one that it replaced still have their names. */
    MANIFEST_RENAMED,
    /** A manifest is gone and its segments still have their names. */
    MANIFEST_REMOVED,
    /** A request was found and nobody has its lock. */
    REQUEST_FOUND,
    /** The files of a request are segments, and still there. */
    REQUEST_COPIED,
    /** The answer to a request is written aside. */
    REQUEST_DECIDED,
    /** A file of a request that is carried out is gone. */
    REQUEST_FILE_TAKEN,
    /** A request that is decided is gone, and its answer is not shown. */
    REQUEST_GONE,
    /** A repair knows all manifests and has not taken any name away. */
    REPAIRING_NAMES;

    private static final String PROPERTY = "arrow-shm.fault";
    private static final int HALT_STATUS = 137;
    private static final long STOPPING_NANOS = 500_000_000;

    private static final @Nullable FaultPoint ARMED;
    private static final boolean STOPS;
    private static final AtomicLong TIMES_LEFT = new AtomicLong();

    static {
        String value = System.getProperty(PROPERTY);
        if (value == null) {
            ARMED = null;
            STOPS = false;
        } else {
            String[] words = value.split(":", -1);
            if (words.length < 2 || !(words[0].equals("halt") || words[0].equals("stop"))) {
                throw new IllegalArgumentException(
                        "-D" + PROPERTY + "=" + value + ", allowed halt:NAME, stop:NAME, both with :N behind");
            }
            STOPS = words[0].equals("stop");
            ARMED = valueOf(words[1].toUpperCase(Locale.ROOT));
            TIMES_LEFT.set(words.length == 2 ? 1 : Long.parseLong(words[2]));
        }
    }

    /** The process is at this place. Any thread. */
    public void reached() {
        if (ARMED == this) {
            trip();
        }
    }

    private static void trip() {
        if (TIMES_LEFT.decrementAndGet() != 0) {
            return;
        }
        if (!STOPS) {
            Runtime.getRuntime().halt(HALT_STATUS);
        }
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            // The process stops when one of its threads next gets a processor: this one must not go on before that.
            LockSupport.parkNanos(STOPPING_NANOS);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
