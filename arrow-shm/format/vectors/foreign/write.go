// Files of arrow-go. See README.md.
package main

import (
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func write(name string, schema *arrow.Schema, records []arrow.Record, options ...ipc.Option) {
	file, err := os.Create(filepath.Join(os.Args[1], name))
	check(err)
	options = append([]ipc.Option{ipc.WithSchema(schema)}, options...)
	if filepath.Ext(name) == ".arrows" {
		writer := ipc.NewWriter(file, options...)
		for _, record := range records {
			check(writer.Write(record))
		}
		check(writer.Close())
	} else {
		writer, err := ipc.NewFileWriter(file, options...)
		check(err)
		for _, record := range records {
			check(writer.Write(record))
		}
		check(writer.Close())
	}
	check(file.Close())
}

func main() {
	pool := memory.NewGoAllocator()
	field := func(name string, dataType arrow.DataType) arrow.Field {
		return arrow.Field{Name: name, Type: dataType, Nullable: true}
	}

	plainSchema := arrow.NewSchema([]arrow.Field{
		field("i8", arrow.PrimitiveTypes.Int8),
		field("u64", arrow.PrimitiveTypes.Uint64),
		field("f64", arrow.PrimitiveTypes.Float64),
		field("truth", arrow.FixedWidthTypes.Boolean),
		field("text", arrow.BinaryTypes.String),
		field("time", &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}),
	}, nil)
	builder := array.NewRecordBuilder(pool, plainSchema)
	valid := []bool{true, false, true}
	builder.Field(0).(*array.Int8Builder).AppendValues([]int8{-128, 0, 127}, valid)
	builder.Field(1).(*array.Uint64Builder).AppendValues([]uint64{1<<64 - 1, 0, 0}, valid)
	builder.Field(2).(*array.Float64Builder).AppendValues([]float64{0.1, 0, -0.5}, valid)
	builder.Field(3).(*array.BooleanBuilder).AppendValues([]bool{true, false, false}, valid)
	builder.Field(4).(*array.StringBuilder).AppendValues([]string{"größe", "", "日本語 of more than twelve bytes"}, valid)
	builder.Field(5).(*array.TimestampBuilder).AppendValues([]arrow.Timestamp{0, 0, 1700000000000000}, valid)
	plain := builder.NewRecord()
	noRows := builder.NewRecord()

	nestedSchema := arrow.NewSchema([]arrow.Field{
		field("list", arrow.ListOf(arrow.PrimitiveTypes.Int32)),
		field("map", arrow.MapOf(arrow.BinaryTypes.String, arrow.PrimitiveTypes.Int64)),
		field("view", arrow.BinaryTypes.StringView),
	}, nil)
	builder = array.NewRecordBuilder(pool, nestedSchema)
	check(builder.UnmarshalJSON([]byte(`{"list": [1, null], "map": [{"key": "k", "value": 1}], "view": "short"}`)))
	check(builder.UnmarshalJSON([]byte(`{"list": null, "map": null, "view": null}`)))
	check(builder.UnmarshalJSON([]byte(`{"list": [], "map": [], "view": "longer than twelve bytes"}`)))
	nested := builder.NewRecord()

	words := &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int16, ValueType: arrow.BinaryTypes.String}
	encodedSchema := arrow.NewSchema([]arrow.Field{field("word", words)}, nil)
	builder = array.NewRecordBuilder(pool, encodedSchema)
	word := builder.Field(0).(*array.BinaryDictionaryBuilder)
	check(word.AppendString("b"))
	check(word.AppendString("a"))
	word.AppendNull()
	check(word.AppendString("b"))
	encoded := builder.NewRecord()

	write("go-plain.arrow", plainSchema, []arrow.Record{plain})
	write("go-batches.arrow", plainSchema, []arrow.Record{plain, noRows, plain})
	write("go-no-rows.arrow", plainSchema, []arrow.Record{noRows})
	write("go-no-batch.arrow", plainSchema, nil)
	write("go-nested.arrow", nestedSchema, []arrow.Record{nested})
	write("go-dictionary.arrow", encodedSchema, []arrow.Record{encoded, encoded})
	write("go-lz4.arrow", plainSchema, []arrow.Record{plain}, ipc.WithLZ4())
	write("go-zstd.arrow", nestedSchema, []arrow.Record{nested}, ipc.WithZstd())
	write("go-plain.arrows", plainSchema, []arrow.Record{plain, plain})
}
