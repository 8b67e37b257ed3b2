package io.arrowshm.benchmark.flink;

import io.arrowshm.benchmark.flink.job.Exchange;
import java.util.Locale;

/** The colour of an exchange, the same in all plots, whatever else they show. */
enum Hue {
    REFERENCE("#c2300b", "#ff7a57"),
    DROP_IN("#a66300", "#f2b04c"),
    POJO("#1f5fa8", "#6aa9f0"),
    BYTES("#1d7a80", "#5cc3c9"),
    KRYO("#7a4fb5", "#b08cf0"),
    ROW("#a0477f", "#de86bc"),
    ARROW_IPC("#66741b", "#b4c25a"),
    FORY("#8a5a2b", "#c99a66"),
    /** What no exchange is faster than. */
    MEMORY_COPY("#6e7781", "#9198a1");

    private final String light;
    private final String dark;

    Hue(String light, String dark) {
        this.light = light;
        this.dark = dark;
    }

    /** @throws IllegalArgumentException if it has none */
    static Hue of(Exchange exchange) {
        return valueOf(exchange.name());
    }

    /** Its class in drawings. */
    String style() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** On white. */
    String light() {
        return light;
    }

    /** On black. */
    String dark() {
        return dark;
    }
}
