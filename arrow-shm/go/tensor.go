package arrowshm

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

const (
	tensorMagic = "\xff\xff\xff\xff"
	// Of Arrow's Message.fbs, Tensor.fbs and Schema.fbs.
	metadataV5    = 4
	headerTensor  = 4
	typeInt       = 2
	typeFloat     = 3
	dtypeMetadata = "arrow-shm.dtype"
)

// parseTensor reads an Arrow tensor message (12.1.2).
func parseTensor(segment []byte) (*Array, error) {
	if len(segment) < 8 {
		return nil, errors.New("it ends in its metadata")
	}
	length := int64(int32(binary.LittleEndian.Uint32(segment[4:])))
	if length < 0 || length > int64(len(segment)-8) {
		return nil, errors.New("it ends in its metadata")
	}
	body := segment[8+length:]
	flat := &flatbuffer{bytes: segment[8 : 8+length]}
	message := flat.root()
	if version := message.int16(0); version != metadataV5 {
		return nil, fmt.Errorf("the message has version %d, not V5", version)
	}
	if message.uint8(1) != headerTensor {
		return nil, errors.New("the message is no tensor")
	}
	if bytes := message.int64(3); bytes < 0 || bytes > int64(len(body)) {
		return nil, fmt.Errorf("there are %d bytes of data, and should be %d", len(body), bytes)
	}
	array, err := tensorOf(message.table(2), body)
	if flat.err != nil {
		return nil, flat.err
	}
	if err != nil {
		return nil, err
	}
	return array, array.readMetadata(message.tables(4), flat)
}

func tensorOf(tensor table, body []byte) (*Array, error) {
	dtype, err := tensorType(tensor.uint8(0), tensor.table(1))
	if err != nil {
		return nil, err
	}
	array := &Array{DType: dtype, Attributes: map[string]string{}}
	for _, dimension := range tensor.tables(2) {
		array.Shape = append(array.Shape, dimension.int64(0))
		array.Dimensions = append(array.Dimensions, dimension.text(1))
	}
	if len(array.Shape) > mostDimensions {
		return nil, fmt.Errorf("it has %d dimensions, at most %d are allowed", len(array.Shape), mostDimensions)
	}
	start, length := tensor.pair(4)
	if start < 0 || length < 0 || start > int64(len(body)) || length > int64(len(body))-start {
		return nil, errors.New("its data lies beyond its end")
	}
	array.Data = body[start : start+length]
	strides, bytes, err := contiguous(array.Shape, dtype.Size, false)
	if err != nil {
		return nil, err
	}
	if given := tensor.int64s(3); len(given) > 0 {
		if strides = given; len(strides) != len(array.Shape) {
			return nil, fmt.Errorf("it has %d strides and %d dimensions", len(strides), len(array.Shape))
		}
		if bytes, err = spanned(array.Shape, strides, dtype.Size); err != nil {
			return nil, err
		}
	}
	array.Strides = strides
	if bytes > length {
		return nil, fmt.Errorf("its elements take %d bytes, and its data has %d", bytes, length)
	}
	return array, nil
}

func tensorType(kind byte, described table) (DType, error) {
	switch kind {
	case typeInt:
		bits, letter := described.int32(0), byte('u')
		if described.uint8(1) != 0 {
			letter = 'i'
		}
		if bits == 8 || bits == 16 || bits == 32 || bits == 64 {
			return DType{Kind: letter, Size: int(bits / 8)}, nil
		}
	case typeFloat:
		if precision := described.int16(0); precision >= 0 && precision <= 2 {
			return DType{Kind: 'f', Size: 2 << precision}, nil
		}
	}
	return DType{}, fmt.Errorf("its elements are of a type (%d) that no tensor here has", kind)
}

// readMetadata takes the attributes that stand behind the type.
func (a *Array) readMetadata(entries []table, flat *flatbuffer) error {
	texts := make(map[string]string, len(entries))
	for _, entry := range entries {
		name := entry.text(0)
		if _, twice := texts[name]; twice {
			return fmt.Errorf("the attribute %q is there twice", name)
		}
		texts[name] = entry.text(1)
	}
	if flat.err != nil {
		return flat.err
	}
	spelled, is := texts[dtypeMetadata]
	if !is {
		return nil
	}
	delete(texts, dtypeMetadata)
	a.Attributes = texts
	if spelled == "|b1" && a.DType.String() == "|u1" {
		a.DType = DType{Kind: 'b', Size: 1}
	}
	if spelled != a.DType.String() {
		return fmt.Errorf("its metadata says %.20q, and its elements are %s", spelled, a.DType)
	}
	return nil
}

// flatbuffer reads metadata of Arrow, whose own package for that is internal to its module. Whatever leads beyond its end is 0,
// and an error that is kept.
type flatbuffer struct {
	bytes []byte
	err   error
}

// table is a position in it.
type table struct {
	in *flatbuffer
	at int64
}

// slice are bytes in it, or zeros.
func (f *flatbuffer) slice(at, length int64) []byte {
	if at < 0 || length < 0 || at > int64(len(f.bytes)) || length > int64(len(f.bytes))-at {
		f.err = errors.New("its metadata leads beyond its end")
		return make([]byte, 8)
	}
	return f.bytes[at : at+length]
}

func (f *flatbuffer) uint16(at int64) int64 { return int64(binary.LittleEndian.Uint16(f.slice(at, 2))) }

func (f *flatbuffer) uint32(at int64) int64 { return int64(binary.LittleEndian.Uint32(f.slice(at, 4))) }

func (f *flatbuffer) int64(at int64) int64 { return int64(binary.LittleEndian.Uint64(f.slice(at, 8))) }

func (f *flatbuffer) root() table { return table{f, f.uint32(0)} }

// field is where a field stands; 0 if it is not there.
func (t table) field(number int64) int64 {
	if t.at == 0 {
		return 0
	}
	vtable := t.at - int64(int32(t.in.uint32(t.at)))
	if entry := 4 + 2*number; entry+2 <= t.in.uint16(vtable) {
		if offset := t.in.uint16(vtable + entry); offset != 0 {
			return t.at + offset
		}
	}
	return 0
}

func (t table) uint8(number int64) byte {
	if at := t.field(number); at != 0 {
		return t.in.slice(at, 1)[0]
	}
	return 0
}

func (t table) int16(number int64) int16 {
	if at := t.field(number); at != 0 {
		return int16(t.in.uint16(at))
	}
	return 0
}

func (t table) int32(number int64) int32 {
	if at := t.field(number); at != 0 {
		return int32(t.in.uint32(at))
	}
	return 0
}

func (t table) int64(number int64) int64 {
	if at := t.field(number); at != 0 {
		return t.in.int64(at)
	}
	return 0
}

// pair is a structure of two numbers.
func (t table) pair(number int64) (first, second int64) {
	if at := t.field(number); at != 0 {
		return t.in.int64(at), t.in.int64(at + 8)
	}
	return 0, 0
}

func (t table) table(number int64) table {
	if at := t.field(number); at != 0 {
		return table{t.in, at + t.in.uint32(at)}
	}
	return table{t.in, 0}
}

// vector is where a vector's elements begin, and how many there are; all of them are there.
func (t table) vector(number, bytes int64) (start, count int64) {
	at := t.field(number)
	if at == 0 {
		return 0, 0
	}
	at += t.in.uint32(at)
	count = t.in.uint32(at)
	t.in.slice(at+4, count*bytes)
	if t.in.err != nil {
		return 0, 0
	}
	return at + 4, count
}

func (t table) text(number int64) string {
	start, count := t.vector(number, 1)
	return strings.ToValidUTF8(string(t.in.slice(start, count)), "\ufffd")
}

func (t table) int64s(number int64) []int64 {
	start, count := t.vector(number, 8)
	numbers := make([]int64, count)
	for i := range numbers {
		numbers[i] = t.in.int64(start + 8*int64(i))
	}
	return numbers
}

func (t table) tables(number int64) []table {
	start, count := t.vector(number, 4)
	tables := make([]table, count)
	for i := range tables {
		at := start + 4*int64(i)
		tables[i] = table{t.in, at + t.in.uint32(at)}
	}
	return tables
}
