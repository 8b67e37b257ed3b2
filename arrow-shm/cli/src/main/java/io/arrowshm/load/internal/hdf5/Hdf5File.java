package io.arrowshm.load.internal.hdf5;

import io.arrowshm.array.ArraySpec;
import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.load.file.NotLoaded;
import io.arrowshm.load.internal.Item;
import io.arrowshm.load.internal.OpenFile;
import io.arrowshm.load.internal.Reasons;
import io.arrowshm.load.internal.UnsupportedContentException;
import io.arrowshm.load.internal.array.ArrayItem;
import io.arrowshm.load.internal.array.ArrayReader;
import io.arrowshm.load.internal.array.FileBytes;
import io.arrowshm.load.internal.array.RowReader;
import io.jhdf.HdfFile;
import io.jhdf.ObjectHeader;
import io.jhdf.api.Attribute;
import io.jhdf.api.Dataset;
import io.jhdf.api.Node;
import io.jhdf.api.dataset.ChunkedDataset;
import io.jhdf.api.dataset.ContiguousDataset;
import io.jhdf.dataset.DatasetBase;
import io.jhdf.object.datatype.EnumDataType;
import io.jhdf.object.datatype.VariableLength;
import io.jhdf.object.message.AttributeMessage;
import io.jhdf.object.message.DataSpaceMessage;
import io.jhdf.object.message.DataTypeMessage;
import io.jhdf.object.message.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An HDF5 file, NetCDF-4 too: groups, arrays, attributes, names of dimensions. Links are followed; what has several paths is
 * one segment. One thread, but arrays are read by several.
 */
public final class Hdf5File implements OpenFile {
    /** Links can make a small file look endless. */
    private static final int MOST_PATHS = 1 << 20;

    private static final int MOST_PARTS = 16;

    /** How netCDF marks a dimension of which there is no array. */
    private static final String NO_VARIABLE = "This is a netCDF dimension but not a netCDF variable";

    private static final int MOST_LINKS = 32;

    private final Path path;
    private final FileChannel channel;
    private final HdfFile file;
    private final Map<Path, Hdf5File> linked = new HashMap<>();
    /** What arrays are called that were met in this file, by address. */
    private final Map<Long, String> names = new HashMap<>();

    private final List<Found> found = new ArrayList<>();
    private final Map<String, Object> attributes = new LinkedHashMap<>();
    private final Map<String, Map<String, Object>> groups = new LinkedHashMap<>();
    private final List<Item> items = new ArrayList<>();
    private final List<NotLoaded> notLoaded = new ArrayList<>();
    private int paths;

    private Hdf5File(Path path, FileChannel channel, HdfFile file) {
        this.path = path;
        this.channel = channel;
        this.file = file;
    }

    /** Where something lies: in a file that may be one that is linked to. */
    private record Place(Hdf5File in, long address) {
        ObjectHeader header() {
            return ObjectHeader.readObjectHeader(in.file.getHdfBackingStorage(), address);
        }

        Map<String, Hdf5Links.Link> links() {
            return Hdf5Links.of(in.file.getHdfBackingStorage(), header());
        }
    }

    /** An array, and what it is called. */
    private record Found(Place place, String path) {}

    /**
     * Looks at all that is in it.
     *
     * @throws RuntimeException whatever jhdf meets in a damaged one
     */
    public static Hdf5File open(Path path) throws IOException {
        Hdf5File opened = openAlone(path);
        boolean read = false;
        try {
            Place root = opened.root();
            opened.attributes.putAll(opened.attributes(opened.file, ""));
            opened.addLinks(root, "", new HashSet<>(Set.of(root)));
            opened.found.forEach(opened::addItem);
            read = true;
            return opened;
        } finally {
            if (!read) {
                opened.close();
            }
        }
    }

    /** Without a look at what is in it. */
    private static Hdf5File openAlone(Path path) throws IOException {
        FileChannel channel = new UnmappedChannel(FileChannel.open(path, StandardOpenOption.READ));
        boolean opened = false;
        try {
            Hdf5File file = new Hdf5File(path, channel, new HdfFile(channel));
            opened = true;
            return file;
        } finally {
            if (!opened) {
                channel.close();
            }
        }
    }

    private Place root() {
        return new Place(this, file.getAddress());
    }

    /** @param above the groups that this one lies in, and itself */
    private void addLinks(Place group, String groupPath, Set<Place> above) {
        orRefused(
                groupPath.isEmpty() ? "/" : groupPath,
                () -> group.links().forEach((name, link) -> {
                    String childPath = groupPath.isEmpty() ? name : groupPath + "/" + name;
                    orRefused(childPath, () -> add(target(group.in, group, link, MOST_LINKS), childPath, above));
                }));
    }

    private void add(Place child, String childPath, Set<Place> above) {
        if (++paths > MOST_PATHS) {
            throw new TooManyPathsException();
        }
        if (childPath.chars().filter(c -> c == '/').count() >= MOST_PARTS) {
            throw new UnsupportedContentException("it lies more than " + MOST_PARTS + " groups deep");
        }
        ObjectHeader header = child.header();
        if (header.hasMessageOfType(DataSpaceMessage.class)) {
            child.in.names.putIfAbsent(child.address, childPath.substring(childPath.lastIndexOf('/') + 1));
            found.add(new Found(child, childPath));
        } else if (!header.hasMessageOfType(DataTypeMessage.class)) {
            if (!above.add(child)) {
                throw new UnsupportedContentException("a link to a group that it lies in");
            }
            groups.put(childPath, attributes(child.in.file.getNodeByAddress(child.address), childPath));
            addLinks(child, childPath, above);
            above.remove(child);
        }
        // A type with a name is none of the data.
    }

    /** @param mostLinks that may be followed */
    private Place target(Hdf5File in, Place group, Hdf5Links.Link link, int mostLinks) {
        if (link.isHard()) {
            return new Place(in, link.address());
        }
        if (mostLinks == 0) {
            throw new UnsupportedContentException("a link of more than " + MOST_LINKS + " links, or to itself");
        }
        Hdf5File other = link.file().isEmpty() ? in : linkedFile(in, link.file());
        boolean absolute = link.target().startsWith("/") || !link.file().isEmpty();
        Place place = absolute ? other.root() : group;
        for (String part : link.target().split("/", -1)) {
            if (!part.isEmpty() && !part.equals(".")) {
                Hdf5Links.Link next = place.links().get(part);
                if (next == null) {
                    throw new UnsupportedContentException("a link to " + link.target() + ", which is not there");
                }
                place = target(place.in, place, next, mostLinks - 1);
            }
        }
        return place;
    }

    private Hdf5File linkedFile(Hdf5File in, String name) {
        Path other = in.path.toAbsolutePath().resolveSibling(name).normalize();
        Hdf5File opened = linked.get(other);
        if (opened == null) {
            try {
                opened = openAlone(other);
            } catch (IOException e) {
                throw new UnsupportedContentException("a link to the file " + other + ", which cannot be read");
            }
            linked.put(other, opened);
        }
        return opened;
    }

    private void addItem(Found array) {
        orRefused(array.path, () -> {
            checkNotShared(array.place.header());
            Dataset dataset = (Dataset) array.place.in.file.getNodeByAddress(array.place.address);
            if (!isDimensionAlone(dataset)) {
                items.add(item(array.place.in, dataset, array.path));
            }
        });
    }

    /** jhdf takes the address of what stands elsewhere in the file for the thing itself. */
    private static void checkNotShared(ObjectHeader header) {
        for (Message message : header.getMessages()) {
            if (message.isMessageShared() && !(message instanceof AttributeMessage)) {
                throw new UnsupportedContentException(
                        "its type, or its shape, is stored elsewhere in the file for several arrays (a committed"
                                + " type)");
            }
        }
    }

    private void orRefused(String refusedPath, Runnable action) {
        try {
            action.run();
        } catch (TooManyPathsException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            refuse(refusedPath, e);
        }
    }

    private static boolean isDimensionAlone(Dataset dataset) {
        return data(dataset, "NAME") instanceof String text && text.startsWith(NO_VARIABLE);
    }

    private Item item(Hdf5File in, Dataset dataset, String itemPath) {
        Object identity = in.path + "@" + dataset.getAddress();
        Map<String, Object> values = attributes(dataset, itemPath);
        if (dataset.getDataType() instanceof VariableLength texts && texts.isVariableLengthString()) {
            return new Hdf5Texts(itemPath, identity, dataset, values);
        }
        Hdf5Type type = Hdf5Type.of(dataset.getDataType());
        if (dataset.getDataType() instanceof EnumDataType names && !Hdf5Type.isBool(names)) {
            Map<String, Object> members = new LinkedHashMap<>();
            names.getEnumMapping().forEach((number, name) -> members.put(name, number.longValue()));
            values.putIfAbsent("enum", members);
        }
        List<Long> lengths = new ArrayList<>();
        for (long length : dimensions(dataset)) {
            lengths.add(length);
        }
        List<String> names = dimensionNames(in, dataset, lengths.size());
        type.shape().forEach(length -> {
            lengths.add(length);
            names.add("");
        });
        long[] shape = lengths.stream().mapToLong(Long::longValue).toArray();
        try {
            ArraySpec spec = ArraySpec.of(type.dtype(), shape).withDimensionNames(names.toArray(new String[0]));
            return new ArrayItem(itemPath, identity, spec, values, reader(in, dataset, shape, type));
        } catch (SharedMemoryException e) {
            throw new UnsupportedContentException(e.getMessage());
        }
    }

    /** What h5py calls empty, and has no shape, is an array without elements. */
    private static long[] dimensions(Dataset dataset) {
        long[] dimensions = dataset.getDimensionsAsLong();
        return dimensions.length == 0 && dataset.getSize() == 0 ? new long[1] : dimensions;
    }

    private static ArrayReader reader(Hdf5File in, Dataset dataset, long[] shape, Hdf5Type type) {
        int itemSize = type.dtype().itemSize();
        if (dataset instanceof ChunkedDataset chunked) {
            return (start, target, moved) ->
                    new Hdf5Elements(chunked, shape, type, () -> fill(dataset, type)).read(start, target, moved);
        }
        if (dataset instanceof ContiguousDataset contiguous) {
            if (contiguous.getDataAddress() == -1) {
                return (start, target, moved) -> Hdf5Elements.fill(target, fill(dataset, type));
            }
            long offset = in.file.getUserBlockSize() + contiguous.getDataAddress();
            return (start, target, moved) -> new RowReader(
                            FileBytes.of(in.channel, offset), shape, itemSize, type.fix())
                    .read(start, target, moved);
        }
        return (start, target, moved) -> {
            ByteBuffer elements = ((DatasetBase) dataset).getDataBuffer();
            new RowReader(FileBytes.of(elements), shape, itemSize, type.fix()).read(start, target, moved);
        };
    }

    /** What stands where nothing was written, as it lies in memory; null for zeros. */
    private static byte @Nullable [] fill(Dataset dataset, Hdf5Type type) {
        Object value = dataset.getFillValue();
        if (value == null) {
            return null;
        }
        return FillValue.bytes(value, type.dtype());
    }

    private static List<String> dimensionNames(Hdf5File in, Dataset dataset, int axes) {
        List<String> names = new ArrayList<>();
        Object labels = data(dataset, Hdf5Attributes.DIMENSION_LABELS);
        Object scales = data(dataset, Hdf5Attributes.DIMENSION_LIST);
        for (int axis = 0; axis < axes; axis++) {
            String name = "";
            if (labels instanceof String[] texts && axis < texts.length && texts[axis] != null) {
                name = texts[axis];
            }
            if (name.isEmpty() && scales != null && scales.getClass().isArray() && axis < Array.getLength(scales)) {
                name = scaleName(in, Array.get(scales, axis));
            }
            names.add(name);
        }
        return names;
    }

    private static @Nullable Object data(Dataset dataset, String name) {
        try {
            Attribute attribute = dataset.getAttribute(name);
            return attribute == null ? null : attribute.getData();
        } catch (RuntimeException e) {
            // Names of dimensions are worth having, but the array is worth more.
            return null;
        }
    }

    private static String scaleName(Hdf5File in, @Nullable Object references) {
        if (references instanceof long[] addresses && addresses.length > 0) {
            return in.names.getOrDefault(addresses[0], "");
        }
        return "";
    }

    private Map<String, Object> attributes(Node node, String nodePath) {
        return Hdf5Attributes.of(node, (name, e) -> refuse((nodePath.isEmpty() ? "/" : nodePath) + "@" + name, e));
    }

    private void refuse(String refusedPath, Throwable e) {
        notLoaded.add(new NotLoaded(refusedPath, Reasons.of(e)));
    }

    @Override
    public Map<String, Object> attributes() {
        return attributes;
    }

    @Override
    public Map<String, Map<String, Object>> groups() {
        return groups;
    }

    @Override
    public List<Item> items() {
        return items;
    }

    @Override
    public List<NotLoaded> notLoaded() {
        return notLoaded;
    }

    @Override
    public void close() {
        linked.values().forEach(Hdf5File::close);
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class TooManyPathsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        TooManyPathsException() {
            super("its links make more than " + MOST_PATHS + " paths: select what you need");
        }
    }
}
