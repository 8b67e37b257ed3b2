package arrowshm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// mostWhole is the largest number that is the same where all numbers are doubles.
	mostWhole = 1<<53 - 1
	// deepest is how deep the values of attributes are (10.3).
	deepest = 16
	// deepestJSON is how deep any text of the format is, and some more.
	deepestJSON = 64
	// mostJSON is more values than any text of the format has: a segment with its fields is seven.
	mostJSON = 8*mostEntries + mostValues
)

// parseJSON reads one value as the format wants it: nothing is null, no field is there twice (10.3). A number is an int64 if
// it has neither a fraction nor an exponent, or else a float64.
func parseJSON(text []byte) (any, error) {
	if !utf8.Valid(text) {
		return nil, errors.New("it is no UTF-8")
	}
	// The tokens alone are not looked at as strictly.
	if !json.Valid(text) {
		return nil, errors.New("it is no JSON")
	}
	decoder := &decoder{json.NewDecoder(bytes.NewReader(text)), mostJSON}
	decoder.UseNumber()
	value, err := decoder.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, errors.New("there is something behind its end")
	}
	return value, nil
}

// decoder counts the values, which take far more memory than the text.
type decoder struct {
	*json.Decoder
	left int
}

func (decoder *decoder) value(depth int) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, fmt.Errorf("it is no JSON: %w", err)
	}
	if decoder.left--; decoder.left < 0 {
		return nil, fmt.Errorf("it has more than %d values", mostJSON)
	}
	if depth > deepestJSON {
		return nil, fmt.Errorf("it is deeper than %d", deepestJSON)
	}
	switch token := token.(type) {
	case nil:
		return nil, errors.New("there is a null, which is not allowed")
	case json.Number:
		return number(token.String())
	case json.Delim:
		if token == '{' {
			return decoder.object(depth)
		}
		return decoder.list(depth)
	}
	return token, nil
}

func number(digits string) (any, error) {
	if !strings.ContainsAny(digits, ".eE") {
		whole, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s is no number of 64 bits with a sign", digits)
		}
		return whole, nil
	}
	double, err := strconv.ParseFloat(digits, 64)
	if err != nil || math.IsInf(double, 0) {
		return nil, fmt.Errorf("%s is not finite", digits)
	}
	return double, nil
}

func (decoder *decoder) object(depth int) (any, error) {
	object := map[string]any{}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("it is no JSON: %w", err)
		}
		if _, twice := object[name.(string)]; twice {
			return nil, fmt.Errorf("the field %q is there twice", name)
		}
		if object[name.(string)], err = decoder.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := decoder.Token()
	return object, err
}

func (decoder *decoder) list(depth int) (any, error) {
	list := []any{}
	for decoder.More() {
		value, err := decoder.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := decoder.Token()
	return list, err
}

// fields takes what an object has, one by one, and keeps the first error.
type fields struct {
	what   string
	object map[string]any
	err    error
}

func fieldsOf(what string, value any) *fields {
	object, ok := value.(map[string]any)
	f := &fields{what: what, object: object}
	if !ok {
		f.wrong("%s is no object", what)
	}
	return f
}

func (f *fields) wrong(format string, arguments ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, arguments...)
	}
}

func take[T any](f *fields, name, kind string) T {
	field, there := f.object[name]
	value, right := field.(T)
	switch {
	case !there:
		f.wrong("%s has no field %q", f.what, name)
	case !right:
		f.wrong("the field %q of %s is no %s", name, f.what, kind)
	}
	delete(f.object, name)
	return value
}

func (f *fields) text(name string) string { return take[string](f, name, "text") }

func (f *fields) truth(name string) bool { return take[bool](f, name, "true or false") }

func (f *fields) list(name string) []any { return take[[]any](f, name, "list") }

func (f *fields) objectOf(name string) map[string]any { return take[map[string]any](f, name, "object") }

func (f *fields) whole(name string, least, most int64) int64 {
	number := take[int64](f, name, "whole number")
	if number < least || number > most {
		f.wrong("the field %q of %s is %d, not from %d to %d", name, f.what, number, least, most)
	}
	return number
}

// bits takes 16 hexadecimal digits.
func (f *fields) bits(name string) string {
	text := f.text(name)
	if !isHexadecimal(text) {
		f.wrong("the field %q of %s is %q, not 16 of the digits 0-9 a-f", name, f.what, text)
	}
	return text
}

func (f *fields) attributes(name string) map[string]any {
	attributes := f.objectOf(name)
	if err := checkAttributes(attributes); err != nil {
		f.wrong("%w", err)
	}
	return attributes
}

// end returns the first error; that something is there which has not been taken is one.
func (f *fields) end() error {
	for name := range f.object {
		f.wrong("%s has a field %q, which this version does not know", f.what, name)
	}
	return f.err
}

func isHexadecimal(text string) bool {
	return len(text) == 16 && strings.Trim(text, "0123456789abcdef") == ""
}

// checkAttributes says whether they are what the format allows (10.3).
func checkAttributes(attributes map[string]any) error {
	_, err := encodable(attributes, 0)
	return err
}

// countValues is how many values there are in attributes, at any depth, lists and objects among them.
func countValues(value any) int {
	switch value := value.(type) {
	case []any:
		count := 1
		for _, element := range value {
			count += countValues(element)
		}
		return count
	case map[string]any:
		count := 1
		for _, element := range value {
			count += countValues(element)
		}
		return count
	}
	return 1
}

// encodable is the value of an attribute as encoding/json writes it so that it is read as the same one, if the format allows it.
func encodable(value any, depth int) (any, error) {
	if depth > deepest {
		return nil, fmt.Errorf("an attribute is deeper than %d", deepest)
	}
	switch value := value.(type) {
	case string:
		if !utf8.ValidString(value) {
			return nil, fmt.Errorf("the text %q in an attribute is no UTF-8", value)
		}
		return value, nil
	case bool, int, int64:
		return value, nil
	case float64:
		if math.IsInf(value, 0) || math.IsNaN(value) {
			return nil, fmt.Errorf("the attribute %v is not finite", value)
		}
		digits := strconv.FormatFloat(value, 'g', -1, 64)
		if !strings.ContainsAny(digits, ".e") {
			// Without a fraction it were a whole number.
			digits += ".0"
		}
		return json.RawMessage(digits), nil
	case []any:
		list := make([]any, len(value))
		for i, element := range value {
			var err error
			if list[i], err = encodable(element, depth+1); err != nil {
				return nil, err
			}
		}
		return list, nil
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, element := range value {
			if name == "" || !utf8.ValidString(name) {
				return nil, fmt.Errorf("an attribute is called %q: a name has one or more characters", name)
			}
			var err error
			if object[name], err = encodable(element, depth+1); err != nil {
				return nil, err
			}
		}
		return object, nil
	}
	return nil, fmt.Errorf("an attribute is a %T, none of string, bool, int, int64, float64, []any and map[string]any", value)
}
