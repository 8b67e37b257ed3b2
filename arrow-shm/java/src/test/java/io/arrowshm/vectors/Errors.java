package io.arrowshm.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import io.arrowshm.error.SharedMemoryException;
import java.util.Locale;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** The kinds of errors as the test vectors call them. Stateless. */
final class Errors {
    private Errors() {}

    /** @param expected with {@code what} is wrong, and which {@code errors} may come of it */
    static void assertRefused(JsonNode expected, ThrowingCallable call) {
        String what = expected.get("what").asText();
        Throwable error = catchThrowable(call);
        assertThat(error).as(what).isInstanceOf(SharedMemoryException.class);
        SharedMemoryException.Kind kind = ((SharedMemoryException) error).kind();
        assertThat(expected.get("errors"))
                .extracting(JsonNode::asText)
                .as("%s: %s", what, error.getMessage())
                .contains(kind.name().toLowerCase(Locale.ROOT).replace('_', ' '));
        assertThat(error.getMessage()).doesNotContain("\n");
    }
}
