package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;

/**
 * The process that published a dataset.
 *
 * @param participant its place in the pool
 * @param incarnation which of those that ever had this place; 16 hexadecimal digits in JSON
 * @param processId for people
 */
public record Creator(
        @JsonProperty("participant") int participant,

        @JsonProperty("incarnation") @JsonSerialize(using = HexDigits.class)
        long incarnation,

        @JsonProperty("processId") long processId) {}
