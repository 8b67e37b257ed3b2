package io.arrowshm.process;

import io.arrowshm.internal.fault.FaultPoint;

/**
 * How a {@link FaultProcess} reaches a place.
 *
 * @param before what is there when it starts
 * @param command after it has opened the pool; or what it does instead
 */
record FaultScenario(Before before, String command) {
    /** What a command has of what was done before. */
    static final String REFERENCE = "REFERENCE";

    enum Before {
        /** The survivor has the pool open. */
        OPEN,
        /** All memory is blocks of 1 MiB, and nearly all of them free. */
        MEMORY_OF_ANOTHER_SIZE,
        /** Nobody can join any more who has a bit in the ownership words. */
        PLACES_TAKEN,
        /** A reference of the survivor is in flight. */
        SENT,
        /** There is a dataset {@code a}. */
        DATASET,
        /** The lowest free slot of the size is leased. */
        LEASED,
        /** A file {@code x} is there to be adopted. */
        INCOMING,
        /** Another runtime asks for a dataset, and nobody has the pool open. */
        REQUESTED,
        /** All slots have small blocks, which are free. */
        SLOTS_OF_ANOTHER_SIZE,
        /** The only participant, on the first place, was killed and has left one of everything. */
        DEAD_ON_FIRST_PLACE,
        /** The only participant, on the second place, was killed and has left one of everything. */
        DEAD_ON_SECOND_PLACE,
        /** There is a pool, and nobody has it open. */
        LEFT,
        /** There is no pool. */
        ABSENT
    }

    /** Of every place: without one for a new place this does not compile. */
    static FaultScenario of(FaultPoint place) {
        return switch (place) {
            case POOL_DIRECTORY_MADE, POOL_WITHOUT_SLOTS, POOL_WITHOUT_LINK -> opening(Before.ABSENT);
            case POOL_LINK_REMOVED, REMOVING_POOL_FILES -> new FaultScenario(Before.LEFT, "remove");
            case JOINED_WITHOUT_RECORD, JOINED_WITHOUT_PROCESS_ID, JOINED_NOT_REAPED ->
                opening(Before.DEAD_ON_FIRST_PLACE);
            case REAPING, REAPED_WITH_MARK, VOIDING, FREEING_CHANNEL, VOID_WITH_INDEX, REPAIRING_NAMES ->
                opening(Before.DEAD_ON_SECOND_PLACE);
            case LEAVING -> working("leave");
            case EPOCH_WITHOUT_RECORD -> working("epoch e");
            case CHANNEL_WITHOUT_NONCE -> working("channel");
            case ALLOCATED_WITHOUT_GENERATION,
                    SLAB_FILE_WITHOUT_ENTRY,
                    SLAB_PARTLY_NAMED,
                    SLAB_ENTRY_WITHOUT_FREE_SLOTS,
                    BACKED_NOT_FREE -> working("build");
            case SLOTS_TAKEN -> new FaultScenario(Before.SLOTS_OF_ANOTHER_SIZE, "build");
            case UNBACKING, UNBACKED_WITH_MEMORY, PUNCHED, SLAB_FILE_LEFT ->
                new FaultScenario(Before.MEMORY_OF_ANOTHER_SIZE, "build");
            case ANNOUNCED -> new FaultScenario(Before.PLACES_TAKEN, "write 3");
            case FURTHER_HOLD_GIVEN_UP, LOOKING_FOR_FURTHER_HOLDERS -> new FaultScenario(Before.PLACES_TAKEN, "pass 3");
            case SEALING -> working("write 3");
            case SHARING -> working("share 3");
            case KEEPING_WRITERS_OFF, RECALLED, SEALED_NOT_LENT, LENT_AGAIN -> working("seal-lent 3");
            case SENT -> working("send 3");
            case CLAIMED, TAKEN -> new FaultScenario(Before.SENT, "receive " + REFERENCE);
            case FREED_WITHOUT_HINT -> working("pass 3");
            case LENDING -> working("lend 3");
            case SETTING_ASIDE -> new FaultScenario(Before.LEASED, "write 3");
            case ADOPTED_FILE_WHERE_IT_WAS, ADOPTING -> new FaultScenario(Before.INCOMING, "adopt x");
            case HOLDING_NAMES_LOCK, MANIFEST_WRITTEN, NAMED_NOT_COUNTED, SEGMENT_NAMED, MANIFEST_RENAMED ->
                working("publish n 34 persistent");
            case REQUEST_FOUND, REQUEST_COPIED, REQUEST_DECIDED, REQUEST_FILE_TAKEN, REQUEST_GONE ->
                opening(Before.REQUESTED);
            case NAMED_OPENED -> new FaultScenario(Before.DATASET, "hold a");
            case MANIFEST_REMOVED, UNCOUNTED_STILL_NAMED -> new FaultScenario(Before.DATASET, "delete a");
        };
    }

    boolean opensFirst() {
        return before != Before.ABSENT
                && before != Before.LEFT
                && before != Before.REQUESTED
                && before != Before.DEAD_ON_FIRST_PLACE
                && before != Before.DEAD_ON_SECOND_PLACE;
    }

    private static FaultScenario working(String command) {
        return new FaultScenario(Before.OPEN, command);
    }

    private static FaultScenario opening(Before before) {
        return new FaultScenario(before, "open");
    }
}
