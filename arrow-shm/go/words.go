package arrowshm

import (
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// words are a file's numbers of 8 bytes, mapped. Its length does not change while there is the pool (3.1), so that no access
// leads beyond its end.
type words []byte

// mapWords maps a file of exactly so many bytes, or of any number of bytes if that is negative.
func mapWords(d *directory, name string, bytes int64, writable bool) (words, error) {
	flags, protection := unix.O_RDONLY, unix.PROT_READ
	if writable {
		flags, protection = unix.O_RDWR, protection|unix.PROT_WRITE
	}
	file, length, err := d.regular(name, flags)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if bytes >= 0 && length != bytes || length < 8 {
		return nil, corrupt(file.Name(), "it has %d bytes, and should have %d", length, max(bytes, 8))
	}
	memory, err := unix.Mmap(int(file.Fd()), 0, int(length), protection, unix.MAP_SHARED)
	if err != nil {
		return nil, fail(err, "%s cannot be mapped: %v", file.Name(), err)
	}
	return memory, nil
}

func (w words) at(offset int64) *int64 {
	return (*int64)(unsafe.Pointer(&w[offset : offset+8][0]))
}

func (w words) load(offset int64) int64 { return atomic.LoadInt64(w.at(offset)) }

func (w words) store(offset, value int64) { atomic.StoreInt64(w.at(offset), value) }

func (w words) unmap() {
	if w != nil {
		// It fails for what is not mapped only.
		_ = unix.Munmap(w)
	}
}
