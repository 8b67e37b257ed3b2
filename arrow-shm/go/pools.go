package arrowshm

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

const mostNameBytes = 100

// Dir is a directory of pools.
type Dir string

// DefaultDir is what the environment variable ARROW_SHM_DIR says, or else /dev/shm.
func DefaultDir() Dir {
	if directory := os.Getenv("ARROW_SHM_DIR"); directory != "" {
		return Dir(directory)
	}
	return "/dev/shm"
}

// Pools lists the pools of this user in [DefaultDir].
func Pools() ([]string, error) { return DefaultDir().Pools() }

// Open opens a pool of this user in [DefaultDir].
func Open(name string) (*Pool, error) { return DefaultDir().Open(name) }

// Pools lists the pools of this user, sorted. What cannot be opened hides no other.
func (d Dir) Pools() ([]string, error) {
	parent, err := openParent(string(d))
	if err != nil {
		return nil, err
	}
	defer parent.close()
	entries, err := parent.names()
	if err != nil {
		return nil, err
	}
	pools := []string{}
	for _, name := range entries {
		if !isPlainName(name, mostNameBytes) {
			continue
		}
		target, err := parent.link(name)
		if err != nil || idIn(target, name) == "" {
			continue
		}
		if opened, err := parent.directory(target); err == nil {
			opened.close()
			pools = append(pools, name)
		}
	}
	slices.Sort(pools)
	return pools, nil
}

// Open opens a pool of this user. This process does not take part in it then, takes no place in it and keeps nothing alive but
// what it reads.
func (d Dir) Open(name string) (*Pool, error) {
	if !isPlainName(name, mostNameBytes) {
		return nil, fail(fs.ErrInvalid, "no pool can be called %q: a name has 1 to %d of A-Z a-z 0-9 . _ - and does not begin with '.'", name, mostNameBytes)
	}
	parent, err := openParent(string(d))
	if err != nil {
		return nil, err
	}
	defer parent.close()
	target, err := parent.link(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(fs.ErrNotExist, "there is no pool %q in %s", name, d)
	}
	if err != nil {
		return nil, err
	}
	id := idIn(target, name)
	if id == "" {
		return nil, fail(fs.ErrInvalid, "%s/%s is no pool: the link leads to %q, not to .%s-<16 hexadecimal digits>", d, name, target, name)
	}
	root, err := parent.directory(target)
	if err == nil {
		pool := &Pool{name: name, root: root}
		if err = pool.open(id); err == nil {
			return pool, nil
		}
		pool.release()
	}
	return nil, parent.refused(name, target, err)
}

// refused is why a pool cannot be opened that a link leads to: whatever is missing in it is damage, unless the link does not lead
// there any more, since the pool was removed meanwhile (1.6).
func (d *directory) refused(name, target string, err error) error {
	isAbsent := errors.Is(err, fs.ErrNotExist)
	if !isAbsent && !errors.Is(err, ErrCorrupt) {
		return err
	}
	if again, gone := d.link(name); gone != nil || again != target {
		return fail(fs.ErrNotExist, "the pool %q was removed while it was opened", name)
	}
	if isAbsent {
		return corrupt(fmt.Sprintf("the pool %q", name), "%v", err)
	}
	return err
}

// idIn is the pool id with which the name of a pool's directory ends; empty if that is none of this pool (1.1).
func idIn(target, name string) string {
	id, ok := strings.CutPrefix(target, "."+name+"-")
	if !ok || !isHexadecimal(id) {
		return ""
	}
	return id
}
