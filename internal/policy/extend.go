package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// MaxExtends bounds how many files and profiles lie behind each other.
const MaxExtends = 8

// Files gives what a policy file names, by names as messages show them: that of
// the policy file itself, and others as seen from its folder.
type Files interface {
	// Read reads a file of at most MaxBytes.
	Read(name string) ([]byte, error)
	// Exists reports whether there is a regular file.
	Exists(name string) bool
}

// Load reads a policy file and all that it extends. The error is a
// yamlpos.Faults that holds every fault of all of them, or says why the file
// itself cannot be read.
func Load(name string, base *rulebase.Base, files Files) (*Policy, error) {
	data, err := files.Read(name)
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", name, err)
	}
	return load(name, data, base, files)
}

// Parse reads the text of a policy file that extends no other file; name is its
// path as the user knows it. The error is a yamlpos.Faults.
func Parse(name string, data []byte, base *rulebase.Base) (*Policy, error) {
	return load(name, data, base, nil)
}

func load(name string, data []byte, base *rulebase.Base, files Files) (*Policy, error) {
	l := &loader{base: base, files: files, lists: wordLists(base), folder: path.Dir(filepath.ToSlash(name)), seen: map[string]bool{}}
	l.policy = Default(base)
	l.policy.Default, l.policy.origins = "", map[string]Place{}
	l.file(Repository, name, data, nil)
	if err := l.faults.Err(); err != nil {
		return nil, err
	}
	p := l.policy
	if p.Default == "" {
		p.Default = DefaultProfile
	}
	top := p.Layers[len(p.Layers)-1]
	p.Name, p.Path, p.Digest = top.Name, top.Path, top.Digest
	return p, nil
}

// loader puts layer over layer.
type loader struct {
	base   *rulebase.Base
	files  Files
	lists  yamlpos.Lists
	folder string          // of the policy file itself
	seen   map[string]bool // files and profiles that are in it already
	policy *Policy         // what was read so far
	faults yamlpos.Faults
}

// file reads one file or profile, first what it extends; chain holds what leads
// to it, for cycles.
func (l *loader) file(kind, name string, data []byte, chain []string) {
	f, err := yamlpos.Decode[file](name, data, l.lists)
	r := &reader{name: name, base: l.base, there: l.there}
	if err != nil && !errors.As(err, &r.faults) {
		r.fault(yamlpos.Pos{}, "%v", err)
	}
	chain = append(slices.Clip(chain), name)
	faults := len(r.faults) + len(l.faults)
	for i := range f.Extends {
		l.extend(r, &f.Extends[i], chain)
	}
	known := len(r.faults)+len(l.faults) == faults // all that it extends was read
	r.layer = len(l.policy.Layers)
	own := r.read(&f)
	layer := Layer{Kind: kind, Name: f.Name, Digest: digest(data)}
	if kind != BuiltIn {
		layer.Path = shown(name)
	}
	if layer.Name == "" {
		layer.Name = path.Base(shown(name))
	}
	for _, w := range f.Overlay {
		layer.overlay = append(layer.overlay, w.Value)
	}
	if own.Default == "" && l.policy.Default == "" && len(own.Allow) > 0 {
		own.Default, own.DefaultAt = DefaultDeny, own.Allow[0].At
	}
	if known {
		l.loosened(r, own)
	}
	l.faults = append(l.faults, r.faults...)
	l.policy.Layers = append(l.policy.Layers, layer)
	l.merge(own)
}

func (l *loader) there(name string) bool {
	return l.files == nil || l.files.Exists(path.Join(l.folder, name))
}

// extend reads what one entry of extends names.
func (l *loader) extend(r *reader, part *extendPart, chain []string) {
	none := yamlpos.Pos{}
	switch {
	case part.Pos == none:
		return // said already
	case (part.Profile.Pos == none) == (part.File.Pos == none):
		r.fault(part.Pos, `an entry of extends is the name of a profile, or has the keys "file" and "digest"`)
		return
	case len(chain) > MaxExtends:
		r.fault(part.Pos, "more than %d policies behind each other", MaxExtends)
		return
	case part.File.Pos != none:
		l.extendFile(r, part, chain)
		return
	}
	name := part.Profile.Value
	if part.Digest.Pos != none {
		r.fault(part.Digest.Pos, "a profile has no digest: the program carries it")
	}
	data, err := readProfile(name)
	if err != nil {
		r.fault(part.Profile.Pos, "%s", yamlpos.Unknown("profile", name, Profiles())+`; a file is written as {file: …, digest: "sha256:…"}`)
		return
	}
	switch file := profilePath(name); {
	case slices.Contains(chain, file):
		r.fault(part.Pos, "%s extends itself: %s", name, strings.Join(append(chain, file), " → "))
	case name == defaultName:
		// Its weights are below everything already; to name it first is to take its default.
		if l.policy.Default == "" {
			l.policy.Default = DefaultProfile
		}
	case !l.seen[file]:
		l.seen[file] = true
		l.file(BuiltIn, file, data, chain)
	}
}

func (l *loader) extendFile(r *reader, part *extendPart, chain []string) {
	name := part.File.Value
	switch {
	case name == "":
		r.fault(part.File.Pos, "a file is missing here")
		return
	case strings.Contains(name, "://"):
		r.fault(part.File.Pos, "%s is no file: nothing is fetched, keep a copy beside the policy", yamlpos.Quote(name))
		return
	case l.files == nil:
		r.fault(part.File.Pos, "%s: files cannot be read here", yamlpos.Quote(name))
		return
	}
	if !filepath.IsAbs(name) {
		name = path.Join(path.Dir(filepath.ToSlash(r.name)), filepath.ToSlash(name))
	}
	if slices.Contains(chain, name) {
		r.fault(part.File.Pos, "it extends itself: %s", strings.Join(append(chain, name), " → "))
		return
	}
	data, err := l.files.Read(name)
	if err != nil {
		r.fault(part.File.Pos, "%s: %v", name, cause(err))
		return
	}
	switch sum := digest(data); {
	case part.Digest.Pos == yamlpos.Pos{}:
		r.fault(part.Pos, "missing key \"digest\": %s now has %s", name, sum)
		return
	case part.Digest.Value != sum:
		r.fault(part.Digest.Pos, "%s has another digest, %s: read what changed in it before you write that here", name, sum)
		return
	}
	if !l.seen[name] {
		l.seen[name] = true
		l.file(BaseLayer, name, data, chain)
	}
}

func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// merge puts what one layer says over what the layers below it say.
func (l *loader) merge(own *Policy) {
	p := l.policy
	if own.License != "" {
		p.License = own.License
	}
	if own.Kind != "" {
		p.Kind = own.Kind
	}
	if len(own.Use) > 0 {
		p.Use = own.Use
	}
	if own.Default != "" {
		p.Default, p.DefaultAt = own.Default, own.DefaultAt
	}
	facts := maps.Clone(p.Facts)
	if facts == nil {
		facts = map[string]string{}
	}
	maps.Copy(facts, own.Facts)
	p.Facts = facts
	maps.Copy(p.origins, own.origins)
	p.Allow, p.Review, p.Deny = over(own.Allow, p.Allow), over(own.Review, p.Review), over(own.Deny, p.Deny)
	p.Clarifications, p.Choices = over(own.Clarifications, p.Clarifications), over(own.Choices, p.Choices)
	p.FirstParty, p.Exclusions = over(own.FirstParty, p.FirstParty), over(own.Exclusions, p.Exclusions)
	p.Waivers, p.Fulfilments = over(own.Waivers, p.Waivers), over(own.Fulfilments, p.Fulfilments)
	p.rows = over(own.rows, p.rows)
}

func over[T any](near, far []T) []T { return slices.Concat(near, far) }
