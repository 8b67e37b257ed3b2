package io.arrowshm.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.arrowshm.internal.arrow.EmptyVectors;
import io.arrowshm.testing.Python;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.pojo.Schema;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmptyVectorsIT {
    @TempDir
    private Path directory;

    @Test
    void pyarrowAndPolarsReadWhatHasNoElementsDownToTheLastOffset() throws Exception {
        List<Path> files = new ArrayList<>();
        for (Schema schema : EmptyVectors.schemas()) {
            for (EmptyVectors.Filling filling : EmptyVectors.Filling.values()) {
                String reader = EmptyVectors.isInPolars(schema) ? "polars" : "pyarrow";
                Path file = directory.resolve(reader + "-" + files.size() + "-" + filling);
                files.add(Files.write(file, EmptyVectors.write(schema, filling)));
            }
        }
        String output = Python.find().run(EmptyVectorsIT.class, "read_empty.py", directory, files.toArray());
        assertThat(output.lines())
                .hasSameSizeAs(files)
                .allMatch(line -> line.matches("(polars|pyarrow)-\\S+ read by \\1, [1-9]\\d* columns"));
    }
}
