package arrowshm

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"time"
	"unsafe"
)

const (
	mostRequestBytes = 16 << 20
	firstPause       = 100 * time.Millisecond
	longestPause     = 2 * time.Second
)

// Request says what is to be published under a name. What is published like this is persistent: it stays until it is deleted or
// overwritten.
type Request struct {
	Dataset string
	// Overwrite is whether a dataset of that name is replaced; otherwise it is an error that there is one.
	Overwrite  bool
	Attributes map[string]any
	// Groups are attributes of groups of segments, by their paths.
	Groups   map[string]map[string]any
	Segments []NewSegment
}

// NewSegment is one that is to be published.
type NewSegment struct {
	Path       string
	Content    Content
	Attributes map[string]any
}

// Content writes a file of one of the kinds that become segments: an .npy file, as [Numbers] and [Elements] do, an Arrow IPC
// file or stream, or an Arrow tensor message.
type Content func(io.Writer) error

// Numbers are the elements of an array in C's order, last index fastest. Without a shape it has one dimension.
func Numbers[T Number](elements []T, shape ...int64) Content {
	if len(shape) == 0 {
		shape = []int64{int64(len(elements))}
	}
	data := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(elements))), len(elements)*int(unsafe.Sizeof(*new(T))))
	return Elements{DType: dtypeFor[T]().String(), Shape: shape, Data: data}.write
}

// Elements are an array of any type.
type Elements struct {
	// DType is the type as NumPy spells it: "|b1", "<M8[ns]", "[('a', '<f4'), ('b', '<i2', (3,))]".
	DType string
	Shape []int64
	// Fortran is whether the first index is the fastest.
	Fortran bool
	// Data are all elements, one behind the other.
	Data []byte
}

// Content is what writes them.
func (e Elements) Content() Content { return e.write }

func (e Elements) write(w io.Writer) error {
	dtype, err := ParseDType(e.DType)
	if err != nil {
		return err
	}
	_, length, err := contiguous(e.Shape, dtype.Size, e.Fortran)
	if err != nil || length != int64(len(e.Data)) || len(e.Shape) > mostDimensions {
		return fail(fs.ErrInvalid, "an array of %s with the shape %v has %d bytes, and %d were given", dtype, e.Shape, length, len(e.Data))
	}
	descr := e.DType
	if dtype.Kind != 'V' {
		descr = quoted(descr)
	}
	if err := writeNpyHeader(w, descr, e.Fortran, e.Shape); err != nil {
		return err
	}
	_, err = w.Write(e.Data)
	return err
}

// Publish asks those who take part in the pool to publish a dataset, and waits for the answer until the context ends. At least
// one process must take part in the pool, of Java, Rust or Python. They publish it once, also if they are killed
// meanwhile, or say why they refuse to, which is an error that wraps [ErrRefused]. While there is no room for it in the pool it
// is asked for again and again; [ErrFull] is wrapped if there is none when the context ends. Once the context has ended the
// request is taken back; it may have been carried out all the same.
func (p *Pool) Publish(ctx context.Context, request Request) (Publication, error) {
	if err := p.enter(); err != nil {
		return Publication{}, err
	}
	defer p.leave()
	if _, err := fileName(request.Dataset); err != nil {
		return Publication{}, err
	}
	watcher, err := p.incoming.watch()
	if err != nil {
		return Publication{}, err
	}
	defer watcher.close()
	// Nobody else ever has this name: what is completed late deletes by name (11.5).
	asked := &asking{in: p.incoming, files: fmt.Sprintf("go-%d-%016x", os.Getpid(), rand.Uint64())}
	defer asked.deleteFiles()
	if err := asked.write(request); err != nil {
		return Publication{}, err
	}
	for pause := firstPause; ; pause = min(2*pause, longestPause) {
		publication, err := p.askOnce(ctx, asked, watcher)
		if !errors.Is(err, ErrFull) {
			return publication, err
		}
		select {
		case <-ctx.Done():
			return Publication{}, err
		case <-time.After(pause):
		}
	}
}

// askOnce asks by a request of a name that was never there before, and waits for the answer.
func (p *Pool) askOnce(ctx context.Context, asked *asking, watcher *watcher) (Publication, error) {
	if err := asked.ask(); err != nil {
		return Publication{}, err
	}
	for {
		if answered, publication, err := asked.answer(); answered {
			return publication, err
		}
		err := p.checkThere()
		if err == nil {
			_, err = watcher.next(ctx)
		}
		if err != nil {
			return asked.takeBack(err)
		}
	}
}

// asking is a request and its files (11.4).
type asking struct {
	in *directory
	// files is what the names of its files begin with.
	files string
	text  []byte
	// name is that of the request, and tries how many there were.
	name  string
	tries int
	// left are files that may be there.
	left []string
}

func (a *asking) write(request Request) error {
	ofSegment := func(s NewSegment) map[string]any { return s.Attributes }
	if err := checkCounts(request.Attributes, request.Groups, request.Segments, ofSegment); err != nil {
		return fail(fs.ErrInvalid, "the dataset %q: %v", request.Dataset, err)
	}
	segments := make([]map[string]any, len(request.Segments))
	for i, segment := range request.Segments {
		attributes, err := encodable(segment.Attributes, 0)
		if err != nil {
			return fail(fs.ErrInvalid, "the segment %q: %v", segment.Path, err)
		}
		file := fmt.Sprintf("%s.%d", a.files, i)
		if err := a.writeFile(file, segment.Content); err != nil {
			return fail(err, "the segment %q: %s", segment.Path, strings.TrimPrefix(err.Error(), prefix))
		}
		segments[i] = map[string]any{"path": segment.Path, "file": file, "attributes": attributes}
	}
	attributes, err := encodable(request.Attributes, 0)
	groups := make(map[string]any, len(request.Groups))
	for path, of := range request.Groups {
		encoded, wrong := encodable(of, 0)
		groups[path], err = encoded, errors.Join(err, wrong)
	}
	if err != nil {
		return fail(fs.ErrInvalid, "the dataset %q: %v", request.Dataset, err)
	}
	a.text, err = json.Marshal(map[string]any{
		"formatVersion": formatVersion, "dataset": request.Dataset, "overwrite": request.Overwrite,
		"attributes": attributes, "groups": groups, "segments": segments,
	})
	if err != nil {
		return fail(err, "the request cannot be written: %v", err)
	}
	if len(a.text) > mostRequestBytes {
		return fail(fs.ErrInvalid, "the request has %d bytes, at most %d are allowed: publish several datasets", len(a.text), mostRequestBytes)
	}
	return nil
}

func (a *asking) ask() error {
	a.tries++
	a.name = fmt.Sprintf("%s-%d", a.files, a.tries)
	return a.writeFile(a.name+".request", func(w io.Writer) error {
		_, err := w.Write(a.text)
		return err
	})
}

// writeFile writes it aside, so that nobody sees half of it.
func (a *asking) writeFile(name string, content Content) error {
	aside := "." + name
	file, err := a.in.create(aside)
	if err != nil {
		return err
	}
	a.left = append(a.left, aside)
	buffered := bufio.NewWriterSize(file, 1<<16)
	written := content(buffered)
	err = errors.Join(buffered.Flush(), file.Close())
	if written != nil {
		// It says itself what is wrong with it.
		return written
	}
	if err != nil {
		return fail(err, "%s cannot be written: %v", file.Name(), err)
	}
	if err := a.in.rename(aside, name); err != nil {
		return err
	}
	a.left[len(a.left)-1] = name
	return nil
}

// answer says whether there is one (11.5).
func (a *asking) answer() (is bool, publication Publication, err error) {
	name := a.name + ".answer"
	text, err := a.in.read(name, mostRequestBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return false, publication, nil
	}
	if err != nil {
		return true, publication, err
	}
	value, err := parseJSON(text)
	if err != nil {
		return true, publication, corrupt(name, "%v", err)
	}
	f := fieldsOf("the answer", value)
	f.whole("formatVersion", formatVersion, formatVersion)
	if f.truth("done") {
		publication = Publication{f.whole("id", 1, mostWhole), f.whole("revision", 1, mostWhole)}
	} else {
		reason, kind := f.text("reason"), ErrRefused
		if f.truth("retry") {
			kind = ErrFull
		}
		if f.err == nil {
			err = fail(kind, "the dataset was not published: %s", reason)
		}
	}
	if f.err != nil {
		err = corrupt(name, "%v", f.err)
	}
	_ = a.in.remove(name)
	return true, publication, err
}

// takeBack deletes the request. It may have been decided by then: an answer that is there all the same is true.
func (a *asking) takeBack(because error) (Publication, error) {
	_ = a.in.remove(a.name + ".request")
	if answered, publication, err := a.answer(); answered {
		return publication, err
	}
	return Publication{}, fail(because, "there was no answer, and the request was taken back: does any process take part in the pool? %v", because)
}

// deleteFiles deletes what is left. What was taken is gone.
func (a *asking) deleteFiles() {
	for _, file := range a.left {
		_ = a.in.remove(file)
	}
}
