package io.arrowshm.flink.stream;

import io.arrowshm.Segment;
import io.arrowshm.flink.type.Transfer;
import io.arrowshm.flink.type.Transfer.Content;
import java.util.function.Consumer;

/** Decides for each segment of one attempt and edge whether it goes by reference or by value. One thread. */
interface Sender extends AutoCloseable {
    /**
     * Asks every receiver that the router reaches to join, before anything else is sent.
     *
     * @param receivers of the edge
     * @param output that leads to them
     */
    void invite(int receivers, Router router, Consumer<Transfer> output);

    /** Puts a reference in flight, or says that the segment goes by value; the caller sends the result at once. */
    Content content(Segment segment, int receiver) throws InterruptedException;

    /** To be called when the content was sent. */
    void sent(int receiver);

    /** What is in flight stays good until the receivers are gone too. */
    @Override
    void close();
}
