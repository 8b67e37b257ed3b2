package arrowshm

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"iter"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	watched          = unix.IN_MOVED_TO | unix.IN_MOVED_FROM | unix.IN_DELETE | unix.IN_DELETE_SELF
	eventHeaderBytes = unix.SizeofInotifyEvent
)

// Event says what happened to a name.
type Event struct {
	Dataset string
	// Publication is that of the dataset that is there now. A dataset that was renamed keeps it under its new name.
	Publication Publication
	// Removed says that there is none of this name any more.
	Removed bool
}

// Watch tells what datasets there are, and then what is published, overwritten, renamed and removed, until the context ends or
// the loop is left. Nothing is polled and nothing missed; what happens to one name in a row is told as one event. The last one
// has the error that has ended it: the context's, or one that wraps [io/fs.ErrNotExist] if the pool was removed.
func (p *Pool) Watch(ctx context.Context) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		if err := p.watch(ctx, func(event Event) bool { return yield(event, nil) }); err != nil {
			yield(Event{}, err)
		}
	}
}

// watch returns without an error once nobody wants to be told more.
func (p *Pool) watch(ctx context.Context, tell func(Event) bool) error {
	if err := p.enter(); err != nil {
		return err
	}
	defer p.leave()
	watcher, err := p.manifests.watch()
	if err != nil {
		return err
	}
	defer watcher.close()
	known := map[string]Publication{}
	for all := true; ; {
		if err := p.checkThere(); err != nil {
			return err
		}
		names := watcher.names
		if all {
			if names, err = p.manifests.names(); err != nil {
				return err
			}
			for dataset := range known {
				file, _ := fileName(dataset)
				names = append(names, file)
			}
		}
		for _, name := range names {
			if dataset, is := datasetOf(name); is {
				event := p.compare(known, dataset)
				if event != nil && !tell(*event) {
					return nil
				}
			}
		}
		if all, err = watcher.next(ctx); err != nil {
			return err
		}
	}
}

// compare looks what is there under a name, and returns what differs from what is known. Nobody is told of a manifest that is
// damaged: that is no publication.
func (p *Pool) compare(known map[string]Publication, dataset string) *Event {
	before, wasThere := known[dataset]
	info, err := p.info(dataset)
	switch {
	case err == nil && info.Publication != before:
		known[dataset] = info.Publication
		return &Event{Dataset: dataset, Publication: info.Publication}
	case errors.Is(err, fs.ErrNotExist) && wasThere:
		delete(known, dataset)
		return &Event{Dataset: dataset, Removed: true}
	}
	return nil
}

// checkThere says whether the pool was removed: pool.json is deleted before anything that is watched (1.4).
func (p *Pool) checkThere() error {
	var status unix.Stat_t
	err := unix.Fstatat(p.root.fd(), "pool.json", &status, unix.AT_SYMLINK_NOFOLLOW)
	if err == unix.ENOENT {
		return fail(fs.ErrNotExist, "the pool %q was removed", p.name)
	}
	return nil
}

// Wait opens a dataset in place as soon as it is there in another publication than the given one. Any will do if that is
// Publication{}. It ends with the context's error if there is none in time.
func (p *Pool) Wait(ctx context.Context, dataset string, after Publication) (*Dataset, error) {
	if err := p.enter(); err != nil {
		return nil, err
	}
	defer p.leave()
	watcher, err := p.manifests.watch()
	if err != nil {
		return nil, err
	}
	defer watcher.close()
	for {
		info, err := p.info(dataset)
		if err == nil && info.Publication != after {
			var read *Dataset
			if read, err = p.Open(dataset); err == nil {
				return read, nil
			}
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if err := p.checkThere(); err != nil {
			return nil, err
		}
		if _, err := watcher.next(ctx); err != nil {
			return nil, fail(err, "there is no (other) dataset %q in the pool %q in time: %v", dataset, p.name, err)
		}
	}
}

// watcher is told of what happens in a directory. One goroutine.
type watcher struct {
	file *os.File
	// names are those of files that something has happened to.
	names  []string
	buffer [64 << 10]byte
}

// watch begins now: whoever looks afterwards misses nothing (10.9).
func (d *directory) watch() (*watcher, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, fail(err, "nothing can be watched (%v): see /proc/sys/fs/inotify/max_user_instances", err)
	}
	if _, err := unix.InotifyAddWatch(fd, d.byDescriptor(), watched); err != nil {
		unix.Close(fd)
		return nil, fail(err, "%s cannot be watched (%v): see /proc/sys/fs/inotify/max_user_watches", d.path, err)
	}
	return &watcher{file: os.NewFile(uintptr(fd), "inotify")}, nil
}

func (w *watcher) close() { w.file.Close() }

// next waits until something happens. It says whether events were lost.
func (w *watcher) next(ctx context.Context) (lost bool, err error) {
	stop := context.AfterFunc(ctx, func() {
		// A time that is over wakes whoever reads. It fails for what is closed only.
		_ = w.file.SetReadDeadline(time.Unix(1, 0))
	})
	defer stop()
	length, err := w.file.Read(w.buffer[:])
	if ctx.Err() != nil {
		return false, context.Cause(ctx)
	}
	if err != nil {
		return false, fail(err, "what happens cannot be read: %v", err)
	}
	w.names = w.names[:0]
	for rest := w.buffer[:length]; len(rest) >= eventHeaderBytes; {
		mask, nameBytes := binary.LittleEndian.Uint32(rest[4:]), binary.LittleEndian.Uint32(rest[12:])
		lost = lost || mask&unix.IN_Q_OVERFLOW != 0
		end := min(len(rest), eventHeaderBytes+int(nameBytes))
		w.names = append(w.names, string(bytes.TrimRight(rest[eventHeaderBytes:end], "\x00")))
		rest = rest[end:]
	}
	return lost, nil
}
