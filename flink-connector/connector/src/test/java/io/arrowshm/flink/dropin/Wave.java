package io.arrowshm.flink.dropin;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** No POJO, since it has no constructor without arguments: Flink gives it to Kryo. */
public final class Wave {
    private final @Nullable String name;
    private final float @Nullable [] samples;

    Wave(@Nullable String name, float @Nullable [] samples) {
        this.name = name;
        this.samples = samples;
    }

    public static Wave of(long number, int length) {
        float[] samples = new float[length];
        for (int i = 0; i < length; i++) {
            samples[i] = number + i;
        }
        return new Wave("wave " + number, samples);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Wave wave && Objects.equals(name, wave.name) && Arrays.equals(samples, wave.samples);
    }

    @Override
    public int hashCode() {
        return 31 * Objects.hashCode(name) + Arrays.hashCode(samples);
    }
}
