package arrowshm

import (
	"errors"
	"fmt"
)

// What errors of this package wrap, beside [io/fs.ErrNotExist] (no such pool, dataset or segment),
// [io/fs.ErrPermission] (others can write what they must not), [io/fs.ErrInvalid] (nothing can be called so) and
// [io/fs.ErrClosed].
var (
	// ErrCorrupt is wrapped when a pool, a manifest or a segment is not what the format allows.
	ErrCorrupt = errors.New("damaged")
	// ErrVersion is wrapped when something has another version of the format.
	ErrVersion = errors.New("another version of the format")
	// ErrRefused is wrapped when those who take part in the pool do not publish what was asked for.
	ErrRefused = errors.New("refused")
	// ErrFull is wrapped when there was no room in the pool for what was to be published, until the context ended.
	ErrFull = errors.New("no room")
	// ErrType is wrapped when an array does not have elements of the type that is asked for.
	ErrType = errors.New("another type")
)

// prefix begins every message of this package.
const prefix = "arrow-shm: "

// failure is a sentence, and the sentinel that says of what kind it is.
type failure struct {
	kind    error
	message string
}

func (f *failure) Error() string { return f.message }

func (f *failure) Unwrap() error { return f.kind }

func fail(kind error, format string, arguments ...any) error {
	return &failure{kind, prefix + fmt.Sprintf(format, arguments...)}
}

func corrupt(what, format string, arguments ...any) error {
	return fail(ErrCorrupt, "%s is damaged: %s", what, fmt.Sprintf(format, arguments...))
}
