package io.arrowshm.internal.arrow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.ValueVector;
import org.apache.arrow.vector.complex.DenseUnionVector;
import org.apache.arrow.vector.complex.UnionVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.arrow.vector.util.SchemaChangeRuntimeException;

/**
 * A file's schema in Arrow Java's terms, where a field that is encoded by a dictionary has the type of its indices.
 *
 * @param inFile the same in the terms of the format
 * @param dictionaries by id
 */
record FileSchema(Schema inFile, Schema schema, Map<Long, DictionaryField> dictionaries) {
    /** @param values of the dictionary */
    record DictionaryField(DictionaryEncoding encoding, Field values) {
        FieldVector createVector() {
            return values.createVector(ArrowMemory.root());
        }
    }

    /**
     * Converts a schema as it is in a file, where such a field has the type of the dictionary's values.
     *
     * @throws DamagedException if it has fields that cannot be read in place
     */
    static FileSchema of(Schema inFile) {
        inFile.getFields().forEach(SupportedTypes::checkReadable);
        Map<Long, DictionaryField> dictionaries = new TreeMap<>();
        List<Field> fields = inMemory(inFile.getFields(), dictionaries);
        fields.forEach(FileSchema::checkVector);
        dictionaries.values().forEach(dictionary -> checkVector(dictionary.values()));
        return new FileSchema(inFile, new Schema(fields, inFile.getCustomMetadata()), dictionaries);
    }

    private static List<Field> inMemory(List<Field> fields, Map<Long, DictionaryField> dictionaries) {
        List<Field> converted = new ArrayList<>(fields.size());
        for (Field field : fields) {
            List<Field> children = inMemory(field.getChildren(), dictionaries);
            DictionaryEncoding encoding = field.getDictionary();
            if (encoding == null) {
                converted.add(new Field(field.getName(), field.getFieldType(), children));
            } else {
                put(dictionaries, encoding, field.getType(), children);
                converted.add(new Field(
                        field.getName(),
                        new FieldType(field.isNullable(), encoding.getIndexType(), encoding, field.getMetadata()),
                        List.of()));
            }
        }
        return converted;
    }

    private static void put(
            Map<Long, DictionaryField> dictionaries,
            DictionaryEncoding encoding,
            ArrowType type,
            List<Field> children) {
        Field values = new Field("DICT" + encoding.getId(), FieldType.nullable(type), children);
        DictionaryField previous = dictionaries.putIfAbsent(encoding.getId(), new DictionaryField(encoding, values));
        if (previous != null && !previous.values().equals(values)) {
            throw new DamagedException(
                    "dictionary " + encoding.getId() + " is both " + previous.values() + " and " + values);
        }
    }

    /** Makes the vector without any data, and looks whether Arrow Java has the children where the schema has them. */
    private static void checkVector(Field field) {
        try (FieldVector vector = field.createVector(ArrowMemory.root())) {
            checkChildren(field, vector);
        } catch (SchemaChangeRuntimeException | UnsupportedOperationException e) {
            throw new DamagedException("Arrow Java has no vector for " + field + ": " + e.getMessage());
        }
    }

    private static void checkChildren(Field field, FieldVector vector) {
        List<FieldVector> children = vector.getChildrenFromFields();
        if (children.size() != field.getChildren().size()) {
            throw new DamagedException(
                    "field " + field + " has a wrong number of children, or two children of one name");
        }
        for (int i = 0; i < children.size(); i++) {
            checkChildren(field.getChildren().get(i), children.get(i));
            if (SupportedTypes.storage(field.getType()) instanceof ArrowType.Union union
                    && !isChildOf(vector, union.getTypeIds()[i], children.get(i))) {
                throw new DamagedException(
                        "Arrow Java cannot tell the children of " + field + " apart; a sparse union has at most one"
                                + " child of each type, and none that is"
                                + " nested or whose type has parameters:"
                                + " make it dense");
            }
        }
    }

    /** Arrow Java looks for a sparse union's child by its vector class, and makes one if it finds none. */
    private static boolean isChildOf(FieldVector union, int typeId, FieldVector child) {
        ValueVector found;
        try {
            found = union instanceof DenseUnionVector dense
                    ? dense.getVectorByType((byte) typeId)
                    : ((UnionVector) union).getVectorByType(typeId);
        } catch (RuntimeException noSuchVector) {
            return false;
        }
        boolean isNullType = child.getField().getType() instanceof ArrowType.Null;
        return found == child || (isNullType && found == null);
    }
}
