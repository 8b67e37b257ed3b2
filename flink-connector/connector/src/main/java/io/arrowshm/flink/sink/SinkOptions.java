package io.arrowshm.flink.sink;

import io.arrowshm.PoolOptions;
import java.io.Serializable;
import java.time.Duration;
import java.util.LinkedHashMap;
import org.apache.flink.annotation.Internal;

/**
 * How a sink publishes.
 *
 * @param poolOptions that the datasets are in
 * @param name that they lie below
 * @param attributes of each, serializable
 * @param fullPoolTimeout for which a copy waits for room
 */
@Internal
public record SinkOptions(
        PoolOptions poolOptions, String name, LinkedHashMap<String, Object> attributes, Duration fullPoolTimeout)
        implements Serializable {}
