package io.arrowshm.map.internal.run;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What came of a range, for the caller.
 *
 * @param value that may be null
 */
public record RangeResult(@Nullable Object value) implements Serializable {}
