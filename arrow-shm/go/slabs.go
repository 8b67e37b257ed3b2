package arrowshm

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

const (
	sizeClasses = 216
	tableHeader = 64
)

// block is where a segment lies: an open slab, whose file has all of it. The place is right if the slot's generation is equal
// afterwards, or if it was read under a lease (9.1).
type block struct {
	slab  *os.File
	start int64
}

// block opens the slab of a segment; it returns none if the slab is gone, or shorter: others lie elsewhere by now.
func (p *Pool) block(segment SegmentInfo) (*block, error) {
	// All bits belong to the fields (8.1).
	place := uint64(p.places.load(tableHeader + 8*segment.slot))
	number, sizeClass, index := place>>24, int64(place>>16&0xff), int64(place&0xffff)
	if number == 0 || sizeClass >= sizeClasses || blockBytes(sizeClass) < segment.Length {
		return nil, nil
	}
	slab, length, err := p.slabs.regular(strconv.FormatUint(number, 10), unix.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Without overflow: the index is of 16 bits.
	if index > (length-segment.Length)/blockBytes(sizeClass) || length < segment.Length {
		slab.Close()
		return nil, nil
	}
	return &block{slab, index * blockBytes(sizeClass)}, nil
}

// blockBytes is the size of a class's blocks, four for each doubling (8.2).
func blockBytes(sizeClass int64) int64 {
	return (4 + sizeClass%4) << (6 + sizeClass/4)
}

// mapped are the bytes of a segment, and all that was mapped for them: from the beginning of a page.
func (b *block) mapped(length int64) (bytes, mapping []byte, err error) {
	if length == 0 {
		return []byte{}, nil, nil
	}
	inPage := b.start % int64(os.Getpagesize())
	mapping, err = unix.Mmap(int(b.slab.Fd()), b.start-inPage, int(inPage+length), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, nil, fail(err, "%s cannot be mapped: %v", b.slab.Name(), err)
	}
	return mapping[inPage:], mapping, nil
}

// copied reads the bytes of a segment, never through a mapping: the block's memory may be taken meanwhile (9.3). It returns
// none if there are too few.
func (b *block) copied(length int64) ([]byte, error) {
	bytes := make([]byte, length)
	if _, err := io.ReadFull(io.NewSectionReader(b.slab, b.start, length), bytes); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, nil
		}
		return nil, fail(err, "%s cannot be read: %v", b.slab.Name(), err)
	}
	return bytes, nil
}
