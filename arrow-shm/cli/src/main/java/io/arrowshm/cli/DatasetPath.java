package io.arrowshm.cli;

import io.arrowshm.SharedMemoryPool;
import io.arrowshm.console.UserErrorException;
import io.arrowshm.dataset.Dataset;
import io.arrowshm.dataset.Datasets;

/**
 * A dataset and what is in it, named in one text: names of datasets have parts as paths in them have, and the longest one that
 * is there is meant.
 *
 * @param path in the dataset; empty for all of it
 */
record DatasetPath(Dataset dataset, String path) implements AutoCloseable {
    /** @throws UserErrorException if no part of it is a dataset */
    static DatasetPath open(SharedMemoryPool pool, String text) {
        Datasets datasets = Datasets.of(pool);
        for (int end = text.length(); end > 0; end = text.lastIndexOf('/', end - 1)) {
            String name = text.substring(0, end);
            if (datasets.exists(name)) {
                return new DatasetPath(datasets.open(name), end == text.length() ? "" : text.substring(end + 1));
            }
        }
        throw new UserErrorException(
                "there is no dataset %s in the pool %s: see arrow-shm ls".formatted(text, pool.directory()));
    }

    @Override
    public void close() {
        dataset.close();
    }
}
