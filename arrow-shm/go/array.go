package arrowshm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"unicode/utf8"
	"unsafe"
)

const mostDimensions = 32

// Array is an n-dimensional array of NumPy's types, where it lies: nothing is copied.
type Array struct {
	DType DType
	Shape []int64
	// Strides are in bytes, one for each dimension.
	Strides []int64
	// Dimensions are the names of the dimensions, which may be empty.
	Dimensions []string
	Attributes map[string]string
	// Data begins with the first element, and has all of them.
	Data []byte
}

// Array reads the segment as an array.
func (s *Segment) Array() (*Array, error) {
	var array *Array
	var err error
	switch {
	case bytes.HasPrefix(s.Bytes, []byte(tensorMagic)):
		array, err = parseTensor(s.Bytes)
	case bytes.HasPrefix(s.Bytes, []byte(npyMagic)):
		array, err = parseNpy(s.Bytes)
	case s.IsTable():
		return nil, fail(ErrType, "the segment %q is a table, and no array: give its bytes to a reader of Arrow IPC files", s.Path)
	default:
		err = errors.New("its first bytes are of no kind that is known")
	}
	if err != nil {
		return nil, corrupt(fmt.Sprintf("the segment %q", s.Path), "%v", err)
	}
	return array, nil
}

// Len is how many elements it has.
func (a *Array) Len() int {
	elements := 1
	for _, length := range a.Shape {
		elements *= int(length)
	}
	return elements
}

// Field is the same field of every element of an array of structures. Dimensions of the field's own are behind the array's.
func (a *Array) Field(name string) (*Array, error) {
	for _, field := range a.DType.Fields {
		if field.Name != name {
			continue
		}
		strides, _, err := contiguous(field.Shape, field.Type.Size, false)
		if err != nil {
			return nil, err
		}
		view := &Array{
			DType: field.Type, Attributes: a.Attributes,
			Shape:      append(append([]int64{}, a.Shape...), field.Shape...),
			Strides:    append(append([]int64{}, a.Strides...), strides...),
			Dimensions: append(append([]string{}, a.Dimensions...), make([]string, len(field.Shape))...),
		}
		if a.Len() > 0 {
			view.Data = a.Data[field.Offset:]
		}
		return view, nil
	}
	return nil, fail(ErrType, "the elements, %s, have no field %q", a.DType, name)
}

// At is an element, as the type that Go has for it: bool, int64 (also for times, in their unit; the smallest is NaT), uint64,
// float64, complex128, []byte, string. Those of a structure are its bytes: see [Array.Field]. It panics if an index is out of
// range, as an index of a slice does.
func (a *Array) At(index ...int64) any {
	if len(index) != len(a.Shape) {
		panic(fmt.Sprintf("arrow-shm: %d indices into an array of %d dimensions", len(index), len(a.Shape)))
	}
	var offset int64
	for i, at := range index {
		if at < 0 || at >= a.Shape[i] {
			panic(fmt.Sprintf("arrow-shm: index %d out of range of the length %d", at, a.Shape[i]))
		}
		offset += at * a.Strides[i]
	}
	return a.DType.value(a.Data[offset : offset+int64(a.DType.Size)])
}

// All are the elements in the order of their indices, the last one fastest, as [Array.At] has them.
func (a *Array) All() iter.Seq[any] {
	return func(yield func(any) bool) {
		index := make([]int64, len(a.Shape))
		for range a.Len() {
			if !yield(a.At(index...)) {
				return
			}
			for axis := len(index) - 1; axis >= 0; axis-- {
				if index[axis]++; index[axis] < a.Shape[axis] {
					break
				}
				index[axis] = 0
			}
		}
	}
}

func (t DType) value(element []byte) any {
	switch t.Kind {
	case 'b':
		return element[0] != 0
	case 'i', 'M', 'm':
		// With its sign.
		unused := 64 - 8*t.Size
		return int64(whole(element)<<unused) >> unused
	case 'u':
		return whole(element)
	case 'f':
		return real64(element)
	case 'c':
		half := t.Size / 2
		return complex(real64(element[:half]), real64(element[half:]))
	case 'U':
		var text strings.Builder
		for i := 0; i < len(element); i += 4 {
			c := rune(binary.LittleEndian.Uint32(element[i:]))
			if !utf8.ValidRune(c) {
				c = utf8.RuneError
			}
			text.WriteRune(c)
		}
		return strings.TrimRight(text.String(), "\x00")
	case 'S':
		return bytes.TrimRight(element, "\x00")
	}
	return element
}

func whole(element []byte) uint64 {
	var eight [8]byte
	copy(eight[:], element)
	return binary.LittleEndian.Uint64(eight[:])
}

func real64(element []byte) float64 {
	switch len(element) {
	case 2:
		return half(binary.LittleEndian.Uint16(element))
	case 4:
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(element)))
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(element))
}

// half is a real number of 16 bits.
func half(bits uint16) float64 {
	sign, exponent, fraction := uint64(bits>>15), int(bits>>10&0x1f), uint64(bits&0x3ff)
	var value float64
	switch exponent {
	case 0:
		value = math.Ldexp(float64(fraction), -24)
	case 0x1f:
		return math.Float64frombits(sign<<63 | 0x7ff<<52 | fraction<<42)
	default:
		value = math.Ldexp(float64(fraction|0x400), exponent-25)
	}
	return math.Copysign(value, 1-2*float64(sign))
}

// Number is a type of elements that Go has, too.
type Number interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64 | complex64 | complex128
}

// dtypeFor is the type of elements that are a T.
func dtypeFor[T Number]() DType {
	var zero T
	kind := byte('u')
	switch any(zero).(type) {
	case int8, int16, int32, int64:
		kind = 'i'
	case float32, float64:
		kind = 'f'
	case complex64, complex128:
		kind = 'c'
	}
	return DType{Kind: kind, Size: int(unsafe.Sizeof(zero))}
}

// Slice are the elements in the order in which they lie in memory, which is that of C or of Fortran: the array's own memory,
// and no copy. Times are int64, truths uint8. It fails with [ErrType] if the elements have another type, or gaps
// between them.
func Slice[T Number](a *Array) ([]T, error) {
	wanted, got := dtypeFor[T](), a.DType
	isTime := (got.Kind == 'M' || got.Kind == 'm') && wanted.Kind == 'i'
	isTruth := got.Kind == 'b' && wanted.Kind == 'u'
	if wanted.Size != got.Size || wanted.Kind != got.Kind && !isTime && !isTruth {
		return nil, fail(ErrType, "the array's elements are %s, and not %s", got, wanted)
	}
	if !a.isDense() {
		return nil, fail(ErrType, "the array has the strides %v for the shape %v: its elements do not lie one behind the other; use At or All", a.Strides, a.Shape)
	}
	elements := a.Len()
	if elements == 0 {
		return []T{}, nil
	}
	first := unsafe.Pointer(unsafe.SliceData(a.Data))
	if uintptr(first)%unsafe.Alignof(*new(T)) != 0 {
		return nil, fail(ErrType, "the array's data is not aligned as %s are; use At or All", wanted)
	}
	return unsafe.Slice((*T)(first), elements), nil
}

func (a *Array) isDense() bool {
	for _, isFortran := range []bool{false, true} {
		strides, _, err := contiguous(a.Shape, a.DType.Size, isFortran)
		if err == nil && a.hasStrides(strides) {
			return true
		}
	}
	return false
}

// hasStrides looks only at those that lead somewhere.
func (a *Array) hasStrides(strides []int64) bool {
	for i, length := range a.Shape {
		if length > 1 && a.Strides[i] != strides[i] {
			return false
		}
	}
	return true
}

// contiguous are the strides of elements that lie one behind the other, and how many bytes these take.
func contiguous(shape []int64, itemSize int, isFortran bool) (strides []int64, length int64, err error) {
	strides = make([]int64, len(shape))
	stride, empty := int64(itemSize), false
	for i := range shape {
		axis := len(shape) - 1 - i
		if isFortran {
			axis = i
		}
		strides[axis] = stride
		if shape[axis] < 0 {
			return nil, 0, fmt.Errorf("a length is %d", shape[axis])
		}
		empty = empty || shape[axis] == 0
		if shape[axis] > 1 {
			if stride > math.MaxInt64/shape[axis] {
				return nil, 0, fmt.Errorf("its shape %v has more elements than fit into memory", shape)
			}
			stride *= shape[axis]
		}
	}
	if empty {
		return strides, 0, nil
	}
	return strides, stride, nil
}

// spanned is how many bytes elements with these strides take.
func spanned(shape, strides []int64, itemSize int) (int64, error) {
	if _, length, err := contiguous(shape, itemSize, false); length == 0 || err != nil {
		return 0, err
	}
	length := int64(itemSize)
	for i, stride := range strides {
		steps := shape[i] - 1
		if stride < 0 {
			return 0, fmt.Errorf("a stride is %d", stride)
		}
		if steps > 0 && stride > (math.MaxInt64-length)/steps {
			return 0, fmt.Errorf("its strides %v lead beyond its data", strides)
		}
		length += steps * stride
	}
	return length, nil
}
