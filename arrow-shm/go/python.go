package arrowshm

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// parsePython reads a literal as it stands in the header of an .npy file: texts, whole numbers, truths, lists and tuples (both
// as []any) and dicts of texts.
func parsePython(text string) (any, error) {
	parser := &pythonParser{text: text}
	value, err := parser.value(0)
	if err != nil {
		return nil, err
	}
	if parser.skipBlanks(); parser.text != "" {
		return nil, fmt.Errorf("%q stands behind its end", parser.text)
	}
	return value, nil
}

// pythonParser has what is left of the text.
type pythonParser struct{ text string }

func (p *pythonParser) skipBlanks() { p.text = strings.TrimLeft(p.text, " \t\r\n") }

// skip takes a word, if it is next.
func (p *pythonParser) skip(word string) bool {
	p.skipBlanks()
	rest, is := strings.CutPrefix(p.text, word)
	p.text = rest
	return is
}

func (p *pythonParser) value(depth int) (any, error) {
	if depth > deepestJSON {
		return nil, fmt.Errorf("it is deeper than %d", deepestJSON)
	}
	switch {
	case p.skip("True"):
		return true, nil
	case p.skip("False"):
		return false, nil
	case p.skip("{"):
		return p.dict(depth)
	case p.skip("["):
		return p.list("]", depth)
	case p.skip("("):
		return p.list(")", depth)
	case p.skip("'"):
		return p.string('\'')
	case p.skip(`"`):
		return p.string('"')
	}
	digits := p.text[:len(p.text)-len(strings.TrimLeft(p.text, "-0123456789"))]
	number, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("it is no literal: %.20q", p.text)
	}
	p.text = p.text[len(digits):]
	// NumPy for Python 2 wrote lengths as long numbers.
	p.skip("L")
	return number, nil
}

func (p *pythonParser) list(end string, depth int) (any, error) {
	list := []any{}
	for !p.skip(end) {
		value, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
		if p.skip(",") {
			continue
		}
		if !p.skip(end) {
			return nil, fmt.Errorf("there is no ',' and no %q at %.20q", end, p.text)
		}
		if end == ")" && len(list) == 1 {
			// Without a ',' that is no tuple.
			return value, nil
		}
		break
	}
	return list, nil
}

func (p *pythonParser) dict(depth int) (any, error) {
	dict := map[string]any{}
	for !p.skip("}") {
		key, err := p.value(depth + 1)
		if err != nil {
			return nil, err
		}
		name, is := key.(string)
		if _, twice := dict[name]; !is || twice || !p.skip(":") {
			return nil, fmt.Errorf("%v is no key, or there twice", key)
		}
		if dict[name], err = p.value(depth + 1); err != nil {
			return nil, err
		}
		if !p.skip(",") && !strings.HasPrefix(p.text, "}") {
			return nil, fmt.Errorf("there is no ',' and no '}' at %.20q", p.text)
		}
	}
	return dict, nil
}

func (p *pythonParser) string(quote byte) (any, error) {
	var text strings.Builder
	for p.text != "" {
		if p.text[0] == quote {
			p.text = p.text[1:]
			return text.String(), nil
		}
		// Python's escapes are Go's, but for \' within "" and \" within ''.
		if rest, is := strings.CutPrefix(p.text, `\`); is && rest != "" && (rest[0] == '\'' || rest[0] == '"') {
			text.WriteByte(rest[0])
			p.text = rest[1:]
			continue
		}
		c, _, rest, err := strconv.UnquoteChar(p.text, 0)
		if err != nil {
			return nil, fmt.Errorf("it has no such text: %.20q", p.text)
		}
		// What is a byte in Go, \xe9, is a code point in Python.
		text.WriteRune(c)
		p.text = rest
	}
	return nil, errors.New("a text has no end")
}
