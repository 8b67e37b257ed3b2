// Command exchange POOL is a reader and writer of a pool on command: a line on its input, an answer a line on its output.
package main

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
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	arrowshm "github.com/arrow-shm/arrow-shm/arrow-shm/go"
)

const (
	patience = time.Minute
	mostKept = 5
)

func main() {
	pool, err := arrowshm.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	fmt.Println("open")
	exchange := &exchange{pool: pool}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		answer, err := exchange.answer(strings.Split(lines.Text(), " "))
		if err != nil {
			answer = "error " + err.Error()
		}
		fmt.Println(answer)
	}
}

type exchange struct {
	pool *arrowshm.Pool
	kept []*arrowshm.Dataset
}

func (e *exchange) answer(words []string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	switch words[0] {
	case "list":
		names, err := e.pool.Datasets()
		return strings.Join(names, " "), err
	case "read":
		return readWith(e.pool.Open, words[1])
	case "copy":
		return readWith(e.pool.Copy, words[1])
	case "rewrite":
		return e.rewrite(ctx, words[1], words[2], len(words) > 3)
	case "hold":
		dataset, err := e.pool.Open(words[1])
		e.kept = append(e.kept, dataset)
		return "held", err
	case "check":
		return check(e.kept[0])
	case "await":
		dataset, err := e.pool.Wait(ctx, words[1], arrowshm.Publication{})
		if err != nil {
			return "", err
		}
		return "there", dataset.Close()
	case "watch":
		go e.watch()
		return "watching", nil
	case "storm":
		return e.storm(words[1:])
	}
	return "", errors.New("no such command")
}

func readWith(read func(string) (*arrowshm.Dataset, error), name string) (string, error) {
	dataset, err := read(name)
	if err != nil {
		return "", err
	}
	defer dataset.Close()
	rendered := map[string]any{}
	for _, path := range dataset.Paths() {
		segment, err := dataset.Segment(path)
		if err != nil {
			return "", err
		}
		if rendered[path], err = render(segment); err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
	}
	text, err := json.Marshal(map[string]any{"attributes": dataset.Attributes, "segments": rendered})
	return string(text), err
}

// rewrite publishes all that it reads as another dataset, by its own writers.
func (e *exchange) rewrite(ctx context.Context, from, to string, overwrite bool) (string, error) {
	dataset, err := e.pool.Open(from)
	if err != nil {
		return "", err
	}
	defer dataset.Close()
	request := arrowshm.Request{Dataset: to, Overwrite: overwrite, Attributes: dataset.Attributes, Groups: dataset.Groups}
	for _, path := range dataset.Paths() {
		segment, err := dataset.Segment(path)
		if err != nil {
			return "", err
		}
		content, err := contentOf(segment)
		if err != nil {
			return "", fmt.Errorf("%s: %w", path, err)
		}
		request.Segments = append(request.Segments, arrowshm.NewSegment{Path: path, Content: content, Attributes: segment.Attributes})
	}
	if _, err := e.pool.Publish(ctx, request); err != nil {
		return "", err
	}
	return "done", nil
}

func contentOf(segment *arrowshm.Segment) (arrowshm.Content, error) {
	if segment.IsTable() {
		return func(w io.Writer) error { return writeTable(segment, w) }, nil
	}
	array, err := segment.Array()
	if err != nil {
		return nil, err
	}
	return elementsOf(array).Content(), nil
}

// elementsOf are the elements of an array that lie one behind the other.
func elementsOf(array *arrowshm.Array) arrowshm.Elements {
	length := array.Len() * array.DType.Size
	isFortran := len(array.Shape) > 1 && array.Strides[0] < array.Strides[len(array.Strides)-1]
	return arrowshm.Elements{DType: array.DType.String(), Shape: array.Shape, Fortran: isFortran, Data: array.Data[:length]}
}

func writeTable(segment *arrowshm.Segment, w io.Writer) error {
	reader, err := tableReader(segment)
	if err != nil {
		return err
	}
	writer, err := ipc.NewFileWriter(w, ipc.WithSchema(reader.Schema()))
	if err != nil {
		return err
	}
	for i := range reader.NumRecords() {
		batch, err := reader.RecordBatchAt(i)
		if err != nil {
			return err
		}
		if err := writer.Write(batch); err != nil {
			return err
		}
	}
	return writer.Close()
}

func (e *exchange) watch() {
	for event, err := range e.pool.Watch(context.Background()) {
		switch {
		case err != nil:
			fmt.Println("end", errors.Is(err, fs.ErrNotExist))
		case event.Removed:
			fmt.Println("removed", event.Dataset)
		default:
			fmt.Println("published", event.Dataset)
		}
	}
}

// check is the seed of a dataset from which all else in it follows.
func check(dataset *arrowshm.Dataset) (string, error) {
	seed, is := dataset.Attributes["seed"].(int64)
	if paths := dataset.Paths(); !is || int64(len(paths)) != 1+seed%5 {
		return "", fmt.Errorf("%v of the seed %d", paths, seed)
	}
	for _, path := range dataset.Paths() {
		segment, err := dataset.Segment(path)
		if err != nil {
			return "", err
		}
		reader, err := ipc.NewMappedFileReader(segment.Bytes)
		if err != nil {
			return "", err
		}
		batch, err := reader.RecordBatchAt(0)
		if err != nil {
			return "", err
		}
		for i, number := range batch.Column(0).(*array.Int64).Int64Values() {
			if number != seed+int64(i) {
				return "", fmt.Errorf("%d at %d of %s, torn: the seed is %d", number, i, path, seed)
			}
		}
	}
	return fmt.Sprint("seed ", seed), nil
}

// storm reads so many datasets in place, while others publish and delete them. Each is looked at once more after the next ones
// were read: by then its memory is others', if the lease has not kept it.
func (e *exchange) storm(words []string) (string, error) {
	count, err := strconv.Atoi(words[0])
	if err != nil {
		return "", err
	}
	for names := words[1:]; count > 0; {
		dataset, err := e.pool.Open(names[rand.IntN(len(names))])
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		if _, err := check(dataset); err != nil {
			return "", err
		}
		e.kept = append(e.kept, dataset)
		if len(e.kept) == mostKept {
			if _, err := check(e.kept[0]); err != nil {
				return "", err
			}
			if err := e.kept[0].Close(); err != nil {
				return "", err
			}
			e.kept = e.kept[1:]
		}
		count--
	}
	return "right", nil
}
