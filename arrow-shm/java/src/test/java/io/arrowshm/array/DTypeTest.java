package io.arrowshm.array;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.arrowshm.error.SharedMemoryException;
import io.arrowshm.error.SharedMemoryException.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class DTypeTest {
    @Test
    void whatIsPrintedIsReadBackAsTheSameType() {
        for (DType dtype : SampleTypes.all()) {
            DType parsed = DType.parse(dtype.toString());
            assertThat(parsed).isEqualTo(dtype).hasSameHashCodeAs(dtype);
            assertThat(parsed.itemSize()).isEqualTo(dtype.itemSize());
            assertThat(parsed.fields()).isEqualTo(dtype.fields());
            assertThat(DTypeSpelling.parse(DTypeSpelling.toJson(dtype))).isEqualTo(dtype);
        }
    }

    @Test
    void everyTypeWithoutParametersHasAConstantOfItsName() throws ReflectiveOperationException {
        for (DType dtype : DType.PLAIN) {
            assertThat(DType.class.getField(dtype.type().name()).get(null)).isEqualTo(dtype);
        }
    }

    @Test
    void typesAreSpelledAsNumpyDoes() {
        assertThat(SampleTypes.all())
                .extracting(DType::toString)
                .startsWith(
                        "|b1",
                        "|i1",
                        "<i2",
                        "<i4",
                        "<i8",
                        "|u1",
                        "<u2",
                        "<u4",
                        "<u8",
                        "<f2",
                        "<f4",
                        "<f8",
                        "<c8",
                        "<c16",
                        "<M8[ns]",
                        "<M8[25us]",
                        "<m8[D]",
                        "<m8",
                        "|S5",
                        "<U3");
        assertThat(DType.parse("<M8[1s]")).isEqualTo(DType.datetime64("s"));
        assertThat(DType.unicode(3).itemSize()).isEqualTo(12);
    }

    @Test
    void fieldsHaveTheOffsetsThatGapsGiveThem() {
        DType nested = SampleTypes.NESTED;
        assertThat(nested.itemSize()).isEqualTo(8 + 3 + 4 + 12 + 5);
        assertThat(nested.fields()).extracting(StructField::offset).containsExactly(0, 11, 15);
        assertThat(nested.field("b").dtype().field("d").offset()).isEqualTo(1);
        assertThat(nested.field("e").shape()).containsExactly(2L, 3L);
        DType odd = DType.struct(List.of(StructField.at(2, "it's \\ \n é 日", DType.INT32)), 9);
        assertThat(DType.parse(odd.toString())).isEqualTo(odd);
        assertThat(DType.parse(odd.toString()).fields()).isEqualTo(odd.fields());
        assertThatThrownBy(() -> nested.field("x")).hasMessageContaining("[a, b, e]");
    }

    @Test
    void bigEndianTypesAndObjectsAreRefusedWithAReason() {
        assertThatThrownBy(() -> DType.parse(">f8")).hasMessageContaining("allowed little endian");
        assertThatThrownBy(() -> DType.parse("|O")).hasMessageContaining("objects have no fixed size");
    }

    @Test
    void everythingElseIsRefusedAsAnArgument() {
        List<String> wrong = List.of(
                "",
                "<",
                "f8",
                "<f3",
                "|f8",
                "<i16",
                "<c4",
                "<M8[xs]",
                "<M8[0s]",
                "<M4[s]",
                "<f8[s]",
                "|S",
                "|S0",
                "|S4294967297",
                "<U1000000000",
                "|V8",
                "[]",
                "[('a', '<f8'), ('a', '<f8')]",
                "[('', '<f8')]",
                "[('a', '|V3')]",
                "[('a', '<f8', (0,))]",
                "[('a', '<f8', (9223372036854775807, 9))]",
                "[('a', '<f8', (99999999999999999999,))]",
                "[('', '|V999999999'), ('', '|V999999999'), ('', '|V999999999'), ('a', '|i1')]",
                "[('a')]",
                "[('a', '<f8'",
                "[('a', '<f8')] x",
                "[('\\U00ffffff', '<f8')]",
                "[(('title', 'a'), '<f8')]",
                "[".repeat(100_000),
                "[('a', ".repeat(17) + "'<f8'" + ")]".repeat(17));
        for (String spelling : wrong) {
            assertThatThrownBy(() -> DType.parse(spelling))
                    .as("%.40s", spelling)
                    .isInstanceOfSatisfying(
                            SharedMemoryException.class,
                            e -> assertThat(e.kind()).isEqualTo(Kind.ARGUMENT));
        }
        assertThatThrownBy(() ->
                        DType.struct(List.of(StructField.at(0, "a", DType.INT32), StructField.at(3, "b", DType.INT32))))
                .hasMessageContaining("from offset 4 on");
    }
}
