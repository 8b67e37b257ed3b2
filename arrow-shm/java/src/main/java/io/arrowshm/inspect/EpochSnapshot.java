package io.arrowshm.inspect;

/**
 * One execution attempt.
 *
 * @param index of the epoch
 * @param name of the attempt
 * @param alive whether it is open; what an ended one has in flight is taken back once its receivers have ended too
 * @param channels that it sends on
 * @param joined of these, that a receiver has joined
 * @param receiving channels that it has joined as the receiver
 * @param segments with references of it in flight
 * @param bytes of their blocks
 */
public record EpochSnapshot(
        int index, String name, boolean alive, int channels, int joined, int receiving, int segments, long bytes) {}
