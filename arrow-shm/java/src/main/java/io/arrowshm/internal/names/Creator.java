package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The process that published a dataset.
 *
 * @param participant its place in the pool
 * @param incarnation which of those that ever had this place
 * @param processId for people
 */
public record Creator(
        @JsonProperty("participant") int participant,
        @JsonProperty("incarnation") long incarnation,
        @JsonProperty("processId") long processId) {}
