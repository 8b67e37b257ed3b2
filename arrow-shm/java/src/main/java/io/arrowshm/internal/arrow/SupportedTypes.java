package io.arrowshm.internal.arrow;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.EnumSet;
import java.util.Set;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ArrowTypeID;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The Arrow types a segment can hold: those whose buffers can be checked before they are read in place. */
final class SupportedTypes {
    private static final Set<ArrowTypeID> WRITABLE = EnumSet.of(
            ArrowTypeID.Null,
            ArrowTypeID.Bool,
            ArrowTypeID.Int,
            ArrowTypeID.FloatingPoint,
            ArrowTypeID.Decimal,
            ArrowTypeID.Date,
            ArrowTypeID.Time,
            ArrowTypeID.Timestamp,
            ArrowTypeID.Interval,
            ArrowTypeID.Duration,
            ArrowTypeID.FixedSizeBinary,
            ArrowTypeID.Binary,
            ArrowTypeID.Utf8,
            ArrowTypeID.LargeBinary,
            ArrowTypeID.LargeUtf8,
            ArrowTypeID.List,
            ArrowTypeID.LargeList,
            ArrowTypeID.Map,
            ArrowTypeID.FixedSizeList,
            ArrowTypeID.Struct,
            ArrowTypeID.Union);

    private static final Set<ArrowTypeID> READABLE = EnumSet.of(ArrowTypeID.Utf8View, ArrowTypeID.BinaryView);

    static {
        READABLE.addAll(WRITABLE);
    }

    private SupportedTypes() {}

    /** @throws SharedMemoryException ARGUMENT naming the first field that cannot be written */
    static void checkWritable(Schema schema) {
        for (Field field : schema.getFields()) {
            if (!isWritable(field)) {
                throw new SharedMemoryException(
                        Kind.ARGUMENT,
                        "field " + field + " cannot be written into a segment: dictionaries and types other than "
                                + WRITABLE + " are not supported");
            }
        }
        try {
            FileSchema.of(schema);
        } catch (DamagedException e) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT, "the schema cannot be written into a segment: " + e.getMessage());
        }
    }

    /** @throws DamagedException naming the first field that cannot be read in place */
    static void checkReadable(Field field) {
        if (!READABLE.contains(field.getType().getTypeID()) || !hasWidthOfItsVector(field.getType())) {
            throw new DamagedException(
                    "field " + field + " cannot be read in place: " + remedy(field.getType()) + ", and write it anew");
        }
        if (storage(field.getType()) instanceof ArrowType.Union union
                && (union.getTypeIds() == null
                        || union.getTypeIds().length != field.getChildren().size())) {
            throw new DamagedException("the union " + field + " does not name a type id for each of its children");
        }
        field.getChildren().forEach(SupportedTypes::checkReadable);
    }

    /** The type itself or, of an extension type that is registered with Arrow, the one it is stored as. */
    static ArrowType storage(ArrowType type) {
        ArrowType storage = type;
        while (storage instanceof ArrowType.ExtensionType extension) {
            storage = extension.storageType();
        }
        return storage;
    }

    private static String remedy(ArrowType type) {
        return switch (type.getTypeID()) {
            case ListView -> "cast it to list";
            case LargeListView -> "cast it to large_list";
            case RunEndEncoded -> "decode its runs";
            case FixedSizeBinary -> "give its values a width of at least 1";
            default -> "cast it to one of " + READABLE;
        };
    }

    private static boolean isWritable(Field field) {
        return field.getDictionary() == null
                && WRITABLE.contains(field.getType().getTypeID())
                && hasWidthOfItsVector(field.getType())
                && field.getChildren().stream().allMatch(SupportedTypes::isWritable);
    }

    /**
     * Arrow Java has one vector class for several widths of these, and reads all of them with one width; and it divides by
     * the width of binary values.
     */
    private static boolean hasWidthOfItsVector(ArrowType type) {
        if (type instanceof ArrowType.Decimal decimal) {
            return decimal.getBitWidth() == 128 || decimal.getBitWidth() == 256;
        }
        if (type instanceof ArrowType.Time time) {
            boolean coarse = time.getUnit() == TimeUnit.SECOND || time.getUnit() == TimeUnit.MILLISECOND;
            return time.getBitWidth() == (coarse ? 32 : 64);
        }
        if (type instanceof ArrowType.FixedSizeBinary binary) {
            return binary.getByteWidth() > 0;
        }
        return true;
    }
}
