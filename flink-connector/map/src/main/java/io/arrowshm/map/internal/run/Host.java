package io.arrowshm.map.internal.run;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** This machine and this process, as failures name them. */
public final class Host {
    private static final String NAME = name();

    private Host() {}

    public static Failure.Place place(int worker) {
        return new Failure.Place(worker, NAME, ProcessHandle.current().pid());
    }

    private static String name() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
