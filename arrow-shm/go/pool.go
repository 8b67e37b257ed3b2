package arrowshm

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io/fs"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sys/unix"
)

const (
	mostDescriptionBytes = 64 << 10
	mostSlots            = 1 << 24
	recordBytes          = 64
	// lentOffset is where the last generation that was lent stands in a slot's record (3.1).
	lentOffset = 16
)

// Pool is an open pool, from which datasets are read. Several goroutines may use it.
type Pool struct {
	name      string
	sizeBytes int64
	slots     int64

	root, slabs, manifests, incoming *directory

	records, registry, generations, places, everLent words

	leases *leases

	mutex sync.Mutex
	// users are what stands on the pool's files: datasets, and what is being done just now.
	users  int
	closed bool
}

func (p *Pool) open(id string) error {
	// The format's numbers are little endian, and its lengths have more than 32 bits.
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 || strconv.IntSize < 64 {
		return fail(errors.ErrUnsupported, "pools are for machines of 64 bits, little endian")
	}
	if err := p.readDescription(id); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		to   **directory
	}{{"slabs", &p.slabs}, {"names", &p.manifests}, {"incoming", &p.incoming}} {
		opened, err := p.root.directory(part.name)
		if err != nil {
			return err
		}
		*part.to = opened
	}
	if err := p.checkFiles(); err != nil {
		return err
	}
	for _, file := range []struct {
		name     string
		at       *directory
		bytes    int64
		writable bool
		to       *words
	}{
		{"records", p.root, 8 * (p.slots + 1), false, &p.records},
		{"registry.cm3", p.root, -1, true, &p.registry},
		{"generations", p.root, 8 * p.slots, false, &p.generations},
		{"table", p.slabs, 64 + 8*p.slots, false, &p.places},
		{"leases", p.root, 8, true, &p.everLent},
	} {
		mapped, err := mapWords(file.at, file.name, file.bytes, file.writable)
		if err != nil {
			return err
		}
		*file.to = mapped
	}
	if err := p.checkRecords(); err != nil {
		return err
	}
	// Nothing is ever mapped from this description: a mapping would keep its locks (13.2).
	file, _, err := p.root.regular("leases", unix.O_RDONLY)
	if err != nil {
		return err
	}
	p.leases = &leases{file: file, counts: map[int64]int{}}
	return nil
}

// readDescription reads pool.json (2).
func (p *Pool) readDescription(id string) error {
	what := p.root.path + "/pool.json"
	text, err := p.root.read("pool.json", mostDescriptionBytes)
	if err != nil {
		return err
	}
	value, err := parseJSON(text)
	if err != nil {
		return corrupt(what, "%v", err)
	}
	f := fieldsOf("it", value)
	if err := checkVersion(f, what); err != nil {
		return err
	}
	poolID := f.bits("poolId")
	f.text("bootId")
	p.sizeBytes = f.whole("sizeBytes", 1, mostWhole)
	p.slots = f.whole("slots", 1, mostSlots)
	f.truth("checksums")
	if err := f.end(); err != nil {
		return corrupt(what, "%v", err)
	}
	if poolID != id {
		return corrupt(what, "it is of the pool %s, and lies in the directory of %s", poolID, id)
	}
	return nil
}

// checkFiles looks at what is not read here, but belongs to a pool (1.2).
func (p *Pool) checkFiles() error {
	for _, file := range []struct {
		name  string
		at    *directory
		bytes int64
	}{
		{"hints", p.root, 8 * ((p.slots + 63) / 64)},
		{"participants", p.root, 128 * 256},
		{"epochs", p.root, 2048 * 256},
		{"channels", p.root, 4096 * 192},
		{"lock", p.manifests, 64},
	} {
		opened, length, err := file.at.regular(file.name, unix.O_RDONLY)
		if err != nil {
			return err
		}
		opened.Close()
		if length != file.bytes {
			return corrupt(opened.Name(), "it has %d bytes, and should have %d", length, file.bytes)
		}
	}
	return nil
}

// checkRecords looks whether every record lies in the registry (3.1).
func (p *Pool) checkRecords() error {
	what := p.root.path + "/records"
	offsets := p.records[:8*p.slots]
	if sum := int64(crc32.Checksum(offsets, crc32.MakeTable(crc32.Castagnoli))); p.records.load(8*p.slots) != sum {
		return corrupt(what, "its checksum is wrong")
	}
	for slot := range p.slots {
		offset := p.records.load(8 * slot)
		if offset < 0 || offset%8 != 0 || offset > int64(len(p.registry))-recordBytes {
			return corrupt(what, "the record of slot %d is said to lie at %d, in a file of %d bytes", slot, offset, len(p.registry))
		}
	}
	return nil
}

// Name is the pool's name.
func (p *Pool) Name() string { return p.name }

// SizeBytes is how many bytes all segments may take.
func (p *Pool) SizeBytes() int64 { return p.sizeBytes }

// Close closes the pool. Datasets that were read from it go on to be valid until they are closed themselves.
func (p *Pool) Close() error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if !p.closed {
		p.closed = true
		p.releaseIfUnused()
	}
	return nil
}

func (p *Pool) enter() error {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.closed {
		return fail(fs.ErrClosed, "the pool %q was closed", p.name)
	}
	p.users++
	return nil
}

func (p *Pool) leave() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.users--
	p.releaseIfUnused()
}

func (p *Pool) releaseIfUnused() {
	if p.closed && p.users == 0 {
		p.release()
	}
}

func (p *Pool) release() {
	for _, mapped := range []words{p.records, p.registry, p.generations, p.places, p.everLent} {
		mapped.unmap()
	}
	for _, opened := range []*directory{p.root, p.slabs, p.manifests, p.incoming} {
		if opened != nil {
			opened.close()
		}
	}
	if p.leases != nil {
		p.leases.file.Close()
	}
}

// Datasets lists the names of all datasets, sorted.
func (p *Pool) Datasets() ([]string, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	files, err := p.manifests.names()
	if err != nil {
		return nil, err
	}
	datasets := []string{}
	for _, file := range files {
		if dataset, is := datasetOf(file); is {
			datasets = append(datasets, dataset)
		}
	}
	slices.Sort(datasets)
	return datasets, nil
}

// Info says what stands about a dataset, without reading its segments.
func (p *Pool) Info(dataset string) (*Info, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	return p.info(dataset)
}

func (p *Pool) info(dataset string) (*Info, error) {
	file, err := fileName(dataset)
	if err != nil {
		return nil, err
	}
	text, err := p.manifests.read(file, mostManifestBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fail(fs.ErrNotExist, "there is no dataset %q in the pool %q", dataset, p.name)
	}
	if err != nil {
		return nil, err
	}
	return parseManifest(dataset, p.manifests.path+"/"+file, text, p.slots)
}
