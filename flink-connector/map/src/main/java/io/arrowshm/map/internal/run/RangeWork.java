package io.arrowshm.map.internal.run;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** What a worker does with a range of a call. A kind of kernel is an implementation of this. */
public interface RangeWork extends Serializable {
    /**
     * Does one range.
     *
     * @param from the first index
     * @param to the index behind the last one
     * @param control to be told now and then how far it is
     * @return what the call is to be told of this range, or null
     */
    @Nullable
    RangeResult run(int worker, long from, long to, Control control) throws Exception;

    /** How a worker and what it does meet. */
    interface Control {
        /** How many indices may be done until the next {@link #reached}: some microseconds for a short kernel. */
        int INTERVAL = 1024;

        /**
         * To be called between two indices: ends the range if the call is to stop.
         *
         * @param index the next one
         */
        void reached(long index);

        /** The index at which it is about to throw. */
        void failedAt(long index);
    }
}
