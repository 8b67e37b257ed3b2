package io.arrowshm.flink.internals;

import org.apache.flink.annotation.Internal;
import org.apache.flink.api.common.functions.Function;
import org.apache.flink.api.common.functions.WrappingFunction;

/** A function around one of a user, whose state and lifecycle Flink finds through this class alone. */
@Internal
public abstract class AroundFunction<F extends Function> extends WrappingFunction<F> {
    private static final long serialVersionUID = 1L;

    protected AroundFunction(F function) {
        super(function);
    }
}
