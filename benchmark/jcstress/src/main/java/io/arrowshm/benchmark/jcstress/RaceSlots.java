package io.arrowshm.benchmark.jcstress;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.OwnershipWord;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.registry.Ownership;
import io.arrowshm.internal.registry.Reclaimer;
import io.arrowshm.internal.registry.Slots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * RaceSlots in real mapped files, and two participants, as two processes would be: each has a bit, and counts of its own
 * under it. Every run of a race takes a slot that is free and leaves it free, which the next one to take it relies on.
 */
final class RaceSlots {
    static final Slots ALL;
    static final Reclaimer RECLAIMER;
    static final Ownership FIRST;
    static final Ownership SECOND;
    static final Ownership FURTHER;
    static final Ownership LAST;
    static final int FIRST_PARTICIPANT = 0;
    static final int SECOND_PARTICIPANT = 1;
    /** Two whose bits are among the further holders, in different words. */
    static final int FURTHER_PARTICIPANT = OwnershipWord.IN_WORD;

    static final int LAST_PARTICIPANT = OwnershipWord.PARTICIPANTS - 1;
    /** Of everything that is sent. */
    static final int EPOCH = 1;

    static final String RECEIVED = "received";
    static final String STALE = "stale";

    // Some times what a run has in use at once, so that a slot comes round again long after it was left.
    private static final int COUNT = 1 << 16;
    private static final AtomicInteger NEXT = new AtomicInteger();

    static {
        try {
            Path directory = Files.createTempDirectory(Path.of("/dev/shm"), "arrow-shm-stress-");
            try (DirectoryHandle opened = DirectoryHandle.open(directory)) {
                Slots.create(opened.path(), COUNT);
                ALL = new Slots(opened.path(), COUNT);
            } finally {
                // What is mapped stays; this process may be killed at any moment, and leaves nothing then.
                deleteAll(directory);
            }
            RECLAIMER = new Reclaimer(ALL);
            FIRST = new Ownership(ALL, FIRST_PARTICIPANT);
            SECOND = new Ownership(ALL, SECOND_PARTICIPANT);
            FURTHER = new Ownership(ALL, FURTHER_PARTICIPANT);
            LAST = new Ownership(ALL, LAST_PARTICIPANT);
            for (int slot = 0; slot < COUNT; slot++) {
                FIRST.back(slot);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private RaceSlots() {}

    /** A free slot. */
    static int free() {
        int slot = NEXT.getAndIncrement() & COUNT - 1;
        if (OwnershipWord.state(ALL.word(slot)) != OwnershipWord.FREE) {
            throw new IllegalStateException("a run did not leave it free: " + ALL.describe(slot));
        }
        return slot;
    }

    /** A slot with a sealed segment that the first participant has one handle on. */
    static int sealed() {
        int slot = free();
        check(FIRST.tryAllocate(slot), slot);
        FIRST.seal(slot, 1);
        return slot;
    }

    /** As {@link #sealed()}, with one reference in flight. */
    static int sent() {
        int slot = sealed();
        check(FIRST.trySend(slot, EPOCH), slot);
        return slot;
    }

    /** Receives a reference: {@link #RECEIVED} or {@link #STALE}. */
    static String receive(Ownership receiver, int slot, long generation) {
        try {
            receiver.receive(slot, generation, EPOCH);
            return RECEIVED;
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.STALE_REFERENCE) {
                throw e;
            }
            return STALE;
        }
    }

    /** Who holds it: "free", "nobody" (but not free), "first", "second" or "both"; "in flight" where something is. */
    static String holder(int slot) {
        long word = ALL.word(slot);
        if (OwnershipWord.inFlight(word) > 0) {
            return "in flight";
        }
        return holder(slot, FIRST_PARTICIPANT, SECOND_PARTICIPANT);
    }

    /** The same of two other participants. */
    static String holder(int slot, int firstParticipant, int secondParticipant) {
        if (OwnershipWord.state(ALL.word(slot)) == OwnershipWord.FREE) {
            return "free";
        }
        boolean first = ALL.hasBit(slot, firstParticipant);
        boolean second = ALL.hasBit(slot, secondParticipant);
        return first ? second ? "both" : "first" : second ? "second" : "nobody";
    }

    private static void check(boolean done, int slot) {
        if (!done) {
            throw new IllegalStateException("refused: " + ALL.describe(slot));
        }
    }

    private static void deleteAll(Path directory) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
