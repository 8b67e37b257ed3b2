package arrowshm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"strings"
	"unicode/utf8"
)

const (
	npyMagic         = "\x93NUMPY"
	trailerMagic     = "ASHMNPY1"
	mostTrailerBytes = 256 << 10
	alignment        = 64
)

// parseNpy reads an .npy file with or without a trailer (12.1.3).
func parseNpy(file []byte) (*Array, error) {
	text, start, err := npyHeader(file)
	if err != nil {
		return nil, err
	}
	value, err := parsePython(text)
	if err != nil {
		return nil, err
	}
	f := fieldsOf("the header", value)
	descr, described := f.object["descr"]
	delete(f.object, "descr")
	isFortran := f.truth("fortran_order")
	shape, err := shapeOf(f.object["shape"])
	delete(f.object, "shape")
	if err := errors.Join(f.end(), err); err != nil {
		return nil, err
	}
	if !described {
		return nil, errors.New(`the header has no field "descr"`)
	}
	dtype, err := dtypeOf(descr, 0)
	if err != nil {
		return nil, err
	}
	strides, length, err := contiguous(shape, dtype.Size, isFortran)
	if err != nil {
		return nil, err
	}
	if length > int64(len(file)-start) {
		return nil, fmt.Errorf("there are %d bytes of data, and should be %d", len(file)-start, length)
	}
	array := &Array{
		DType: dtype, Shape: shape, Strides: strides, Dimensions: make([]string, len(shape)), Attributes: map[string]string{},
		Data: file[start : start+int(length)],
	}
	return array, array.readTrailer(file[start+int(length):], descr)
}

// npyHeader is the text of a header, and where the data begins.
func npyHeader(file []byte) (string, int, error) {
	if len(file) < 12 {
		return "", 0, errors.New("it ends in its header")
	}
	var start, length int
	switch version := file[6]; {
	case file[7] != 0 || version < 1 || version > 3:
		return "", 0, fmt.Errorf("it is of version %d.%d, none of 1.0, 2.0 and 3.0", version, file[7])
	case version == 1:
		start, length = 10, int(binary.LittleEndian.Uint16(file[8:]))
	default:
		start, length = 12, int(binary.LittleEndian.Uint32(file[8:]))
	}
	if length > len(file)-start {
		return "", 0, errors.New("it ends in its header")
	}
	header := file[start : start+length]
	if file[6] == 3 {
		if !utf8.Valid(header) {
			return "", 0, errors.New("its header is no UTF-8")
		}
		return string(header), start + length, nil
	}
	runes := make([]rune, length)
	for i, b := range header {
		runes[i] = rune(b)
	}
	return string(runes), start + length, nil
}

// shapeOf reads a tuple of lengths.
func shapeOf(value any) ([]int64, error) {
	list, is := value.([]any)
	if !is || len(list) > mostDimensions {
		return nil, fmt.Errorf("the shape %v is no tuple of at most %d lengths", value, mostDimensions)
	}
	shape := make([]int64, len(list))
	for i, length := range list {
		if shape[i], is = length.(int64); !is || shape[i] < 0 {
			return nil, fmt.Errorf("a length is %v", length)
		}
	}
	return shape, nil
}

// readTrailer takes names and attributes from what stands behind the data.
func (a *Array) readTrailer(behind []byte, descr any) error {
	if len(behind) == 0 {
		return nil
	}
	padding := -len(a.Data) & 7
	end := len(behind) - 16
	if end < padding || string(behind[end+8:]) != trailerMagic {
		return errors.New("what stands behind the data is no trailer")
	}
	length := binary.LittleEndian.Uint64(behind[end:])
	if length > mostTrailerBytes || int(length) != end-padding || len(bytes.Trim(behind[:padding], "\x00")) > 0 {
		return errors.New("what stands behind the data is no trailer")
	}
	value, err := parseJSON(behind[padding:end])
	if err != nil {
		return fmt.Errorf("its trailer: %w", err)
	}
	f := fieldsOf("the trailer", value)
	f.whole("version", 1, 1)
	for name, expected := range map[string]any{"descr": descr, "shape": listOf(a.Shape), "strides": listOf(a.Strides)} {
		if !reflect.DeepEqual(f.object[name], expected) {
			f.wrong("the trailer has another %s than the header", name)
		}
		delete(f.object, name)
	}
	names := f.list("dimensions")
	if len(names) != len(a.Shape) {
		f.wrong("the trailer has %d names of %d dimensions", len(names), len(a.Shape))
	}
	for i, name := range names {
		text, is := name.(string)
		if !is || i >= len(a.Dimensions) {
			f.wrong("the name of a dimension is %v", name)
			break
		}
		a.Dimensions[i] = text
	}
	for name, value := range f.objectOf("attributes") {
		text, is := value.(string)
		if !is {
			f.wrong("the attribute %q is no text", name)
		}
		a.Attributes[name] = text
	}
	return f.end()
}

// listOf has numbers as parsed JSON has them.
func listOf(numbers []int64) []any {
	list := make([]any, len(numbers))
	for i, number := range numbers {
		list[i] = number
	}
	return list
}

// writeNpyHeader writes all of an .npy file that stands before the data, which then begins at a multiple of 64.
func writeNpyHeader(w io.Writer, descr string, isFortran bool, shape []int64) error {
	order := "False"
	if isFortran {
		order = "True"
	}
	header := fmt.Sprintf("{'descr': %s, 'fortran_order': %s, 'shape': %s, }", descr, order, spelledShape(shape))
	version, prefix := byte(1), 10
	if len(header)+alignment > math.MaxUint16 || !isASCII(header) {
		version, prefix = 3, 12
	}
	header += strings.Repeat(" ", -(prefix+len(header)+1)&(alignment-1)) + "\n"
	start := append([]byte(npyMagic), version, 0)
	if version == 1 {
		start = binary.LittleEndian.AppendUint16(start, uint16(len(header)))
	} else {
		start = binary.LittleEndian.AppendUint32(start, uint32(len(header)))
	}
	_, err := w.Write(append(start, header...))
	return err
}

func isASCII(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c >= utf8.RuneSelf })
}
