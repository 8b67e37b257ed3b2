package io.arrowshm.flink.stream;

import java.io.Serializable;
import org.apache.flink.annotation.Internal;

/** How the segments of an edge find their receivers; as a string, the name that people know it by. */
@Internal
public interface Routing extends Serializable {
    /**
     * Finds the receivers of one sending subtask.
     *
     * @param subtask index of the sender
     * @param senders number of sending subtasks
     * @param receivers number of receiving subtasks
     * @throws IllegalStateException if there cannot be such an edge between so many
     */
    Router router(int subtask, int senders, int receivers);

    /** The routing of a single edge, to be told about its receivers while the job is built. */
    default Routing ofOneEdge() {
        return this;
    }
}
