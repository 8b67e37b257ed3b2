package io.arrowshm.jobs.images;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What the command line says about an exchange.
 *
 * @param batchImages images of the largest batch
 * @param poolBytes size of the pool; null for its default
 * @param dumpFirst where the first sealed segment is copied to; null for nowhere
 * @param keep whether the pool stays afterwards
 */
record ExchangeOptions(
        int batchImages, @Nullable Long poolBytes, @Nullable Path dumpFirst, boolean keep) {}
