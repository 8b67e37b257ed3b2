package io.arrowshm.inspect;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.arrowshm.internal.layout.OwnershipWord;

/** The state of a slot that is in use. */
public enum SegmentState {
    /** One participant writes it. */
    @JsonProperty("building")
    BUILDING,
    /** Immutable. */
    @JsonProperty("sealed")
    SEALED,
    /** Several participants write it. */
    @JsonProperty("mutable")
    MUTABLE,
    /** Was mutable, or is only lent: freed with its last claim. */
    @JsonProperty("orphan")
    ORPHAN,
    /** A damaged word; see {@link Verifier}. */
    @JsonProperty("damaged")
    DAMAGED;

    static SegmentState of(long word) {
        return switch (OwnershipWord.state(word)) {
            case OwnershipWord.BUILDING -> BUILDING;
            case OwnershipWord.SEALED -> SEALED;
            case OwnershipWord.MUTABLE -> MUTABLE;
            case OwnershipWord.ORPHAN -> ORPHAN;
            default -> DAMAGED;
        };
    }
}
