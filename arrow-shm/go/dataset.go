package arrowshm

import (
	"bytes"
	"io/fs"
	"slices"
	"sync"

	"golang.org/x/sys/unix"
)

// mostTries is how often in a row a dataset may be overwritten while it is read.
const mostTries = 1000

// Dataset is what was published under a name, at one time: all of it, and of one publication.
type Dataset struct {
	Info
	segments map[string]*Segment

	pool     *Pool
	leased   []int64
	mappings [][]byte
	once     sync.Once
}

// Segment is an array or a table in a dataset.
type Segment struct {
	SegmentInfo
	// Bytes are a whole Arrow IPC file, an Arrow tensor message or an .npy file. Those of a dataset that is read in place are
	// shared: they cannot be written, and must not be used any more once the dataset is closed.
	Bytes []byte
}

// Open reads a dataset in place, whatever becomes of its name meanwhile. Its bytes stay as they are until it is closed, or the
// process ends. Of a segment that was shared, which its writers still change, the memory stays, and not what is in it.
func (p *Pool) Open(dataset string) (*Dataset, error) {
	return p.read(dataset, (*Dataset).addInPlace)
}

// Copy reads a dataset into memory of this process, which the garbage collector takes back: there is nothing to close. It
// takes no lease and writes nothing to the pool.
func (p *Pool) Copy(dataset string) (*Dataset, error) {
	return p.read(dataset, (*Dataset).addCopy)
}

func (p *Pool) read(dataset string, add func(*Dataset, SegmentInfo) (bool, error)) (*Dataset, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	var before Publication
	for range mostTries {
		info, err := p.info(dataset)
		if err != nil {
			return nil, err
		}
		if info.Publication == before {
			return nil, corrupt(dataset, "the dataset names segments that are gone")
		}
		before = info.Publication
		read := &Dataset{Info: *info, segments: map[string]*Segment{}, pool: p}
		complete, err := read.addAll(add)
		if err == nil && complete {
			read.keepPool()
			return read, nil
		}
		read.giveBack()
		if err != nil {
			return nil, err
		}
	}
	return nil, fail(fs.ErrNotExist, "the dataset %q is overwritten faster than it can be read: it was, %d times", dataset, mostTries)
}

// keepPool keeps the pool's files until the dataset is closed, also if the pool is closed before.
func (d *Dataset) keepPool() {
	if len(d.leased) > 0 {
		d.pool.mutex.Lock()
		d.pool.users++
		d.pool.mutex.Unlock()
	}
}

// Close gives the leases back. The bytes of a dataset that was read in place must not be used any more: to touch them ends the
// process. Closing once more does nothing.
func (d *Dataset) Close() error {
	d.once.Do(func() {
		kept := len(d.leased) > 0
		d.giveBack()
		if kept {
			d.pool.leave()
		}
	})
	return nil
}

func (d *Dataset) giveBack() {
	for _, mapping := range d.mappings {
		// It fails for what is not mapped only.
		_ = unix.Munmap(mapping)
	}
	for _, slot := range d.leased {
		d.pool.leases.giveBack(slot)
	}
}

// addAll says whether all segments were still there.
func (d *Dataset) addAll(add func(*Dataset, SegmentInfo) (bool, error)) (bool, error) {
	for _, segment := range d.Segments {
		if is, err := add(d, segment); !is || err != nil {
			return false, err
		}
	}
	return true, nil
}

func (d *Dataset) addInPlace(segment SegmentInfo) (bool, error) {
	if is, err := d.pool.lease(segment); !is || err != nil {
		return false, err
	}
	d.leased = append(d.leased, segment.slot)
	block, err := d.pool.block(segment)
	if block == nil || err != nil {
		return false, err
	}
	defer block.slab.Close()
	bytes, mapping, err := block.mapped(segment.Length)
	if err != nil {
		return false, err
	}
	if mapping != nil {
		d.mappings = append(d.mappings, mapping)
	}
	d.segments[segment.Path] = &Segment{segment, bytes}
	return true, nil
}

func (d *Dataset) addCopy(segment SegmentInfo) (bool, error) {
	block, err := d.pool.block(segment)
	if block == nil || err != nil {
		return false, err
	}
	defer block.slab.Close()
	bytes, err := block.copied(segment.Length)
	if bytes == nil || err != nil {
		return false, err
	}
	// Whoever changes a byte has raised the generation before.
	if d.pool.generations.load(8*segment.slot) != segment.generation {
		return false, nil
	}
	d.segments[segment.Path] = &Segment{segment, bytes}
	return true, nil
}

// Paths are those of all segments, sorted.
func (d *Dataset) Paths() []string {
	paths := make([]string, 0, len(d.segments))
	for path := range d.segments {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	return paths
}

// Segment is the one with a path.
func (d *Dataset) Segment(path string) (*Segment, error) {
	segment, there := d.segments[path]
	if !there {
		return nil, fail(fs.ErrNotExist, "there is no segment %q in the dataset %q, but %q", path, d.Name, d.Paths())
	}
	return segment, nil
}

// Array is the array with a path.
func (d *Dataset) Array(path string) (*Array, error) {
	segment, err := d.Segment(path)
	if err != nil {
		return nil, err
	}
	return segment.Array()
}

// IsTable says whether the segment is an Arrow IPC file, and no array: give its bytes to a reader of such files, as
// those of arrow-go's package ipc.
func (s *Segment) IsTable() bool { return bytes.HasPrefix(s.Bytes, []byte("ARROW1\x00\x00")) }
