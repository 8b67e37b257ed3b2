package arrowshm

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf16"
)

const (
	formatVersion     = 2
	mostManifestBytes = 16 << 20
	mostDescription   = 1000
	// mostEntries is how many segments and groups there are in a dataset, together.
	mostEntries = 1 << 17
	// mostValues is how many values there are in all attributes of a dataset, its groups and its segments.
	mostValues       = 1 << 18
	mostParticipants = 128
)

// Publication tells apart what was published under a name: the id stays when a dataset is renamed or overwritten, the revision
// counts how often it was overwritten.
type Publication struct {
	ID       int64
	Revision int64
}

// Info is what stands about a dataset in its pool.
type Info struct {
	Name string
	Publication
	PublishedAt time.Time
	// Persistent is whether it stays until it is deleted; otherwise it ends with the process that has published it.
	Persistent bool
	// Creator is the process that has published it.
	Creator int64
	// Attributes have values of the types string, bool, int64, float64, []any and map[string]any, as all attributes.
	Attributes map[string]any
	// Groups are attributes of groups of segments, by their paths. Groups without attributes need not be here.
	Groups   map[string]map[string]any
	Segments []SegmentInfo
}

// SegmentInfo is what stands about a segment.
type SegmentInfo struct {
	Path string
	// Length is in bytes.
	Length int64
	// Description says for people what is in it: type and shape of an array, or columns and rows of a table.
	Description string
	Attributes  map[string]any

	slot       int64
	generation int64
}

// parseManifest reads a manifest (10.3) of a pool with so many slots.
func parseManifest(name, what string, text []byte, slots int64) (*Info, error) {
	value, err := parseJSON(text)
	if err != nil {
		return nil, corrupt(what, "%v", err)
	}
	f := fieldsOf("the manifest", value)
	if err := checkVersion(f, what); err != nil {
		return nil, err
	}
	info := &Info{Name: name}
	info.ID = f.whole("id", 1, mostWhole)
	info.Revision = f.whole("revision", 1, mostWhole)
	info.PublishedAt = time.UnixMilli(f.whole("publishedAtMs", 0, mostWhole))
	creator := fieldsOf(`"creator"`, f.object["creator"])
	delete(f.object, "creator")
	creator.whole("participant", 0, mostParticipants-1)
	info.Creator = creator.whole("processId", 0, mostWhole)
	creator.bits("incarnation")
	content := fieldsOf(`"content"`, f.object["content"])
	delete(f.object, "content")
	info.Persistent = content.truth("persistent")
	info.Attributes = content.attributes("attributes")
	info.Groups = map[string]map[string]any{}
	groups := fieldsOf(`"groups"`, content.object["groups"])
	delete(content.object, "groups")
	for path := range groups.object {
		info.Groups[path] = groups.attributes(path)
	}
	for _, segment := range content.list("segments") {
		read, err := parseSegment(segment, slots)
		if err != nil {
			return nil, corrupt(what, "%v", err)
		}
		info.Segments = append(info.Segments, read)
	}
	if err := errors.Join(f.end(), creator.end(), content.end(), groups.end()); err != nil {
		return nil, corrupt(what, "%s", strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	err = checkCounts(info.Attributes, info.Groups, info.Segments, func(s SegmentInfo) map[string]any { return s.Attributes })
	if err == nil {
		err = info.checkPaths()
	}
	if err != nil {
		return nil, corrupt(what, "%v", err)
	}
	return info, nil
}

// checkVersion takes the version, on which all else depends.
func checkVersion(f *fields, what string) error {
	version := f.whole("formatVersion", 0, mostWhole)
	if f.err != nil {
		return corrupt(what, "%v", f.err)
	}
	if version != formatVersion {
		return fail(ErrVersion, "%s has format version %d, this library reads %d: use a library of that version", what, version, formatVersion)
	}
	return nil
}

func parseSegment(value any, slots int64) (SegmentInfo, error) {
	f := fieldsOf("a segment", value)
	segment := SegmentInfo{
		Path:        f.text("path"),
		Length:      f.whole("length", 0, mostWhole),
		Description: f.text("description"),
		Attributes:  f.attributes("attributes"),
		slot:        f.whole("slot", 0, slots-1),
		generation:  f.whole("generation", 1, mostWhole),
	}
	if units := len(utf16.Encode([]rune(segment.Description))); units > mostDescription {
		f.wrong("a description has %d characters, at most %d are allowed", units, mostDescription)
	}
	return segment, f.end()
}

// checkCounts says whether there is no more in a dataset than any reader takes (10.3).
func checkCounts[S any](attributes map[string]any, groups map[string]map[string]any, segments []S, of func(S) map[string]any) error {
	values := countValues(attributes) - 1
	for _, ofGroup := range groups {
		values += countValues(ofGroup) - 1
	}
	for _, segment := range segments {
		values += countValues(of(segment)) - 1
	}
	if entries := len(groups) + len(segments); entries > mostEntries || values > mostValues {
		return fmt.Errorf("there are %d segments and groups and %d values in attributes, at most %d and %d are allowed: use several datasets",
			entries, values, mostEntries, mostValues)
	}
	return nil
}

// checkPaths says whether every path can be where it is, and every slot have the generation that is said.
func (info *Info) checkPaths() error {
	parents := map[string]bool{}
	add := func(path string) error {
		if err := checkPath(path); err != nil {
			return err
		}
		for end, c := range path {
			if c == '/' {
				parents[path[:end]] = true
			}
		}
		return nil
	}
	for path := range info.Groups {
		if err := add(path); err != nil {
			return err
		}
	}
	for _, segment := range info.Segments {
		if err := add(segment.Path); err != nil {
			return err
		}
	}
	seen, generations := map[string]bool{}, map[int64]int64{}
	for _, segment := range info.Segments {
		path := segment.Path
		if _, isGroup := info.Groups[path]; isGroup || parents[path] || seen[path] {
			return fmt.Errorf("the path %q is that of two segments, or of a group, or of what another path lies in", path)
		}
		seen[path] = true
		if other, named := generations[segment.slot]; named && other != segment.generation {
			return fmt.Errorf("slot %d has two generations", segment.slot)
		}
		generations[segment.slot] = segment.generation
	}
	return nil
}
