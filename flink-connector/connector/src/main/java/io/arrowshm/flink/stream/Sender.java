package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.type.Transfer;
import java.util.List;

/**
 * Decides for each segment of one attempt and edge whether it goes by reference or by value. What it prepares the operator
 * writes at once, in that order; if that fails, so does the attempt. One thread.
 */
interface Sender extends AutoCloseable {
    /**
     * Invitations to every receiver that the router reaches, to be written before anything else.
     *
     * @param receivers of the edge
     */
    List<Transfer> invitations(int receivers, Router router);

    /**
     * What is to be written for a segment: a reference that has just been put in flight, or the segment itself.
     *
     * @throws InterruptedException if the task is cancelled while waiting for the receiver
     */
    Transfer prepare(Segment segment, int receiver) throws InterruptedException;

    /** What is in flight stays good until the receivers are gone too. */
    @Override
    void close();
}
