package arrowshm

import (
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	mostParts         = 16
	mostFileNameBytes = 250
	mostPathBytes     = 1000
	manifestSuffix    = ".json"
)

// checkParts says whether a text can be the name of a dataset or a path in one (10.1).
func checkParts(text string) error {
	parts := strings.Split(text, "/")
	if len(parts) > mostParts {
		return fmt.Errorf("%q has %d parts, at most %d are allowed", text, len(parts), mostParts)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("%q is no UTF-8, or has a control character", text)
	}
	for _, part := range parts {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("%q has a part %q: parts are not empty, and neither '.' nor '..'", text, part)
		}
	}
	return nil
}

func checkPath(path string) error {
	if len(path) > mostPathBytes {
		return fmt.Errorf("a path has %d bytes, at most %d are allowed", len(path), mostPathBytes)
	}
	return checkParts(path)
}

// fileName is that of a dataset's manifest (10.2).
func fileName(dataset string) (string, error) {
	if err := checkParts(dataset); err != nil {
		return "", fail(fs.ErrInvalid, "no dataset can be called so: %v", err)
	}
	var file strings.Builder
	for i := range len(dataset) {
		switch c := dataset[i]; {
		case c == '/':
			file.WriteByte('+')
		case isPlain(c) && (c != '.' || i > 0):
			file.WriteByte(c)
		default:
			fmt.Fprintf(&file, "%%%02X", c)
		}
	}
	if file.Len() > mostFileNameBytes {
		return "", fail(fs.ErrInvalid, "the dataset's name %q is too long: its file's name would have %d bytes, at most %d are allowed", dataset, file.Len(), mostFileNameBytes)
	}
	return file.String() + manifestSuffix, nil
}

// datasetOf is the dataset of a file in names, if it is one's.
func datasetOf(file string) (dataset string, is bool) {
	spelled, ok := strings.CutSuffix(file, manifestSuffix)
	if !ok {
		return "", false
	}
	var name strings.Builder
	for i := 0; i < len(spelled); i++ {
		switch c := spelled[i]; c {
		case '+':
			name.WriteByte('/')
		case '%':
			var b byte
			if i+2 >= len(spelled) {
				return "", false
			}
			if _, err := fmt.Sscanf(spelled[i+1:i+3], "%02X", &b); err != nil {
				return "", false
			}
			name.WriteByte(b)
			i += 2
		default:
			name.WriteByte(c)
		}
	}
	// Whatever is spelled in another way is no dataset's.
	again, err := fileName(name.String())
	return name.String(), err == nil && again == file
}

// isPlain says whether a byte is one of A-Z a-z 0-9 . _ -
func isPlain(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
}

// isPlainName says whether a text is the name of a pool or of a file in incoming, of so many bytes at most.
func isPlainName(name string, most int) bool {
	if name == "" || len(name) > most || name[0] == '.' {
		return false
	}
	for i := range len(name) {
		if !isPlain(name[i]) {
			return false
		}
	}
	return true
}
