package io.arrowshm.flink.sink;

import org.apache.flink.annotation.Internal;

/**
 * A dataset that is complete and persistent, and gets the name that readers know when its checkpoint completes.
 *
 * @param poolId of the pool that it is in
 * @param stagingName that it has
 * @param name that it is to get
 */
@Internal
public record StagedDataset(long poolId, String stagingName, String name) {}
