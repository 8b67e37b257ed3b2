package io.arrowshm.map.internal.client;

import io.arrowshm.map.internal.run.Failure;
import io.arrowshm.map.internal.wire.Messages;
import java.io.DataInputStream;
import java.io.IOException;

/**
 * What a worker says of itself.
 *
 * @param workers of its context
 * @param poolDirectory where its pool is
 * @param poolName name of its pool
 * @param mayKill whether its process is its alone
 */
public record Welcome(Failure.Place place, int workers, String poolDirectory, String poolName, boolean mayKill) {
    /** @param in behind the first byte */
    static Welcome read(DataInputStream in) throws IOException {
        int version = in.readInt();
        if (version != Messages.VERSION) {
            throw new IOException("the worker speaks version " + version + ", this process " + Messages.VERSION
                    + ": use the same version of arrow-shm-map");
        }
        int worker = in.readInt();
        int workers = in.readInt();
        long pid = in.readLong();
        return new Welcome(
                new Failure.Place(worker, in.readUTF(), pid), workers, in.readUTF(), in.readUTF(), in.readBoolean());
    }
}
