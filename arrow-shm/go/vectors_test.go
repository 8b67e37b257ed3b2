package arrowshm

import (
	"archive/zip"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
)

const vectors = "../format/vectors"

// kinds are the errors of the vectors.
var kinds = map[string]error{
	"corrupt": ErrCorrupt, "wrong version": ErrVersion, "no permission": fs.ErrPermission, "argument": fs.ErrInvalid,
	"absent": fs.ErrNotExist,
}

func assertRefused(t *testing.T, err error, allowed []string) {
	t.Helper()
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Fatalf("the error is %v, not one sentence of %v", err, allowed)
	}
	if !slices.ContainsFunc(allowed, func(kind string) bool { return errors.Is(err, kinds[kind]) }) {
		t.Fatalf("%v is none of %v", err, allowed)
	}
}

func readVectors(t testing.TB, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(vectors, file))
	if err != nil {
		t.Fatal(err)
	}
	decoder := json.NewDecoder(strings.NewReader(string(text)))
	decoder.UseNumber()
	if err := decoder.Decode(into); err != nil {
		t.Fatal(err)
	}
}

// archive are the files in one, by path.
func archive(t testing.TB, name string) map[string][]byte {
	t.Helper()
	reader, err := zip.OpenReader(filepath.Join(vectors, name))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	files := map[string][]byte{}
	for _, file := range reader.File {
		content, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[file.Name], err = io.ReadAll(content); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

type poolVector struct {
	Name, PoolID string
	SizeBytes    int64
	Datasets     []struct {
		Name    string
		Content struct {
			Persistent bool
			Attributes map[string]any
			Groups     map[string]map[string]any
			Segments   []segmentVector
		}
	}
	Arrays map[string]struct{ Values []int64 }
}

type segmentVector struct {
	Path, Description        string
	Slot, Generation, Length int64
	Attributes               map[string]any
}

var poolVectors = sync.OnceValues(func() (map[string]poolVector, map[string]map[string][]byte) {
	var t testing.T
	var list []poolVector
	readVectors(&t, "pools.json", &list)
	pools, files := map[string]poolVector{}, map[string]map[string][]byte{}
	for _, pool := range list {
		pools[pool.Name], files[pool.Name] = pool, map[string][]byte{}
	}
	for path, bytes := range archive(&t, "pools.zip") {
		name, file, _ := strings.Cut(path, "/")
		files[name][file] = bytes
	}
	return pools, files
})

const unpackedName = "vectors"

// unpack makes one of the pools in a directory of its own.
func unpack(t testing.TB, name string) Dir {
	t.Helper()
	pools, files := poolVectors()
	parent := t.TempDir()
	root := filepath.Join(parent, "."+unpackedName+"-"+pools[name].PoolID)
	for _, directory := range []string{"", "slabs", "names", "incoming"} {
		must(t, os.Mkdir(filepath.Join(root, directory), 0o700))
	}
	for file, bytes := range files[name] {
		if file == "pool.json" {
			bytes = []byte(filledIn(string(bytes), pools[name].PoolID))
		}
		must(t, os.WriteFile(filepath.Join(root, file), bytes, 0o600))
	}
	must(t, os.Symlink(filepath.Base(root), filepath.Join(parent, unpackedName)))
	return Dir(parent)
}

func filledIn(text, id string) string {
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.NewReplacer("{bootId}", strings.TrimSpace(string(boot)), "{name}", unpackedName, "{id}", id).Replace(text)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func openVector(t testing.TB, name string) (*Pool, string) {
	t.Helper()
	directory := unpack(t, name)
	pool, err := directory.Open(unpackedName)
	must(t, err)
	t.Cleanup(func() { must(t, pool.Close()) })
	pools, _ := poolVectors()
	return pool, filepath.Join(string(directory), "."+unpackedName+"-"+pools[name].PoolID)
}

func TestEveryPoolShowsItsDatasets(t *testing.T) {
	pools, _ := poolVectors()
	for name, expected := range pools {
		t.Run(name, func(t *testing.T) {
			pool, _ := openVector(t, name)
			if pool.SizeBytes() != expected.SizeBytes {
				t.Errorf("it has %d bytes", pool.SizeBytes())
			}
			read := 0
			names, err := pool.Datasets()
			must(t, err)
			for _, dataset := range names {
				if _, err := pool.Info(dataset); err == nil {
					read++
				} else if !errors.Is(err, ErrCorrupt) {
					t.Error(err)
				}
			}
			if read != len(expected.Datasets) {
				t.Errorf("%d datasets can be read", read)
			}
			for _, dataset := range expected.Datasets {
				info, err := pool.Info(dataset.Name)
				must(t, err)
				assertEqual(t, info.Persistent, dataset.Content.Persistent)
				assertEqual(t, plain(info.Attributes), plain(dataset.Content.Attributes))
				for i, segment := range dataset.Content.Segments {
					assertEqual(t, plain(vectorOf(info.Segments[i])), plain(segment))
				}
			}
		})
	}
}

func vectorOf(segment SegmentInfo) segmentVector {
	return segmentVector{segment.Path, segment.Description, segment.slot, segment.generation, segment.Length, segment.Attributes}
}

// plain has numbers as texts, in whatever type they are.
func plain(value any) any {
	text, _ := json.Marshal(value)
	return string(text)
}

func assertEqual[T any](t *testing.T, got, expected T) {
	t.Helper()
	if !reflect.DeepEqual(got, expected) {
		t.Errorf("got %v, expected %v", got, expected)
	}
}

func TestArraysAreReadInPlaceAndCopied(t *testing.T) {
	pools, _ := poolVectors()
	expected := pools["published"]
	pool, _ := openVector(t, "published")
	for _, dataset := range expected.Datasets {
		for how, read := range map[string]func(string) (*Dataset, error){"in place": pool.Open, "copied": pool.Copy} {
			opened, err := read(dataset.Name)
			must(t, err)
			for _, segment := range dataset.Content.Segments {
				array, err := opened.Array(segment.Path)
				must(t, err)
				var values []int64
				for value := range array.All() {
					values = append(values, value.(int64))
				}
				if !slices.Equal(values, expected.Arrays[strconv.FormatInt(segment.Slot, 10)].Values) {
					t.Errorf("%s of %s, %s, has %v", segment.Path, dataset.Name, how, values)
				}
			}
			must(t, opened.Close())
		}
	}
}

func TestWhatIsNoPoolIsRefusedWithOneKindOfError(t *testing.T) {
	var changes []poolChange
	readVectors(t, "refused-pools.json", &changes)
	for _, change := range changes {
		t.Run(change.Name, func(t *testing.T) {
			directory := unpack(t, "fresh")
			change.make(t, string(directory))
			_, err := directory.Open(unpackedName)
			assertRefused(t, err, change.Errors)
			if _, err := directory.Pools(); err != nil {
				t.Errorf("it hides all others: %v", err)
			}
		})
	}
}

type poolChange struct {
	Name, What, File, Mode, Text, Hex, Target string
	Errors                                    []string
	Absent, Fifo, Link, Renamed               bool
	Spaces, Offset, Cut                       int
}

func (c poolChange) make(t *testing.T, parent string) {
	pools, _ := poolVectors()
	id := pools["fresh"].PoolID
	link := filepath.Join(parent, unpackedName)
	root := filepath.Join(parent, "."+unpackedName+"-"+id)
	file := filepath.Join(root, c.File)
	switch {
	case c.Target != "":
		target := filledIn(c.Target, id)
		must(t, os.Remove(link))
		must(t, os.Symlink(target, link))
		if c.Renamed {
			must(t, os.Rename(root, filepath.Join(parent, target)))
		}
	case c.Mode != "":
		mode, err := strconv.ParseUint(c.Mode, 8, 32)
		must(t, err)
		must(t, os.Chmod(file, fs.FileMode(mode)))
	case c.Absent:
		must(t, os.Remove(file))
	case c.Fifo:
		must(t, os.Remove(file))
		must(t, syscall.Mkfifo(file, 0o600))
	case c.Link:
		aside := filepath.Join(parent, ".aside")
		must(t, os.Rename(file, aside))
		must(t, os.Symlink(aside, file))
	default:
		bytes, err := os.ReadFile(file)
		must(t, err)
		switch {
		case c.Cut > 0:
			bytes = bytes[:len(bytes)-c.Cut]
		case c.Hex != "":
			changed, err := hex.DecodeString(c.Hex)
			must(t, err)
			copy(bytes[c.Offset:], changed)
		default:
			bytes = []byte(filledIn(c.Text, id) + strings.Repeat(" ", c.Spaces))
		}
		must(t, os.WriteFile(file, bytes, 0o600))
	}
}

type arrayVector struct {
	File, DType, What string
	Shape, Strides    []int64
	Dimensions        []string
	Attributes        map[string]string
	Errors            []string
	contentVector
}

type contentVector struct {
	Values []any
	Fields map[string]struct {
		Shape []int64
		contentVector
	}
}

func TestEveryArrayHasItsTypeItsShapeAndItsValues(t *testing.T) {
	var list []arrayVector
	readVectors(t, "arrays.json", &list)
	files := archive(t, "arrays.zip")
	for _, expected := range list {
		t.Run(expected.File, func(t *testing.T) {
			segment := &Segment{SegmentInfo{Path: expected.File}, files[expected.File]}
			array, err := segment.Array()
			if expected.Errors != nil {
				assertRefused(t, err, expected.Errors)
				return
			}
			must(t, err)
			dtype, err := ParseDType(expected.DType)
			must(t, err)
			assertEqual(t, array.DType, dtype)
			assertEqual(t, dtype.String(), expected.DType)
			if !slices.Equal(array.Shape, expected.Shape) || !slices.Equal(array.Strides, expected.Strides) || !slices.Equal(array.Dimensions, expected.Dimensions) {
				t.Errorf("got %v %v %q", array.Shape, array.Strides, array.Dimensions)
			}
			if !maps.Equal(array.Attributes, expected.Attributes) {
				t.Errorf("got %q", array.Attributes)
			}
			assertValues(t, array, expected.contentVector)
		})
	}
}

func assertValues(t *testing.T, array *Array, expected contentVector) {
	for name, content := range expected.Fields {
		field, err := array.Field(name)
		must(t, err)
		if !slices.Equal(field.Shape, content.Shape) {
			t.Errorf("%s has the shape %v", name, field.Shape)
		}
		assertValues(t, field, content.contentVector)
	}
	if expected.Fields != nil {
		return
	}
	i := 0
	for value := range array.All() {
		if got := canonical(array.DType, value); got != canonicalVector(array.DType, expected.Values[i]) {
			t.Errorf("element %d is %v, not %v", i, got, expected.Values[i])
		}
		i++
	}
	if i != len(expected.Values) {
		t.Errorf("there are %d elements, not %d", i, len(expected.Values))
	}
}

// canonical is an element as a text, the same for all types of it.
func canonical(dtype DType, value any) string {
	switch value := value.(type) {
	case float64:
		return canonicalReal(dtype.Size, value)
	case complex128:
		return canonicalReal(dtype.Size/2, real(value)) + " " + canonicalReal(dtype.Size/2, imag(value))
	case []byte:
		return hex.EncodeToString(value)
	case int64:
		if value == math.MinInt64 && (dtype.Kind == 'M' || dtype.Kind == 'm') {
			return "NaT"
		}
	}
	return fmt.Sprint(value)
}

func canonicalReal(size int, value float64) string {
	if !math.IsNaN(value) {
		return strconv.FormatFloat(value, 'g', -1, 64)
	}
	bits := math.Float64bits(value)
	sign, fraction := bits>>63, bits&(1<<52-1)
	switch size {
	case 2:
		return fmt.Sprintf("nan %04x", sign<<15|0x7c00|fraction>>42)
	case 4:
		return fmt.Sprintf("nan %08x", sign<<31|0x7f800000|fraction>>29)
	}
	return fmt.Sprintf("nan %016x", bits)
}

func canonicalVector(dtype DType, value any) string {
	if list, is := value.([]any); is {
		half := DType{Kind: 'f', Size: dtype.Size / 2}
		return canonicalVector(half, list[0]) + " " + canonicalVector(half, list[1])
	}
	text := fmt.Sprint(value)
	if dtype.Kind == 'f' && !strings.HasPrefix(text, "nan") {
		double, _ := strconv.ParseFloat(text, 64)
		return canonicalReal(dtype.Size, double)
	}
	return text
}

func TestNamesOfDatasetsAndTheirFiles(t *testing.T) {
	var names struct {
		Datasets         []struct{ Name, File string }
		Refused          []struct{ Name, What string }
		Strangers, Aside []string
		Paths            struct{ Right, Refused []string }
	}
	readVectors(t, "names.json", &names)
	for _, dataset := range names.Datasets {
		file, err := fileName(dataset.Name)
		must(t, err)
		assertEqual(t, file, dataset.File)
		name, is := datasetOf(dataset.File)
		assertEqual(t, is, true)
		assertEqual(t, name, dataset.Name)
	}
	for _, refused := range names.Refused {
		_, err := fileName(refused.Name)
		assertRefused(t, err, []string{"argument"})
	}
	for _, file := range append(names.Strangers, names.Aside...) {
		if name, is := datasetOf(file); is {
			t.Errorf("%q is said to be that of %q", file, name)
		}
	}
	for _, path := range names.Paths.Right {
		must(t, checkPath(path))
	}
	for _, path := range names.Paths.Refused {
		if checkPath(path) == nil {
			t.Errorf("%q is allowed", path)
		}
	}
}

func TestAManifestIsReadOrRefused(t *testing.T) {
	var manifests []struct {
		What, Text, Hex string
		Errors          []string
		Reading         struct {
			ID, Revision, PublishedAtMs int64
			Creator                     struct{ ProcessID int64 }
			Content                     struct {
				Persistent bool
				Attributes map[string]any
				Groups     map[string]map[string]any
				Segments   []segmentVector
			}
		}
	}
	readVectors(t, "manifests.json", &manifests)
	for _, expected := range manifests {
		t.Run(expected.What, func(t *testing.T) {
			text := []byte(expected.Text)
			if expected.Hex != "" {
				var err error
				text, err = hex.DecodeString(expected.Hex)
				must(t, err)
			}
			info, err := parseManifest("test", "test.json", text, 8)
			if expected.Errors != nil {
				assertRefused(t, err, expected.Errors)
				return
			}
			must(t, err)
			content := expected.Reading.Content
			assertEqual(t, info.Publication, Publication{expected.Reading.ID, expected.Reading.Revision})
			assertEqual(t, info.PublishedAt.UnixMilli(), expected.Reading.PublishedAtMs)
			assertEqual(t, info.Creator, expected.Reading.Creator.ProcessID)
			assertEqual(t, info.Persistent, content.Persistent)
			assertEqual(t, tagged(info.Attributes), any(content.Attributes))
			assertEqual(t, len(info.Groups), len(content.Groups))
			for path, attributes := range info.Groups {
				assertEqual(t, tagged(attributes), any(content.Groups[path]))
			}
			assertEqual(t, len(info.Segments), len(content.Segments))
			for i, segment := range info.Segments {
				got := vectorOf(segment)
				got.Attributes = tagged(got.Attributes).(map[string]any)
				assertEqual(t, got, content.Segments[i])
			}
		})
	}
}

// tagged tells whole numbers and doubles apart, as the vectors do.
func tagged(value any) any {
	switch value := value.(type) {
	case int64:
		return map[string]any{"whole": strconv.FormatInt(value, 10)}
	case float64:
		spelled := strconv.FormatFloat(value, 'g', -1, 64)
		if !strings.ContainsAny(spelled, ".e") {
			spelled += ".0"
		}
		return map[string]any{"double": spelled}
	case []any:
		list := []any{}
		for _, element := range value {
			list = append(list, taggedElement(element))
		}
		return list
	case map[string]any:
		object := map[string]any{}
		for name, element := range value {
			object[name] = taggedElement(element)
		}
		return object
	}
	return value
}

func taggedElement(value any) any {
	if object, is := value.(map[string]any); is {
		return map[string]any{"object": tagged(object)}
	}
	return tagged(value)
}

func TestSizeClassesHaveTheirBlocks(t *testing.T) {
	var tables struct{ SizeClasses []any }
	readVectors(t, "tables.json", &tables)
	assertEqual(t, len(tables.SizeClasses), sizeClasses)
	for sizeClass, bytes := range tables.SizeClasses {
		assertEqual(t, fmt.Sprint(blockBytes(int64(sizeClass))), fmt.Sprint(bytes))
	}
}
