package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.core.Adoption.Described;
import io.arrowshm.internal.fault.FaultPoint;
import io.arrowshm.internal.memory.ByteLocks;
import io.arrowshm.internal.memory.FileStatus;
import io.arrowshm.internal.memory.PrivateFiles;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.names.IncomingFiles;
import io.arrowshm.internal.names.NamedSlot;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.names.Request;
import io.arrowshm.internal.recovery.NewFailures;
import io.arrowshm.internal.recovery.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what runtimes that are no participants ask for. Every participant looks for it in each sweep; who gets the
 * lock of the request's file does it, on a thread of its own, since files may be large. Any thread.
 */
final class Requests {
    private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
    // The time of a directory is that of a clock with coarse steps.
    private static final long SETTLED_MS = 1000;

    private final PoolCore core;
    private final Names names;
    private final IncomingFiles incoming;
    private final Adoption adoption;
    private @Nullable FileTime lookedAt;
    private @Nullable Thread worker;
    private volatile boolean stopped;
    private final NewFailures failures = new NewFailures();

    Requests(PoolCore core, Adoption adoption) {
        this.core = core;
        this.adoption = adoption;
        names = core.names();
        incoming = names.incoming();
    }

    /** Begins with what is there, unless there is nothing or this process is at it. Cheap while nobody asks. */
    synchronized void look() {
        if (stopped || (worker != null && worker.isAlive())) {
            return;
        }
        FileTime changed = changed();
        if (changed == null || changed.equals(lookedAt)) {
            return;
        }
        List<String> requests = incoming.requests();
        if (!requests.isEmpty()) {
            worker = new Thread(
                    () -> carryOutAll(requests),
                    "arrow-shm-requests-" + core.description().poolId());
            worker.setDaemon(true);
            worker.setContextClassLoader(Requests.class.getClassLoader());
            worker.start();
        } else if (Math.abs(System.currentTimeMillis() - changed.toMillis()) > SETTLED_MS) {
            lookedAt = changed;
        }
    }

    /** Returns when this process carries nothing out, and begins with nothing until {@link #goOn}. Idempotent. */
    void stop() {
        Thread running;
        synchronized (this) {
            stopped = true;
            running = worker;
        }
        if (running != null) {
            Threads.awaitEnd(running);
        }
    }

    synchronized void goOn() {
        stopped = false;
    }

    /** Null if the directory is gone: somebody has removed the pool all the same, and nobody can ask for anything. */
    private @Nullable FileTime changed() {
        try {
            return Files.getLastModifiedTime(incoming.path().access());
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot look at " + incoming.path() + ": " + e, e);
        }
    }

    private void carryOutAll(List<String> requests) {
        for (String request : requests) {
            try {
                if (!stopped) {
                    carryOutAlone(request);
                }
            } catch (RuntimeException e) {
                // What is wrong with one holds no other up.
                if (failures.isNew(request + ": " + e)) {
                    LOG.warn("The request {} in {} cannot be answered; it is tried again", request, incoming.path(), e);
                }
            }
        }
        failures.endRound();
    }

    /** Nothing happens if somebody else is at it. */
    private void carryOutAlone(String request) {
        SafePath file = incoming.request(request);
        FileStatus before = FileStatus.ifThere(file);
        if (before == null) {
            return;
        }
        BooleanSupplier isStill = () -> isStill(file, before);
        if (before.type() != FileStatus.Type.FILE) {
            refuse(request, isStill, file + " is no regular file", false);
            return;
        }
        if (!before.isOwn()) {
            refuse(request, isStill, file + " belongs to another user than the pool", false);
            return;
        }
        try {
            PrivateFiles.makePrivate(file);
            FaultPoint.REQUEST_FOUND.reached();
            carryOutLocked(request, file, isStill);
        } catch (SharedMemoryException e) {
            if (e.kind() != Kind.ABSENT) {
                throw e;
            }
        }
    }

    private void carryOutLocked(String request, SafePath file, BooleanSupplier isStill) {
        try (ByteLocks lock = new ByteLocks(file)) {
            // Whoever had it before has perhaps deleted what is locked here.
            if (lock.tryLock(0) && isStill.getAsBoolean()) {
                carryOut(request, isStill);
            }
        }
    }

    private static boolean isStill(SafePath file, FileStatus before) {
        FileStatus now = FileStatus.ifThere(file);
        return now != null && now.identity().equals(before.identity());
    }

    /**
     * Does what is asked for, or refuses it.
     *
     * @param isStill whether what was found is there yet: whoever had the lock before may have died at the very end, and who
     *     asked may have taken it back, and perhaps asked for something else by that name
     */
    private void carryOut(String request, BooleanSupplier isStill) {
        Map<String, Described> copies = new HashMap<>();
        Request asked = null;
        try {
            asked = incoming.read(request);
            List<NamedSlot> slots = new ArrayList<>();
            for (Request.Part part : asked.segments()) {
                Described copy = copies.get(part.file());
                if (copy == null) {
                    copy = adoption.copy(incoming.file(part.file()), () -> !stopped);
                    copies.put(part.file(), copy);
                }
                slots.add(slot(part, copy));
            }
            FaultPoint.REQUEST_COPIED.reached();
            names.carryOut(request, isStill, asked, asked.content(slots));
            LOG.debug("Published the dataset {}, as the request {} asked", asked.dataset(), request);
        } catch (SharedMemoryException e) {
            if (e.kind() == Kind.IN_USE || e.kind() == Kind.CLOSED) {
                LOG.debug("The request {} has to wait: {}", request, e.getMessage());
            } else {
                boolean retry = e.kind() == Kind.FULL && asked != null && mayFit(asked);
                refuse(request, isStill, e.getMessage(), retry);
            }
        } finally {
            copies.values().forEach(copy -> copy.memory().release());
        }
    }

    /** Whether there is room for it when nothing else is in the pool. */
    private boolean mayFit(Request asked) {
        long bytes = 0;
        for (String name : asked.files()) {
            FileStatus file = FileStatus.ifThere(incoming.file(name));
            bytes += file == null ? 0 : file.bytes();
        }
        return bytes <= core.description().sizeBytes();
    }

    private void refuse(String request, BooleanSupplier isStill, String reason, boolean retry) {
        LOG.warn("The request {} in {} is refused: {}", request, incoming.path(), reason);
        names.refuse(request, isStill, reason, retry);
    }

    private static NamedSlot slot(Request.Part part, Described copy) {
        String description = copy.description();
        return new NamedSlot(
                part.path(),
                copy.memory().slot(),
                copy.memory().generation(),
                copy.memory().length(),
                description.substring(0, Math.min(description.length(), NamedSlot.MAX_DESCRIPTION_LENGTH)),
                part.attributes());
    }
}
