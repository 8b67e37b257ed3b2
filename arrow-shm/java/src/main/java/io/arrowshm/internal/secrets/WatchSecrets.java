package io.arrowshm.internal.secrets;

import io.arrowshm.internal.names.NamesAccess;

/**
 * How watches of datasets are made.
 *
 * @param <W> a watch
 */
public interface WatchSecrets<W> {
    /** @param prefix name of a dataset that is watched with those below it; empty for all */
    W watch(NamesAccess names, String prefix);
}
