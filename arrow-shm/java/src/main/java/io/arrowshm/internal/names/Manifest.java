package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What stands in the file of a dataset. Its name does not: that is the file's, so that renaming is one step.
 *
 * @param formatVersion of this file
 * @param id random, from 1 to {@link #MAX_NUMBER}; stays when the dataset is renamed or overwritten; also the
 *     index of the dataset's lock byte
 * @param revision counted up whenever it is overwritten
 * @param publishedAtMs milliseconds since 1970
 * @param creator who published this revision
 * @param content groups and segments
 */
public record Manifest(
        @JsonProperty("formatVersion") int formatVersion,
        @JsonProperty("id") long id,
        @JsonProperty("revision") long revision,
        @JsonProperty("publishedAtMs") long publishedAtMs,
        @JsonProperty("creator") Creator creator,
        @JsonProperty("content") Content content) {

    public static final int FORMAT_VERSION = 2;

    /** The largest whole number in it: above that runtimes whose numbers are all doubles read others. */
    public static final long MAX_NUMBER = (1L << 53) - 1;

    /** Whether both are one publication of one dataset. */
    public boolean isSame(Manifest other) {
        return id == other.id && revision == other.revision;
    }
}
