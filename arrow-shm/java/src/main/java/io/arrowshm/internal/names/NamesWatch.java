package io.arrowshm.internal.names;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import io.arrowshm.internal.layout.PoolFiles;
import io.arrowshm.internal.memory.SafePath;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Which manifests come and go, as the operating system tells (inotify). What happens after this was opened is told; so who
 * then looks at all manifests misses nothing. One thread.
 */
public final class NamesWatch implements AutoCloseable {
    private final SafePath directory;
    private final WatchService service;
    private boolean isGone;

    NamesWatch(SafePath directory) {
        this.directory = directory;
        try {
            service = directory.access().getFileSystem().newWatchService();
        } catch (IOException e) {
            throw cannotWatch(e);
        }
        boolean watching = false;
        try {
            directory
                    .access()
                    .register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
            watching = true;
        } catch (IOException e) {
            throw cannotWatch(e);
        } finally {
            if (!watching) {
                close();
            }
        }
    }

    /**
     * Datasets that something has happened to.
     *
     * @param names of them
     * @param all whether it may be any others as well, since there was too much to be told
     */
    public record Changes(Set<String> names, boolean all) {
        public boolean isNothing() {
            return names.isEmpty() && !all;
        }
    }

    /**
     * What has happened since the last call, waited for if it is nothing yet.
     *
     * @throws SharedMemoryException ABSENT if the pool was removed
     */
    public Changes await(long timeoutNanos) throws InterruptedException {
        if (isGone) {
            throw new SharedMemoryException(Kind.ABSENT, "the pool of " + directory + " was removed");
        }
        Set<String> names = new LinkedHashSet<>();
        boolean all = false;
        WatchKey key = service.poll(Math.max(0, timeoutNanos), TimeUnit.NANOSECONDS);
        if (key != null) {
            for (WatchEvent<?> event : key.pollEvents()) {
                all |= event.kind() == StandardWatchEventKinds.OVERFLOW;
                // The directory itself is told of only once nobody has anything in it open, as every participant has.
                isGone |= event.kind() == StandardWatchEventKinds.ENTRY_DELETE
                        && Path.of(PoolFiles.NAMES_LOCK).equals(event.context());
                String name = event.context() instanceof Path file ? ManifestName.ofFile(file.toString()) : null;
                if (name != null) {
                    names.add(name);
                }
            }
            isGone |= !key.reset();
            all |= isGone;
        }
        return new Changes(names, all);
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            throw new SharedMemoryException(Kind.SYSTEM, "cannot end watching " + directory + ": " + e, e);
        }
    }

    private SharedMemoryException cannotWatch(IOException e) {
        return new SharedMemoryException(
                Kind.SYSTEM,
                "cannot watch " + directory + ": " + e.getMessage()
                        + "; close other watches, or raise fs.inotify.max_user_instances and max_user_watches",
                e);
    }
}
