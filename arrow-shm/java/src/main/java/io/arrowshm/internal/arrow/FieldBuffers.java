package io.arrowshm.internal.arrow;

import java.util.Iterator;
import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;

/**
 * What one vector is loaded with.
 *
 * @param buffers in the order of its type, without references of their own
 * @param isAllValid whether the first buffer is to be the one that says that nothing is null
 */
record FieldBuffers(ArrowFieldNode node, List<ArrowBuf> buffers, boolean isAllValid) {
    /**
     * Loads a vector and its children. Unlike Arrow's loader this sets no value count afterwards: a vector's buffers are
     * long enough, and setting it would look at every row of a union.
     *
     * @param fields depth first
     */
    static void load(FieldVector vector, Iterator<FieldBuffers> fields) {
        fields.next().load(vector);
        for (FieldVector child : vector.getChildrenFromFields()) {
            load(child, fields);
        }
    }

    private void load(FieldVector vector) {
        if (isAllValid) {
            try (ArrowBuf validity = ArrowMemory.allValid(node.getLength())) {
                buffers.set(0, validity);
                vector.loadFieldBuffers(node, buffers);
            }
        } else {
            vector.loadFieldBuffers(node, buffers);
        }
    }
}
