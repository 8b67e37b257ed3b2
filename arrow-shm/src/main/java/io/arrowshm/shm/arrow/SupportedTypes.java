package io.arrowshm.shm.arrow;

import io.arrowshm.shm.error.SharedMemoryException;
import io.arrowshm.shm.error.SharedMemoryException.Kind;
import java.util.EnumSet;
import java.util.Set;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.ArrowType.ArrowTypeID;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** The Arrow types a segment can hold: those whose buffers can be checked before they are read in place. */
final class SupportedTypes {
    private static final Set<ArrowTypeID> SUPPORTED = EnumSet.of(
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
            ArrowTypeID.Struct);

    private SupportedTypes() {}

    /** @throws SharedMemoryException ARGUMENT naming the first field that cannot be held */
    static void check(Schema schema) {
        schema.getFields().forEach(SupportedTypes::check);
    }

    static boolean isSupported(Field field) {
        ArrowType type = field.getType();
        return field.getDictionary() == null
                && SUPPORTED.contains(type.getTypeID())
                && hasWidthOfItsVector(type)
                && field.getChildren().stream().allMatch(SupportedTypes::isSupported);
    }

    /** Arrow Java has one vector class for several widths of these, and reads all of them with one width. */
    private static boolean hasWidthOfItsVector(ArrowType type) {
        if (type instanceof ArrowType.Decimal decimal) {
            return decimal.getBitWidth() == 128 || decimal.getBitWidth() == 256;
        }
        if (type instanceof ArrowType.Time time) {
            boolean coarse = time.getUnit() == TimeUnit.SECOND || time.getUnit() == TimeUnit.MILLISECOND;
            return time.getBitWidth() == (coarse ? 32 : 64);
        }
        return true;
    }

    private static void check(Field field) {
        if (!isSupported(field)) {
            throw new SharedMemoryException(
                    Kind.ARGUMENT,
                    "field " + field + " cannot be held in a segment: dictionaries and types other than " + SUPPORTED
                            + " are not supported");
        }
    }
}
