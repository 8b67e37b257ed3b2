package main

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	arrowshm "github.com/arrow-shm/arrow-shm/arrow-shm/go"
)

// render is what is in a segment, as the format's test vectors have it: of arrays dtype, shape and values, of tables the values
// of all batches by column.
func render(segment *arrowshm.Segment) (any, error) {
	if segment.IsTable() {
		return renderTable(segment)
	}
	array, err := segment.Array()
	if err != nil {
		return nil, err
	}
	return renderArray(array)
}

func renderArray(of *arrowshm.Array) (any, error) {
	rendered := map[string]any{"dtype": of.DType.String(), "shape": append([]int64{}, of.Shape...)}
	if of.DType.Fields != nil {
		fields := map[string]any{}
		for _, field := range of.DType.Fields {
			values, err := of.Field(field.Name)
			if err != nil {
				return nil, err
			}
			if fields[field.Name], err = renderArray(values); err != nil {
				return nil, err
			}
		}
		rendered["fields"] = fields
		return rendered, nil
	}
	values := []any{}
	for value := range of.All() {
		isTime := of.DType.Kind == 'M' || of.DType.Kind == 'm'
		if number, is := value.(int64); is && isTime && number == math.MinInt64 {
			value = "NaT"
		}
		values = append(values, plain(value))
	}
	rendered["values"] = values
	return rendered, nil
}

// plain is a value of Go's as the vectors have it.
func plain(value any) any {
	switch value := value.(type) {
	case bool, string:
		return value
	case int64:
		if value > 1<<53-1 || value < -(1<<53-1) {
			return strconv.FormatInt(value, 10)
		}
		return value
	case uint64:
		if value > 1<<53-1 {
			return strconv.FormatUint(value, 10)
		}
		return value
	case float64:
		return realText(value)
	case complex128:
		return []any{realText(real(value)), realText(imag(value))}
	case []byte:
		return hex.EncodeToString(value)
	}
	panic(fmt.Sprintf("%T", value))
}

func realText(value float64) string {
	switch {
	case math.IsNaN(value):
		return "nan"
	case math.IsInf(value, 1):
		return "inf"
	case math.IsInf(value, -1):
		return "-inf"
	}
	text := strconv.FormatFloat(value, 'g', -1, 64)
	if !strings.ContainsAny(text, ".e") {
		text += ".0"
	}
	return text
}

// tableReader copies what it reads: the one of arrow-go that does not panics over dictionaries.
func tableReader(segment *arrowshm.Segment) (*ipc.FileReader, error) {
	return ipc.NewFileReader(bytes.NewReader(segment.Bytes))
}

func renderTable(segment *arrowshm.Segment) (any, error) {
	reader, err := tableReader(segment)
	if err != nil {
		return nil, err
	}
	names := []string{}
	for _, field := range reader.Schema().Fields() {
		names = append(names, field.Name)
	}
	rows, columns := int64(0), make([][]any, len(names))
	for i := range columns {
		columns[i] = []any{}
	}
	for i := range reader.NumRecords() {
		batch, err := reader.RecordBatchAt(i)
		if err != nil {
			return nil, err
		}
		rows += batch.NumRows()
		for column, of := range batch.Columns() {
			for row := range of.Len() {
				columns[column] = append(columns[column], cell(of, row))
			}
		}
	}
	return map[string]any{"rows": rows, "names": names, "columns": columns}, nil
}

// cell is one value of a column.
func cell(of arrow.Array, i int) any {
	switch of := of.(type) {
	case *array.Null:
		return nil
	case *array.DenseUnion:
		code, child := of.TypeCode(i), of.Field(of.ChildID(i))
		return []any{code, cell(child, int(of.ValueOffset(i)))}
	case *array.SparseUnion:
		return []any{of.TypeCode(i), cell(of.Field(of.ChildID(i)), i)}
	}
	if of.IsNull(i) {
		return nil
	}
	switch of := of.(type) {
	case *array.Boolean:
		return of.Value(i)
	case *array.Int8:
		return plain(int64(of.Value(i)))
	case *array.Int16:
		return plain(int64(of.Value(i)))
	case *array.Int32:
		return plain(int64(of.Value(i)))
	case *array.Int64:
		return plain(of.Value(i))
	case *array.Uint8:
		return plain(uint64(of.Value(i)))
	case *array.Uint16:
		return plain(uint64(of.Value(i)))
	case *array.Uint32:
		return plain(uint64(of.Value(i)))
	case *array.Uint64:
		return plain(of.Value(i))
	case *array.Float16:
		return plain(float64(of.Value(i).Float32()))
	case *array.Float32:
		return plain(float64(of.Value(i)))
	case *array.Float64:
		return plain(of.Value(i))
	case *array.Decimal128:
		return of.Value(i).ToString(of.DataType().(*arrow.Decimal128Type).Scale)
	case *array.Decimal256:
		return of.Value(i).ToString(of.DataType().(*arrow.Decimal256Type).Scale)
	case *array.Date32:
		return plain(int64(of.Value(i)))
	case *array.Date64:
		return plain(int64(of.Value(i)))
	case *array.Time32:
		return plain(int64(of.Value(i)))
	case *array.Time64:
		return plain(int64(of.Value(i)))
	case *array.Timestamp:
		return plain(int64(of.Value(i)))
	case *array.Duration:
		return plain(int64(of.Value(i)))
	case *array.MonthDayNanoInterval:
		value := of.Value(i)
		return []any{plain(int64(value.Months)), plain(int64(value.Days)), plain(value.Nanoseconds)}
	case *array.FixedSizeBinary:
		return plain(of.Value(i))
	case interface{ Value(int) string }: // String, LargeString, StringView
		return of.Value(i)
	case interface{ Value(int) []byte }: // Binary, LargeBinary, BinaryView
		return plain(of.Value(i))
	case *array.Dictionary:
		return cell(of.Dictionary(), of.GetValueIndex(i))
	case *array.Struct:
		return children(of, i)
	case array.ExtensionArray:
		return cell(of.Storage(), i)
	case array.ListLike: // also a map, whose entries are structures
		start, end := of.ValueOffsets(i)
		values := []any{}
		for at := start; at < end; at++ {
			values = append(values, cell(of.ListValues(), int(at)))
		}
		return values
	}
	panic(of.DataType().String())
}

func children(of *array.Struct, i int) []any {
	values := []any{}
	for field := range of.NumField() {
		values = append(values, cell(of.Field(field), i))
	}
	return values
}
