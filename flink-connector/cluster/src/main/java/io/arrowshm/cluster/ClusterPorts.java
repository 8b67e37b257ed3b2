package io.arrowshm.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * The two ports that others must know before the JobManager listens; Flink picks all others itself.
 *
 * @param rpc where TaskManagers find the JobManager
 * @param rest where clients find it
 */
record ClusterPorts(int rpc, int rest) {
    /** Two ports free right now. Somebody else may take one before the JobManager does: then pick again. */
    static ClusterPorts pick() {
        InetAddress loopback = InetAddress.getLoopbackAddress();
        try (ServerSocket rpc = new ServerSocket(0, 1, loopback);
                ServerSocket rest = new ServerSocket(0, 1, loopback)) {
            return new ClusterPorts(rpc.getLocalPort(), rest.getLocalPort());
        } catch (IOException e) {
            throw new UncheckedIOException("no free port on the loopback interface", e);
        }
    }
}
