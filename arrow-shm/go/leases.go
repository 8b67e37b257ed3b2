package arrowshm

import (
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// leases are this process's locks of bytes of the file of that name, each of which keeps a slot's bytes as they are (9.2).
// Locks of one description merge, so that they are counted (9.7).
type leases struct {
	file   *os.File
	mutex  sync.Mutex
	counts map[int64]int
}

// take locks the byte of a slot, a full fence behind it: taking the same lock once more is one (9.6).
func (l *leases) take(slot int64) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for range 2 {
		if err := l.lock(slot, unix.F_RDLCK); err != nil {
			if l.counts[slot] == 0 {
				_ = l.lock(slot, unix.F_UNLCK)
			}
			return fail(err, "the lease of slot %d cannot be had: %v", slot, err)
		}
	}
	l.counts[slot]++
	return nil
}

func (l *leases) giveBack(slot int64) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.counts[slot]--
	if l.counts[slot] == 0 {
		delete(l.counts, slot)
		// One that cannot be given back falls with the description.
		_ = l.lock(slot, unix.F_UNLCK)
	}
}

func (l *leases) lock(slot int64, kind int16) error {
	return unix.FcntlFlock(l.file.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Start: slot, Len: 1})
}

// lease keeps the bytes of a slot as they are, if it still has the generation that a manifest gave it. It says whether.
func (p *Pool) lease(segment SegmentInfo) (is bool, err error) {
	slot, generation := segment.slot, segment.generation
	if p.generations.load(8*slot) != generation {
		return false, nil
	}
	// In this order: whoever sees the lock sees the two numbers, without which nobody would look for this slot again.
	p.registry.store(p.records.load(8*slot)+lentOffset, generation)
	p.everLent.store(0, 1)
	if err := p.leases.take(slot); err != nil {
		return false, err
	}
	if p.generations.load(8*slot) != generation {
		p.leases.giveBack(slot)
		return false, nil
	}
	return true, nil
}
