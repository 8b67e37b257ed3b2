package io.arrowshm.benchmark.report;

import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Values that users choose by their names: both picocli's converter of an option and the names it lists.
 *
 * @param <T> values
 */
public abstract class ByName<T> implements ITypeConverter<T>, Iterable<String> {
    private final List<T> all;
    private final Function<T, String> name;

    protected ByName(List<T> all, Function<T, String> name) {
        this.all = List.copyOf(all);
        this.name = name;
    }

    /** @throws TypeConversionException if none has this name */
    @Override
    public final T convert(String text) {
        return all.stream()
                .filter(value -> name.apply(value).equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of " + String.join(", ", this)));
    }

    @Override
    public final Iterator<String> iterator() {
        return all.stream().map(name).iterator();
    }
}
