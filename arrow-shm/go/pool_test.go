package arrowshm

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const patience = 30 * time.Second

// TestMain is a reader in a process of its own if a test has started it as such.
func TestMain(m *testing.M) {
	if parent := os.Getenv("ARROW_SHM_TEST_READER"); parent != "" {
		pool, err := Dir(parent).Open(unpackedName)
		if err == nil {
			_, err = pool.Open("run 7/größe")
		}
		fmt.Println(err)
		// Until it is killed.
		select {}
	}
	os.Exit(m.Run())
}

// isLeased looks for the lock of a slot's byte through a description of its own.
func isLeased(t *testing.T, root string, slot int64) bool {
	t.Helper()
	file, err := os.Open(filepath.Join(root, "leases"))
	must(t, err)
	defer file.Close()
	lock := unix.Flock_t{Type: unix.F_WRLCK, Start: slot, Len: 1}
	must(t, unix.FcntlFlock(file.Fd(), unix.F_OFD_GETLK, &lock))
	return lock.Type != unix.F_UNLCK
}

func firstSlot(t *testing.T, pool *Pool, dataset string) int64 {
	t.Helper()
	info, err := pool.Info(dataset)
	must(t, err)
	return info.Segments[0].slot
}

func TestALeaseEndsWithTheLastDatasetThatReadsTheSegment(t *testing.T) {
	pool, root := openVector(t, "published")
	slot := firstSlot(t, pool, "run 7/größe")
	first, err := pool.Open("run 7/größe")
	must(t, err)
	second, err := pool.Open("run 7/größe")
	must(t, err)
	assertEqual(t, isLeased(t, root, slot), true)
	must(t, first.Close())
	must(t, first.Close())
	assertEqual(t, isLeased(t, root, slot), true)
	must(t, second.Close())
	assertEqual(t, isLeased(t, root, slot), false)
}

func TestADatasetIsValidAfterItsPoolWasClosed(t *testing.T) {
	directory := unpack(t, "published")
	pool, err := directory.Open(unpackedName)
	must(t, err)
	dataset, err := pool.Open("run 7/größe")
	must(t, err)
	must(t, pool.Close())
	if _, err := pool.Datasets(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("the pool is closed, and its datasets are listed: %v", err)
	}
	for _, path := range dataset.Paths() {
		_, err := dataset.Array(path)
		must(t, err)
	}
	must(t, dataset.Close())
}

func TestAReaderThatIsKilledLeavesNothingLeased(t *testing.T) {
	pool, root := openVector(t, "published")
	slot := firstSlot(t, pool, "run 7/größe")
	reader := exec.Command(os.Args[0])
	reader.Env = append(os.Environ(), "ARROW_SHM_TEST_READER="+filepath.Dir(root))
	out, err := reader.StdoutPipe()
	must(t, err)
	must(t, reader.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	assertEqual(t, line, "<nil>\n")
	must(t, err)
	assertEqual(t, isLeased(t, root, slot), true)
	must(t, reader.Process.Kill())
	// It was killed: that is an error.
	_ = reader.Wait()
	assertEqual(t, isLeased(t, root, slot), false)
}

func TestASegmentWithAnotherGenerationIsNotRead(t *testing.T) {
	pool, root := openVector(t, "published")
	slot := firstSlot(t, pool, "run 7/größe")
	generations, err := os.OpenFile(filepath.Join(root, "generations"), os.O_WRONLY, 0)
	must(t, err)
	defer generations.Close()
	_, err = generations.WriteAt([]byte{99}, 8*slot)
	must(t, err)
	for _, read := range []func(string) (*Dataset, error){pool.Open, pool.Copy} {
		if _, err := read("run 7/größe"); !errors.Is(err, ErrCorrupt) {
			t.Errorf("the manifest names what is gone: %v", err)
		}
	}
	assertEqual(t, isLeased(t, root, slot), false)
}

func TestWhatIsNotThereIsAbsent(t *testing.T) {
	pool, root := openVector(t, "fresh")
	_, errOfDataset := pool.Open("none")
	_, errOfPool := Dir(filepath.Dir(root)).Open("none")
	_, errOfDirectory := Dir("/none").Pools()
	for _, err := range []error{errOfDataset, errOfPool, errOfDirectory} {
		assertRefused(t, err, []string{"absent"})
	}
	assertEqual(t, errOfPool.Error(), `arrow-shm: there is no pool "none" in `+filepath.Dir(root))
	names, err := Dir(filepath.Dir(root)).Pools()
	must(t, err)
	assertEqual(t, names, []string{unpackedName})
}

func TestElementsAreTheArraysOwnMemory(t *testing.T) {
	pool, _ := openVector(t, "published")
	dataset, err := pool.Open("run 7/größe")
	must(t, err)
	defer dataset.Close()
	array, err := dataset.Array(dataset.Paths()[0])
	must(t, err)
	elements, err := Slice[int32](array)
	must(t, err)
	assertEqual(t, int64(elements[1]), array.At(1).(int64))
	if _, err := Slice[float32](array); !errors.Is(err, ErrType) {
		t.Errorf("whole numbers are real ones: %v", err)
	}
}

// next is the next event; the test fails if there is none in time.
func next(t *testing.T, events <-chan Event) Event {
	t.Helper()
	select {
	case event := <-events:
		return event
	case <-time.After(patience):
		t.Fatal("nothing is told")
		return Event{}
	}
}

func TestWatchingTellsWhatIsThereAndWhatHappens(t *testing.T) {
	pool, root := openVector(t, "published")
	names, err := pool.Datasets()
	must(t, err)
	ctx, cancel := context.WithCancelCause(context.Background())
	events, ended := make(chan Event), make(chan error, 1)
	go func() {
		for event, err := range pool.Watch(ctx) {
			if err != nil {
				ended <- err
				return
			}
			events <- event
		}
	}()
	var seen []string
	for range names {
		seen = append(seen, next(t, events).Dataset)
	}
	slices.Sort(seen)
	assertEqual(t, seen, names)
	file := func(name string) string { return filepath.Join(root, "names", name) }
	must(t, os.Rename(file("nothing.json"), file("renamed.json")))
	two := []Event{next(t, events), next(t, events)}
	slices.SortFunc(two, func(a, b Event) int { return strings.Compare(a.Dataset, b.Dataset) })
	assertEqual(t, two[0], Event{Dataset: "nothing", Removed: true})
	assertEqual(t, two[1].Dataset, "renamed")
	must(t, os.Remove(file("renamed.json")))
	assertEqual(t, next(t, events), Event{Dataset: "renamed", Removed: true})
	why := errors.New("enough")
	cancel(why)
	assertEqual(t, errors.Is(<-ended, why), true)
}

func TestWhoeverWatchesAPoolThatIsRemovedIsTold(t *testing.T) {
	pool, root := openVector(t, "fresh")
	ended := make(chan error)
	go func() {
		for _, err := range pool.Watch(context.Background()) {
			ended <- err
		}
	}()
	// Watching may begin before or after this.
	must(t, os.Remove(filepath.Join(root, "pool.json")))
	must(t, os.Remove(filepath.Join(root, "names/lock")))
	select {
	case err := <-ended:
		assertRefused(t, err, []string{"absent"})
	case <-time.After(patience):
		t.Fatal("nothing is told")
	}
}

func TestADatasetIsAwaited(t *testing.T) {
	pool, root := openVector(t, "published")
	known, err := pool.Info("nothing")
	must(t, err)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	if _, err := pool.Wait(ctx, "nothing", known.Publication); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("there is no other: %v", err)
	}
	got := make(chan error)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		dataset, err := pool.Wait(ctx, "later", Publication{})
		if err == nil {
			err = dataset.Close()
		}
		got <- err
	}()
	must(t, os.Rename(filepath.Join(root, "names/nothing.json"), filepath.Join(root, "names/later.json")))
	must(t, <-got)
}

// answer does what a participant does with a request, but for publishing it.
func answer(root string, pool *Pool, reply string) error {
	watcher, err := pool.incoming.watch()
	if err != nil {
		return err
	}
	defer watcher.close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		names, err := pool.incoming.names()
		if err != nil {
			return err
		}
		for _, name := range names {
			if request, is := strings.CutSuffix(name, ".request"); is && name[0] != '.' {
				incoming := filepath.Join(root, "incoming")
				aside := filepath.Join(incoming, "."+request+".answer")
				return errors.Join(os.WriteFile(aside, []byte(reply), 0o600), os.Remove(filepath.Join(incoming, name)),
					os.Rename(aside, filepath.Join(incoming, request+".answer")))
			}
		}
		if _, err := watcher.next(ctx); err != nil {
			return err
		}
	}
}

func TestARequestIsAnsweredOrRefusedAndLeavesNothing(t *testing.T) {
	for reply, expected := range map[string]error{
		`{"formatVersion": 2, "done": true, "dataset": "d", "id": 7, "revision": 2, "files": []}`: nil,
		`{"formatVersion": 2, "done": false, "reason": "because", "retry": false}`:                ErrRefused,
		`{"formatVersion": 2, "done": false, "reason": "because"}`:                                ErrCorrupt,
		`{"formatVersion": 2, "done": 1}`:                                                         ErrCorrupt,
	} {
		pool, root := openVector(t, "fresh")
		answered := make(chan error)
		go func() { answered <- answer(root, pool, reply) }()
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		publication, err := pool.Publish(ctx, Request{Dataset: "d", Segments: []NewSegment{{Path: "x", Content: Numbers([]int32{1, 2})}}})
		cancel()
		must(t, <-answered)
		if !errors.Is(err, expected) || err == nil && publication != (Publication{7, 2}) {
			t.Errorf("%s: %v, %v", reply, publication, err)
		}
		assertNothingIncoming(t, root)
	}
}

func TestWhatThereIsNoRoomForIsAskedForAgain(t *testing.T) {
	const full, done = `{"formatVersion": 2, "done": false, "reason": "full", "retry": true}`, `{"formatVersion": 2, "done": true, "dataset": "d", "id": 7, "revision": 2, "files": []}`
	request := Request{Dataset: "d", Segments: []NewSegment{{Path: "x", Content: Numbers([]int32{1, 2})}}}
	pool, root := openVector(t, "fresh")
	answered := make(chan error)
	go func() {
		answered <- errors.Join(answer(root, pool, full), answer(root, pool, full), answer(root, pool, done))
	}()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	publication, err := pool.Publish(ctx, request)
	must(t, <-answered)
	if err != nil || publication != (Publication{7, 2}) {
		t.Errorf("%v, %v", publication, err)
	}
	assertNothingIncoming(t, root)

	short, end := context.WithCancel(context.Background())
	go func() {
		answered <- answer(root, pool, full)
		end()
	}()
	failed := make(chan error)
	go func() {
		_, err := pool.Publish(short, request)
		failed <- err
	}()
	must(t, <-answered)
	if err := <-failed; !errors.Is(err, ErrFull) {
		t.Errorf("there was no room until the context ended: %v", err)
	}
	assertNothingIncoming(t, root)
}

func assertNothingIncoming(t *testing.T, root string) {
	t.Helper()
	left, err := os.ReadDir(filepath.Join(root, "incoming"))
	must(t, err)
	if len(left) != 0 {
		t.Errorf("%v is left", left)
	}
}

func TestARequestThatNobodyAnswersIsTakenBack(t *testing.T) {
	pool, root := openVector(t, "fresh")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	_, err := pool.Publish(ctx, Request{Dataset: "d", Segments: []NewSegment{{Path: "x", Content: Numbers([]int32{1, 2})}}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nobody answers: %v", err)
	}
	assertNothingIncoming(t, root)
}

func TestAnErrorBeforeARequestLeavesNothing(t *testing.T) {
	pool, root := openVector(t, "fresh")
	for _, request := range []Request{
		{Dataset: "a//b"},
		{Dataset: "d", Attributes: map[string]any{"a": nil}},
		{Dataset: "d", Groups: map[string]map[string]any{"g": {"": 1}}},
		{Dataset: "d", Segments: []NewSegment{{Path: "x", Content: Numbers([]int32{1, 2}, 3)}}},
		{Dataset: "d", Segments: []NewSegment{{Path: "x", Content: Elements{DType: ">i4", Shape: []int64{0}}.Content()}}},
	} {
		if _, err := pool.Publish(context.Background(), request); err == nil || errors.Is(err, ErrRefused) {
			t.Errorf("%v: %v", request, err)
		}
	}
	assertNothingIncoming(t, root)
}

func TestMoreThanADatasetMayHaveIsRefused(t *testing.T) {
	pool, root := openVector(t, "fresh")
	groups := map[string]map[string]any{}
	for i := range mostEntries + 1 {
		groups[fmt.Sprint(i)] = map[string]any{}
	}
	values := make([]any, mostValues)
	for i := range values {
		values[i] = int64(1)
	}
	for what, request := range map[string]Request{
		"groups":        {Dataset: "d", Groups: groups},
		"a list's size": {Dataset: "d", Attributes: map[string]any{"a": values}},
	} {
		if _, err := pool.Publish(context.Background(), request); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %v", what, err)
		}
		assertNothingIncoming(t, root)
		attributes, of := map[string]any{}, map[string]map[string]any{}
		maps.Copy(attributes, request.Attributes)
		maps.Copy(of, request.Groups)
		text, err := json.Marshal(map[string]any{
			"formatVersion": 2, "id": 1, "revision": 1, "publishedAtMs": 1,
			"creator": map[string]any{"participant": 0, "processId": 1, "incarnation": "0123456789abcdef"},
			"content": map[string]any{"persistent": true, "attributes": attributes, "groups": of, "segments": []any{}},
		})
		must(t, err)
		if _, err := parseManifest("d", "d", text, 1); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), "at most") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestAttributesAreWrittenAsTheyAreRead(t *testing.T) {
	attributes := map[string]any{
		"whole": int64(1), "double": 1.0, "large": 1e300, "largest": int64(1<<63 - 1), "text": "<ü>", "list": []any{true, map[string]any{"a": -0.5}},
	}
	value, err := encodable(attributes, 0)
	must(t, err)
	text, err := json.Marshal(value)
	must(t, err)
	read, err := parseJSON(text)
	must(t, err)
	assertEqual(t, read, any(attributes))
}

func TestWhatIsWrittenIsReadAsTheSameArray(t *testing.T) {
	var list []arrayVector
	readVectors(t, "arrays.json", &list)
	files := archive(t, "arrays.zip")
	for _, expected := range list {
		if expected.Errors != nil || strings.HasPrefix(expected.File, "strided") {
			continue
		}
		array, err := (&Segment{Bytes: files[expected.File]}).Array()
		must(t, err)
		strides, length, err := contiguous(array.Shape, array.DType.Size, false)
		must(t, err)
		elements := Elements{DType: array.DType.String(), Shape: array.Shape, Fortran: !array.hasStrides(strides), Data: array.Data[:length]}
		var file strings.Builder
		must(t, elements.write(&file))
		again, err := (&Segment{Bytes: []byte(file.String())}).Array()
		must(t, err)
		assertEqual(t, again.DType, array.DType)
		assertEqual(t, again.Data, elements.Data)
		if !slices.Equal(again.Shape, array.Shape) || !again.hasStrides(array.Strides) {
			t.Errorf("%s: %v %v", expected.File, again.Shape, again.Strides)
		}
	}
}

var seed = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of random input")

// touch reads all that can be read; whatever is damaged is an error.
func touch(directory Dir) {
	pool, err := directory.Open(unpackedName)
	if err != nil {
		return
	}
	defer pool.Close()
	names, _ := pool.Datasets()
	for _, name := range names {
		for _, read := range []func(string) (*Dataset, error){pool.Open, pool.Copy} {
			dataset, err := read(name)
			if err != nil {
				continue
			}
			for _, path := range dataset.Paths() {
				segment, _ := dataset.Segment(path)
				touchArray(segment)
			}
			dataset.Close()
		}
	}
}

func touchArray(segment *Segment) {
	array, err := segment.Array()
	if err != nil {
		return
	}
	few := 0
	for range array.All() {
		if few++; few == 100 {
			break
		}
	}
	for _, field := range array.DType.Fields {
		_, _ = array.Field(field.Name)
	}
	_, _ = Slice[int32](array)
}

func TestADamagedPoolIsAnErrorAndNoPanic(t *testing.T) {
	t.Logf("-seed=%d", *seed)
	random := rand.New(rand.NewPCG(*seed, 0))
	_, files := poolVectors()
	paths := []string{}
	for path := range files["published"] {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	directory := unpack(t, "published")
	pools, _ := poolVectors()
	root := filepath.Join(string(directory), "."+unpackedName+"-"+pools["published"].PoolID)
	for range 400 {
		path := filepath.Join(root, paths[random.IntN(len(paths))])
		before, err := os.ReadFile(path)
		must(t, err)
		must(t, os.WriteFile(path, mutated(before, random), 0o600))
		touch(directory)
		must(t, os.WriteFile(path, before, 0o600))
	}
}

func TestADamagedArrayIsAnErrorAndNoPanic(t *testing.T) {
	t.Logf("-seed=%d", *seed)
	random := rand.New(rand.NewPCG(*seed, 1))
	files := archive(t, "arrays.zip")
	names := []string{}
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	for range 20_000 {
		touchArray(&Segment{Bytes: mutated(files[names[random.IntN(len(names))]], random)})
	}
}

// mutated has some bytes changed, and may be cut.
func mutated(bytes []byte, random *rand.Rand) []byte {
	changed := slices.Clone(bytes)
	if len(changed) == 0 {
		return changed
	}
	for range 1 + random.IntN(4) {
		// Most that matters stands at the beginning.
		at := random.IntN(min(len(changed), 1<<(4+random.IntN(16))))
		changed[at] = byte(random.IntN(256))
	}
	if random.IntN(4) == 0 {
		changed = changed[:random.IntN(len(changed))]
	}
	return changed
}
