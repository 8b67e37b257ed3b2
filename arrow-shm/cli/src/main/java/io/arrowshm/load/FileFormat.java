package io.arrowshm.load;

import io.arrowshm.load.file.UnreadableFileException;
import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.array.IdxArrayFile;
import io.arrowshm.load.internal.array.NpyFile;
import io.arrowshm.load.internal.array.NpzFile;
import io.arrowshm.load.internal.hdf5.Hdf5File;
import io.arrowshm.load.internal.table.ArrowItem;
import io.arrowshm.load.internal.table.DuckDb;
import io.arrowshm.load.internal.table.SqlItem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
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

    private static final List<String> OF_ZARR = List.of("zarr.json", ".zgroup", ".zarray");

    private static final List<String> COMPRESSIONS = List.of(".gz", ".zst");

    /** Opens a file of the format, to see what is in it. */
    OpenFile open(Path file, String name, DuckDb duckDb) throws IOException {
        return switch (this) {
            case HDF5 -> Hdf5File.open(file);
            case NPY -> NpyFile.open(file, name);
            case NPZ -> NpzFile.open(file);
            case IDX -> IdxArrayFile.open(file, name);
            case ARROW -> ArrowItem.open(file, name);
            case PARQUET -> SqlItem.open(file, name, "read_parquet(%s)", duckDb);
            case CSV -> SqlItem.open(file, name, "read_csv(%s)", duckDb);
            case JSON -> SqlItem.open(file, name, "read_json(%s)", duckDb);
        };
    }

    /** Whether a directory is a store of Zarr, of version 2 or 3. */
    static boolean isZarr(Path directory) {
        return OF_ZARR.stream().anyMatch(name -> Files.exists(directory.resolve(name)));
    }

    /** @throws UnreadableFileException if it is none of them */
    static FileFormat of(Path file) throws IOException {
        if (isZarr(file)) {
            throw new UnreadableFileException(
                    file.toString(), "a store of Zarr", ALL, "load it with shm.load of the package for Python");
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            byte[] start = start(channel, 0);
            FileFormat format = of(channel, start, file);
            if (format == null) {
                throw new UnreadableFileException(
                        file.toString(), known(start), ALL, "convert it, or name another file");
            }
            return format;
        }
    }

    private static @Nullable FileFormat of(FileChannel channel, byte[] start, Path file) throws IOException {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        for (Map.Entry<String, FileFormat> format : BY_START.entrySet()) {
            if (text.startsWith(format.getKey())) {
                return format.getValue();
            }
        }
        if (isHdf5(channel)) {
            return HDF5;
        }
        if (IdxArrayFile.isStart(start) || isGzippedIdx(channel, start, file)) {
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
    private static String known(byte[] start) {
        if (new String(start, StandardCharsets.ISO_8859_1).startsWith("CDF")) {
            return "a classic NetCDF file: make it one of NetCDF-4 with nccopy -k nc4";
        }
        return start.length == 0 ? "an empty file" : "of no format that is known";
    }

    private static boolean isGzippedIdx(FileChannel channel, byte[] start, Path file) throws IOException {
        boolean isGzip = start.length > 1 && start[0] == 0x1f && start[1] == (byte) 0x8b;
        if (!isGzip
                || !String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT).contains("idx")) {
            return false;
        }
        InputStream stream = new GZIPInputStream(Channels.newInputStream(channel.position(0)));
        return IdxArrayFile.isStart(stream.readNBytes(Integer.BYTES));
    }

    /** Something of the user's may stand in front. */
    private static boolean isHdf5(FileChannel channel) throws IOException {
        long size = Math.min(channel.size(), MOST_USER_BLOCK_BYTES);
        for (long at = 0; at < size; at = at == 0 ? 512 : 2 * at) {
            if (Arrays.equals(start(channel, at), HDF5_MAGIC)) {
                return true;
            }
        }
        return false;
    }

    private static byte[] start(FileChannel channel, long at) throws IOException {
        return Channels.newInputStream(channel.position(at)).readNBytes(START_BYTES);
    }
}
