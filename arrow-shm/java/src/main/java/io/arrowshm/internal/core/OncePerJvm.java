package io.arrowshm.internal.core;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;

/**
 * Keeps a second class loader of this JVM from opening the same pool: it would take a second of the pool's few places, and
 * count handles apart from the first. Noted in the system properties, the one thing that class loaders share.
 */
final class OncePerJvm implements AutoCloseable {
    private final String property;

    /** @throws SharedMemoryException IN_USE */
    OncePerJvm(String poolId) {
        property = "arrow-shm.open." + poolId;
        Object holder = System.getProperties().putIfAbsent(property, OncePerJvm.class.getClassLoader() + "");
        if (holder != null) {
            throw new SharedMemoryException(
                    Kind.IN_USE,
                    "another class loader of this JVM (" + holder + ") has the pool " + poolId
                            + " open; a JVM is one participant: put arrow-shm into Flink's lib/ directory");
        }
    }

    @Override
    public void close() {
        System.getProperties().remove(property);
    }
}
