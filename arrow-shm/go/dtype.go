package arrowshm

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const (
	deepestStructure = 16
	mostItemBytes    = 1<<31 - 1
)

// DType is the type of an array's elements, one of NumPy's.
type DType struct {
	// Kind is NumPy's letter: b truth, i whole number, u the same without a sign, f real, c complex, M point in time, m
	// duration, S bytes, U text, V structure.
	Kind byte
	// Size is in bytes.
	Size int
	// Unit is that of times, as ns or 25us, or empty.
	Unit string
	// Fields are those of a structure.
	Fields []Field
}

// Field is a field of a structure.
type Field struct {
	Name string
	// Offset is in bytes, from the beginning of the element.
	Offset int
	Type   DType
	// Shape is that of a field that is an array itself, in C's order.
	Shape []int64
}

var (
	simpleType = regexp.MustCompile(`^([<|])([biufcSU])([0-9]{1,9})$`)
	timeType   = regexp.MustCompile(`^<([Mm])8(?:\[([1-9][0-9]{0,8})?(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as)\])?$`)
	gapType    = regexp.MustCompile(`^\|V([0-9]{1,9})$`)
	sizes      = map[byte][]int{'b': {1}, 'i': {1, 2, 4, 8}, 'u': {1, 2, 4, 8}, 'f': {2, 4, 8}, 'c': {8, 16}}
)

// ParseDType reads a type as NumPy spells it: "<f8", "|b1", "<M8[ns]", "[('a', '<f4'), ('b', '<i2', (3,))]".
func ParseDType(text string) (DType, error) {
	if !strings.HasPrefix(text, "[") {
		return simpleDType(text)
	}
	descr, err := parsePython(text)
	if err != nil {
		return DType{}, corrupt("the type", "%v", err)
	}
	return dtypeOf(descr, 0)
}

// dtypeOf reads a type as it stands in the header of an .npy file.
func dtypeOf(descr any, depth int) (DType, error) {
	if text, is := descr.(string); is {
		return simpleDType(text)
	}
	list, is := descr.([]any)
	if !is || depth >= deepestStructure || len(list) == 0 {
		return DType{}, corrupt("the type", "it is neither a text nor a list of fields, or deeper than %d", deepestStructure)
	}
	structure := DType{Kind: 'V'}
	names := map[string]bool{}
	for _, each := range list {
		parts, is := each.([]any)
		if !is || len(parts) < 2 || len(parts) > 3 {
			return DType{}, corrupt("the type", "a field is %v, not a name, a type and perhaps a shape", each)
		}
		name, is := parts[0].(string)
		if !is {
			return DType{}, corrupt("the type", "a field's name is %v, no text", parts[0])
		}
		size, field, err := fieldOf(name, parts[1:], structure.Size, depth)
		if err != nil {
			return DType{}, err
		}
		if field != nil {
			if names[name] {
				return DType{}, corrupt("the type", "the field %q is there twice", name)
			}
			names[name] = true
			structure.Fields = append(structure.Fields, *field)
		}
		if structure.Size += size; structure.Size > mostItemBytes {
			return DType{}, corrupt("the type", "it has more than %d bytes", mostItemBytes)
		}
	}
	return structure, nil
}

// fieldOf is a field and its size; none if it is a gap.
func fieldOf(name string, parts []any, offset, depth int) (int, *Field, error) {
	if text, is := parts[0].(string); is && name == "" && len(parts) == 1 {
		if gap := gapType.FindStringSubmatch(text); gap != nil {
			size, err := strconv.Atoi(gap[1])
			return size, nil, err
		}
	}
	if name == "" {
		return 0, nil, corrupt("the type", "a field has no name")
	}
	dtype, err := dtypeOf(parts[0], depth+1)
	if err != nil {
		return 0, nil, err
	}
	field := &Field{Name: name, Offset: offset, Type: dtype}
	size := int64(dtype.Size)
	if len(parts) == 2 {
		if field.Shape, err = shapeOf(parts[1]); err != nil {
			return 0, nil, err
		}
		for _, length := range field.Shape {
			// Below 2^62, as both factors are below 2^31.
			if size *= min(length, mostItemBytes+1); size > mostItemBytes {
				return 0, nil, corrupt("the type", "a field has more than %d bytes", mostItemBytes)
			}
		}
	}
	return int(size), field, nil
}

func simpleDType(text string) (DType, error) {
	if parts := timeType.FindStringSubmatch(text); parts != nil {
		return DType{Kind: parts[1][0], Size: 8, Unit: parts[2] + parts[3]}, nil
	}
	parts := simpleType.FindStringSubmatch(text)
	if parts == nil {
		return DType{}, corrupt("the type", "%q is none that is allowed: numbers are little endian, and have a fixed size", text)
	}
	kind := parts[2][0]
	number, err := strconv.Atoi(parts[3])
	if err != nil {
		return DType{}, corrupt("the type", "%q: %v", text, err)
	}
	dtype := DType{Kind: kind, Size: number}
	right := number >= 1
	switch kind {
	case 'S':
	case 'U':
		dtype.Size *= 4
	default:
		right = slices.Contains(sizes[kind], number)
	}
	if right = right && dtype.Size <= mostItemBytes && dtype.String() == text; !right {
		return DType{}, corrupt("the type", "%q is none that is allowed", text)
	}
	return dtype, nil
}

// String is how NumPy spells it.
func (t DType) String() string {
	switch t.Kind {
	case 'M', 'm':
		if t.Unit == "" {
			return fmt.Sprintf("<%c8", t.Kind)
		}
		return fmt.Sprintf("<%c8[%s]", t.Kind, t.Unit)
	case 'U':
		return fmt.Sprintf("<U%d", t.Size/4)
	case 'V':
		return t.spelledFields()
	}
	order := "<"
	if t.Kind == 'S' || t.Size == 1 {
		order = "|"
	}
	return fmt.Sprintf("%s%c%d", order, t.Kind, t.Size)
}

func (t DType) spelledFields() string {
	var fields []string
	end := 0
	gap := func(to int) {
		if to > end {
			fields = append(fields, fmt.Sprintf("('', '|V%d')", to-end))
		}
	}
	for _, field := range t.Fields {
		gap(field.Offset)
		end = field.Offset + field.size()
		spelled := field.Type.String()
		if field.Type.Kind != 'V' {
			spelled = quoted(spelled)
		}
		if field.Shape != nil {
			spelled += ", " + spelledShape(field.Shape)
		}
		fields = append(fields, fmt.Sprintf("(%s, %s)", quoted(field.Name), spelled))
	}
	gap(t.Size)
	return "[" + strings.Join(fields, ", ") + "]"
}

func (f Field) size() int {
	size := f.Type.Size
	for _, length := range f.Shape {
		size *= int(length)
	}
	return size
}

// spelledShape is a tuple of Python's.
func spelledShape(shape []int64) string {
	lengths := make([]string, len(shape))
	for i, length := range shape {
		lengths[i] = strconv.FormatInt(length, 10)
	}
	if len(shape) == 1 {
		return "(" + lengths[0] + ",)"
	}
	return "(" + strings.Join(lengths, ", ") + ")"
}

// quoted is a text of Python's, as its repr has it.
func quoted(text string) string {
	quote := "'"
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = `"`
	}
	escaped := strings.NewReplacer(`\`, `\\`, quote, `\`+quote, "\n", `\n`, "\r", `\r`, "\t", `\t`).Replace(text)
	return quote + escaped + quote
}
