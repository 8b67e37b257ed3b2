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
 * @param retry whether the same may be asked for again and be done then; null if it is done
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
        @JsonProperty("retry") @Nullable Boolean retry,
        @JsonProperty("dataset") @Nullable String dataset,
        @JsonProperty("id") @Nullable Long id,
        @JsonProperty("revision") @Nullable Long revision,
        @JsonProperty("files") @Nullable List<String> files) {

    static Answer done(String dataset, Manifest manifest, List<String> files) {
        return new Answer(
                Manifest.FORMAT_VERSION,
                true,
                null,
                null,
                dataset,
                manifest.id(),
                manifest.revision(),
                List.copyOf(files));
    }

    static Answer refused(String reason, boolean retry) {
        return new Answer(Manifest.FORMAT_VERSION, false, reason, retry, null, null, null, null);
    }

    /** Null if it was not written to its end. */
    static @Nullable Answer read(byte[] bytes) {
        try {
            return StrictJson.read(bytes, json -> new AnswerReader(json).read());
        } catch (StrictJson.DamagedException e) {
            return null;
        }
    }

    byte[] toBytes() {
        try {
            return StrictJson.write(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether it is that publication that it tells of. */
    boolean isOf(Manifest manifest) {
        return id != null && revision != null && id == manifest.id() && revision == manifest.revision();
    }

    /** The files that are to go. */
    List<String> filesTaken() {
        return files == null ? List.of() : files;
    }
}
