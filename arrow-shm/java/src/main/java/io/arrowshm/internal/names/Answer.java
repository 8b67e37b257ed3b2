package io.arrowshm.internal.names;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request has come to.
 *
 * @param formatVersion of this file
 * @param done whether the dataset is published; else everything is as it was
 * @param reason why not, in one sentence; null if it is done
 * @param dataset that was published; null if it was refused
 * @param id of the dataset
 * @param revision of the dataset: with the id it says which publication this is
 * @param files that were taken, and are gone
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Answer(
        @JsonProperty("formatVersion") int formatVersion,
        @JsonProperty("done") boolean done,
        @JsonProperty("reason") @Nullable String reason,
        @JsonProperty("dataset") @Nullable String dataset,
        @JsonProperty("id") @Nullable Long id,
        @JsonProperty("revision") @Nullable Long revision,
        @JsonProperty("files") @Nullable List<String> files) {

    static Answer done(String dataset, Manifest manifest, List<String> files) {
        return new Answer(
                Manifest.FORMAT_VERSION, true, null, dataset, manifest.id(), manifest.revision(), List.copyOf(files));
    }

    static Answer refused(String reason) {
        return new Answer(Manifest.FORMAT_VERSION, false, reason, null, null, null, null);
    }

    /** Null if it was not written to its end. */
    static @Nullable Answer read(byte[] bytes) {
        try {
            return StrictJson.OF_OPTIONAL_FIELDS.treeToValue(StrictJson.tree(bytes), Answer.class);
        } catch (JsonProcessingException | StrictJson.DamagedException e) {
            return null;
        }
    }

    byte[] toBytes() {
        try {
            return StrictJson.MAPPER.writeValueAsBytes(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it is that publication that it tells of. */
    boolean isOf(Manifest manifest) {
        return id != null && revision != null && id == manifest.id() && revision == manifest.revision();
    }

    /** The files that are to go; whoever wrote this names nothing else. */
    List<String> filesTaken() {
        return files == null
                ? List.of()
                : files.stream().filter(IncomingFiles::isName).toList();
    }
}
