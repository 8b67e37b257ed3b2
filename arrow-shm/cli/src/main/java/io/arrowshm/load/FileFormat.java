package io.arrowshm.load;

import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.array.NpyFile;
import io.arrowshm.load.internal.array.NpzFile;
import io.arrowshm.load.internal.array.IdxArrayFile;
import io.arrowshm.load.internal.hdf5.Hdf5File;
import io.arrowshm.load.internal.table.ArrowItem;
import io.arrowshm.load.internal.table.SqlItem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The formats that can be loaded: told by how a file begins and, where every text could be it, by its name. */
enum FileFormat {
    HDF5,
    NPY,
    NPZ,
    IDX,
    ARROW,
    PARQUET,
    CSV,
    JSON;

    /** What {@code --help} and errors say. */
    static final String ALL = "HDF5, NetCDF-4, NPY, NPZ, IDX, Arrow (file, stream, Feather), Parquet, CSV, JSON";

    private static final int START_BYTES = 8;
    private static final long MOST_USER_BLOCK_BYTES = 1L << 30;
    private static final byte[] HDF5_MAGIC = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    private static final Map<String, FileFormat> BY_START = Map.of(
            "ARROW1",
            ARROW,
            "\u00ff\u00ff\u00ff\u00ff",
            ARROW,
            "\u0093NUMPY",
            NPY,
            "PK\u0003\u0004",
            NPZ,
            "PAR1",
            PARQUET);

    /** Behind the last dot of a name, before that of a compression. */
    private static final Map<String, FileFormat> BY_NAME =
            Map.of("csv", CSV, "tsv", CSV, "json", JSON, "jsonl", JSON, "ndjson", JSON);

    private static final List<String> COMPRESSIONS = List.of(".gz", ".zst");

    /** Opens a file of the format, to see what is in it. */
    OpenFile open(Path file, String name) throws IOException {
        return switch (this) {
            case HDF5 -> Hdf5File.open(file);
            case NPY -> NpyFile.open(file, name);
            case NPZ -> NpzFile.open(file);
            case IDX -> IdxArrayFile.open(file, name);
            case ARROW -> ArrowItem.open(file, name);
            case PARQUET -> SqlItem.open(file, name, "read_parquet(%s)");
            case CSV -> SqlItem.open(file, name, "read_csv(%s)");
            case JSON -> SqlItem.open(file, name, "read_json(%s)");
        };
    }

    /** Null if it is none of them. */
    static @Nullable FileFormat of(Path file) throws IOException {
        byte[] start = start(file, 0);
        String text = new String(start, StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, FileFormat> format : BY_START.entrySet()) {
            if (text.startsWith(format.getKey())) {
                return format.getValue();
            }
        }
        if (isHdf5(file)) {
            return HDF5;
        }
        boolean isGzip = start.length > 1 && start[0] == 0x1f && start[1] == (byte) 0x8b;
        if (IdxArrayFile.isStart(start) || (isGzip && isGzippedIdx(file))) {
            return IDX;
        }
        return BY_NAME.get(suffix(file));
    }

    private static String suffix(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        for (String compression : COMPRESSIONS) {
            if (name.endsWith(compression)) {
                name = name.substring(0, name.length() - compression.length());
            }
        }
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** What a file is that is none of them, if that is known. */
    static String known(Path file) throws IOException {
        String text = new String(start(file, 0), StandardCharsets.ISO_8859_1);
        if (text.startsWith("CDF")) {
            return "a classic NetCDF file: make it one of NetCDF-4 with nccopy -k nc4";
        }
        if (text.isEmpty()) {
            return "an empty file";
        }
        return "of no format that is known";
    }

    private static boolean isGzippedIdx(Path file) throws IOException {
        if (!String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).contains("idx")) {
            return false;
        }
        try (InputStream stream = IdxArrayFile.stream(file)) {
            return IdxArrayFile.isStart(stream.readNBytes(Integer.BYTES));
        }
    }

    /** Something of the user's may stand in front. */
    private static boolean isHdf5(Path file) throws IOException {
        long size = Files.size(file);
        for (long at = 0; at < Math.min(size, MOST_USER_BLOCK_BYTES); at = at == 0 ? 512 : 2 * at) {
            if (Arrays.equals(start(file, at), HDF5_MAGIC)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] start(Path file, long at) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            stream.skipNBytes(at);
            return stream.readNBytes(START_BYTES);
        }
    }
}
