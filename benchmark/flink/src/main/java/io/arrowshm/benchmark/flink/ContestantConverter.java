package io.arrowshm.benchmark.flink;

import java.util.ArrayList;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the names of exchanges. */
final class ContestantConverter implements ITypeConverter<Contestant> {
    @Override
    public Contestant convert(String text) {
        return Contestant.all().stream()
                .filter(contestant -> contestant.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is none of "
                        + Contestant.all().stream().map(Contestant::text).collect(Collectors.joining(", "))));
    }

    /** All names. */
    static final class Candidates extends ArrayList<String> {
        private static final long serialVersionUID = 1L;

        Candidates() {
            Contestant.all().forEach(contestant -> add(contestant.text()));
        }
    }
}
