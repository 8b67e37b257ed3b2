package io.arrowshm.load.file;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Something in a file that cannot be loaded, while the rest of it is.
 *
 * @param path in the dataset
 * @param reason what it is, for people
 */
public record NotLoaded(
        @JsonProperty("path") String path,
        @JsonProperty("reason") String reason) {}
