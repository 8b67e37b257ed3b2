package io.arrowshm.internal.secrets;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import org.jspecify.annotations.Nullable;

/**
 * Where public classes leave what they do for the library's own packages, when they are initialised. Whoever takes it
 * names the class that leaves it. Any thread.
 */
public final class Secrets {
    private static volatile @Nullable PoolSecrets<?, ?, ?> pools;
    private static volatile @Nullable ArraySecrets<?, ?, ?> arrays;
    private static volatile @Nullable WatchSecrets<?> watches;

    private Secrets() {}

    public static void leavePools(PoolSecrets<?, ?, ?> secrets) {
        pools = secrets;
    }

    public static void leaveArrays(ArraySecrets<?, ?, ?> secrets) {
        arrays = secrets;
    }

    public static void leaveWatches(WatchSecrets<?> secrets) {
        watches = secrets;
    }

    /** @param owner the class of W */
    @SuppressWarnings("unchecked") // There is one implementation, which the owner leaves.
    public static <W> WatchSecrets<W> watches(Class<W> owner) {
        initialize(owner);
        return (WatchSecrets<W>) requireNonNull(watches);
    }

    /** @param owner the class of P */
    @SuppressWarnings("unchecked") // There is one implementation, which the owner leaves.
    public static <P, S, E> PoolSecrets<P, S, E> pools(Class<P> owner) {
        initialize(owner);
        return (PoolSecrets<P, S, E>) requireNonNull(pools);
    }

    /** @param owner the class of A */
    @SuppressWarnings("unchecked") // There is one implementation, which the owner leaves.
    public static <S, A, M> ArraySecrets<S, A, M> arrays(Class<A> owner) {
        initialize(owner);
        return (ArraySecrets<S, A, M>) requireNonNull(arrays);
    }

    private static void initialize(Class<?> owner) {
        try {
            MethodHandles.publicLookup().ensureInitialized(owner);
        } catch (IllegalAccessException e) {
            throw new AssertionError(owner + " is public", e);
        }
    }
}
