package io.arrowshm.array;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.arrowshm.internal.memory.ArrayMemory;
import io.arrowshm.internal.memory.MappedFile;
import io.arrowshm.testing.Opened;
import io.arrowshm.testing.Python;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arrays that were made here, read in place by pyarrow and NumPy; and theirs, opened here. */
class NumpyIT {
    private static final long[][] SHAPES = {{}, {5}, {2, 3}, {2, 3, 4}, {0, 3}};

    private static Python python;

    @TempDir
    private Path directory;

    @BeforeAll
    static void findPython() throws Exception {
        python = Python.find();
    }

    @Test
    void pyarrowAndNumpyReadEveryTypeInPlace() throws Exception {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (DType dtype : SampleTypes.all()) {
            for (long[] shape : SHAPES) {
                for (ArrayOrder order : List.of(ArrayOrder.C, ArrayOrder.FORTRAN)) {
                    String[] names =
                            Stream.of("x", "", "größe").limit(shape.length).toArray(String[]::new);
                    ArraySpec spec = ArraySpec.of(dtype, shape)
                            .withOrder(order)
                            .withDimensionNames(names)
                            .withAttributes(Map.of("unit", "K"));
                    entries.add(write(spec, entries.size() + ".array"));
                }
            }
        }
        new ObjectMapper().writeValue(directory.resolve("arrays.json").toFile(), entries);
        String output = python.run(NumpyIT.class, "read_arrays.py", directory, directory);
        assertThat(output.lines().filter(line -> line.startsWith("ok"))).hasSize(entries.size());
    }

    private Map<String, Object> write(ArraySpec spec, String file) throws IOException {
        try (PrivateArray memory = PrivateArray.of(spec)) {
            MutableNdArray array = memory.openMutable();
            fill(array);
            Files.write(directory.resolve(file), memory.bytes());
            return Map.of(
                    "file",
                    file,
                    "tensor",
                    TensorFormat.holds(spec.dtype()),
                    "dtype",
                    spec.dtype().toString(),
                    "shape",
                    spec.shape(),
                    "strides",
                    array.strides(),
                    "names",
                    spec.dimensionNames());
        }
    }

    /** As the script expects it. */
    private static void fill(MutableNdArray array) {
        if (!array.dtype().fields().isEmpty()) {
            array.dtype().fields().forEach(field -> fill(array.field(field.name())));
            return;
        }
        for (int i = 0; i < array.size(); i++) {
            long[] index = new long[array.dimensions()];
            long left = i;
            for (int axis = index.length - 1; axis >= 0; axis--) {
                index[axis] = left % array.length(axis);
                left /= array.length(axis);
            }
            switch (array.dtype().type().code()) {
                case 'b' -> array.at(index).set(i % 3 == 0);
                case 'f' -> array.at(index).set(i * 0.5 - 1);
                case 'c' -> array.at(index).set(i * 0.5 - 1, -2 * i);
                case 'M', 'm' -> array.at(index).set(i * 1000L + 5);
                case 'S' -> array.at(index).set("b" + i);
                case 'U' -> array.at(index).set("é" + i);
                default -> array.at(index).set(i);
            }
        }
    }

    @Test
    void whatNumpyAndPyarrowWroteOpensWithEqualValues() throws Exception {
        python.run(NumpyIT.class, "write_arrays.py", directory, directory);
        int opened = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path text :
                    files.filter(file -> file.toString().endsWith(".txt")).toList()) {
                Path file = Path.of(text.toString().replace(".txt", ""));
                try (PrivateArray memory = PrivateArray.of(Files.readAllBytes(file))) {
                    NdArray array = memory.open();
                    List<String> texts = texts(array);
                    assertThat(String.join("\n", texts))
                            .as("%s %s", file, array)
                            .isEqualTo(Files.readString(text));
                    opened++;
                }
            }
        }
        assertThat(opened).isGreaterThan(200);
    }

    private static List<String> texts(NdArray array) {
        List<String> texts = new ArrayList<>();
        if (!array.dtype().fields().isEmpty()) {
            array.dtype().fields().forEach(field -> texts.addAll(texts(array.field(field.name()))));
            return texts;
        }
        StridedLayout layout = array.header.layout();
        Offsets offsets = new Offsets(layout);
        for (int i = 0; i < array.size(); i++) {
            long address = array.memory.address(offsets.next());
            ElementType type = array.type;
            texts.add(
                    switch (type.code()) {
                        case 'b' -> type.getBoolean(address) ? "1" : "0";
                        case 'f' -> python(type.getDouble(address));
                        case 'c' -> python(type.getReal(address)) + "," + python(type.getImaginary(address));
                        case 'S', 'U' -> type.getString(address, array.itemSize());
                        default -> Long.toString(type.getLong(address));
                    });
        }
        return texts;
    }

    private static String python(double value) {
        return Double.toString(value);
    }

    @Test
    void moreThanTwoToThe31ElementsAreReadInPlaceOnBothSides() throws Exception {
        ArraySpec spec = ArraySpec.of(DType.UINT8, 46_342, 46_342);
        Path file = directory.resolve("large.array");
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(spec.bytes());
        }
        try (MappedFile mapped = Opened.with(file, MappedFile::map);
                ArrayMemory memory = new ArrayMemory(file::toString, mapped.address(), mapped.length(), mapped)) {
            MutableNdArray array = ArrayFormat.INSTANCE.create(memory, spec);
            array.at(0, 0).set(7);
            array.at(46_341, 46_341).set(9);
            NdArray opened = ArrayFormat.INSTANCE.open(memory);
            assertThat(opened.size()).isGreaterThan(1L << 31);
            assertThat(opened.reshape(opened.size()).getInt(opened.size() - 1)).isEqualTo(9);
            assertThat(opened.transpose().slice(1, 46_341, 0, -46_341).getInt(46_341, 0))
                    .isEqualTo(9);
        }
        String output = python.run(NumpyIT.class, "read_arrays.py", directory, "large", file, 46_342L * 46_342);
        assertThat(output).contains("ok large");
    }
}
