package io.arrowshm.map.internal.run;

import org.jspecify.annotations.Nullable;

/** Who is told, where a call was started, of what came of its ranges. */
public interface Arrivals {
    /** By any thread; must not wait, and not look at the result. */
    void arrived(int range, Arrived result);

    /** A result that is read when somebody asks for it. */
    interface Arrived {
        /** To be called once, by any thread; what it throws is the end of the call. */
        @Nullable
        Object get() throws Exception;
    }
}
