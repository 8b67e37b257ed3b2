package io.arrowshm.systemtest.topology;

import java.io.Serializable;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.util.function.ThrowingConsumer;

/**
 * What carries records through a job. One thread.
 *
 * @param <T> a record
 */
interface Carrier<T> extends Serializable {
    TypeInformation<T> type();

    /** To be called in a function's {@code open}. */
    void open();

    long first(T record);

    /** Of all words that are really there. */
    long digest(T record);

    /** Makes a record and lends it. */
    void make(long first, ThrowingConsumer<T, Exception> lend) throws Exception;

    /** Makes a record for a function whose caller closes what it returns. */
    T make(long first) throws Exception;

    /** What may be kept in state. */
    T keep(T record);
}
