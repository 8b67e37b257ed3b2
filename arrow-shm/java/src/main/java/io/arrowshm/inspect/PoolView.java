package io.arrowshm.inspect;

import io.arrowshm.PoolOptions;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.allocator.SlabEntries;
import io.arrowshm.internal.directory.PoolDescription;
import io.arrowshm.internal.directory.PoolDirectory;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.DirectoryHandle;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.internal.memory.SafePath;
import io.arrowshm.internal.names.Names;
import io.arrowshm.internal.registry.Channels;
import io.arrowshm.internal.registry.Epochs;
import io.arrowshm.internal.registry.Participants;
import io.arrowshm.internal.registry.Slots;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The mapped files of a pool, without a place in it: no lock is held and no slab is mapped. Their sizes were checked
 * before, see {@link PoolDescription#open}. Any thread.
 */
final class PoolView implements AutoCloseable {
    final DirectoryHandle directory;
    final PoolDescription description;
    final Slots slots;
    final Participants participants;
    final Channels channels;
    final Epochs epochs;
    final SlabEntries slabs;
    final Names names;

    private final Deque<Runnable> closing = new ArrayDeque<>();

    /** @param directory of the pool, which is closed with this */
    PoolView(DirectoryHandle directory, PoolDescription description) {
        this.directory = directory;
        this.description = description;
        closing.push(directory::close);
        SafePath path = directory.path();
        try {
            slots = new Slots(path, description.slots());
            closing.push(slots::close);
            participants = new Participants(path.resolve(PoolFiles.PARTICIPANTS));
            closing.push(participants::close);
            channels = new Channels(MappedFile.map(path.resolve(PoolFiles.CHANNELS), Channels.bytes()));
            // Closes the channels too.
            epochs = new Epochs(path.resolve(PoolFiles.EPOCHS), channels);
            closing.push(epochs::close);
            slabs = new SlabEntries(path, description.slots());
            closing.push(slabs::close);
            names = new Names(path, slots, participants, slabs::slotsInUse);
            closing.push(names::close);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * The directory of a pool. The caller closes it.
     *
     * @throws SharedMemoryException ABSENT, NO_PERMISSION
     */
    static DirectoryHandle find(PoolOptions options) {
        DirectoryHandle directory = place(options).find();
        if (directory == null) {
            throw new SharedMemoryException(
                    Kind.ABSENT, "there is no pool " + options.name() + " in " + options.directory());
        }
        return directory;
    }

    /** Where a pool is, or would be. */
    static PoolDirectory place(PoolOptions options) {
        return new PoolDirectory(Path.of(options.directory()), options.name());
    }

    /**
     * Opens a pool whose files have been looked at.
     *
     * @throws SharedMemoryException as {@link PoolDescription#open}
     */
    static PoolView open(DirectoryHandle directory) {
        return new PoolView(directory, PoolDescription.open(directory.path()));
    }

    @Override
    public void close() {
        while (!closing.isEmpty()) {
            closing.pop().run();
        }
    }
}
