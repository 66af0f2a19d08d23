package policy

import (
	"cmp"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/modver"
)

// Clarification states the license of a component whose texts do not say it
// well enough. It is pinned to the text that it was read from and holds no
// longer when that text changes.
type Clarification struct {
	At        Place
	Component string   // module path or purl without version; "" for every component with the text
	Versions  []string // bounds that all hold: v1.2.3, v1.2.*, >=v1.2.3, <v2.0.0; none: any version
	Digest    string   // sha256:… of the text, or NoText
	License   string   // canonical expression
	Reason    string
}

// subject is what the clarification is about, as messages name it.
func (c *Clarification) subject() string { return cmp.Or(c.Component, c.Digest) }

// NoText pins a clarification to the absence of any license text.
const NoText = "none"

// Clarify finds the clarification of a component, given by its name or its
// purl, with the digests of its license texts: the first of the file.
func (p *Policy) Clarify(name, version string, digests []string) (Clarification, bool) {
	for _, c := range p.Clarifications {
		if c.names(name, version) && c.holds(digests) {
			return c, true
		}
	}
	return Clarification{}, false
}

// Outdated lists the clarifications that name a component and no longer hold
// for it, because none of its texts is the one that they were read from.
func (p *Policy) Outdated(name, version string, digests []string) []Clarification {
	var out []Clarification
	for _, c := range p.Clarifications {
		if c.Component != "" && c.names(name, version) && !c.holds(digests) {
			out = append(out, c)
		}
	}
	return out
}

// names reports whether a clarification is about a component.
func (c *Clarification) names(name, version string) bool {
	name, inName := cutPurl(name)
	if version == "" {
		version = inName
	}
	if c.Component != "" && c.Component != name {
		return false
	}
	return !slices.ContainsFunc(c.Versions, func(bound string) bool { return !within(version, bound) })
}

func (c *Clarification) holds(digests []string) bool {
	if c.Digest == NoText {
		return len(digests) == 0
	}
	return slices.Contains(digests, c.Digest)
}

const golangPurl = "pkg:golang/"

// ComponentName is the name of a component in a policy: its module path, or its
// package URL without the version.
func ComponentName(id string) string {
	name, _ := cutPurl(id)
	return name
}

// cutPurl returns the module path of a Go purl, and another purl or name as it
// is, without the version in it.
func cutPurl(name string) (bare, version string) {
	if !strings.HasPrefix(name, "pkg:") {
		return name, ""
	}
	rest := ""
	if i := strings.IndexAny(name, "?#"); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	// A purl's name may hold no @ but the one before its version.
	if i := strings.LastIndexByte(name, '@'); i >= 0 {
		name, version = name[:i], name[i+1:]
	}
	return strings.TrimPrefix(name, golangPurl) + rest, version
}

// comparisons are the operators of a bound, longer ones first.
var comparisons = []string{">=", "<=", ">", "<"}

// within reports whether a version is inside a bound.
func within(version, bound string) bool {
	if prefix, ok := strings.CutSuffix(bound, "*"); ok {
		return strings.HasPrefix(version, prefix)
	}
	for _, op := range comparisons {
		v, ok := strings.CutPrefix(bound, op)
		if !ok {
			continue
		}
		switch {
		case version == "":
			return false
		case op == ">=":
			return !modver.Higher(v, version)
		case op == "<=":
			return !modver.Higher(version, v)
		case op == ">":
			return modver.Higher(version, v)
		default:
			return modver.Higher(v, version)
		}
	}
	return version == bound
}

// bounds splits and checks the text of versions; wrong is the first bound that
// is none.
func bounds(text string) (list []string, wrong string) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		v := word
		for _, op := range comparisons {
			if cut, ok := strings.CutPrefix(word, op); ok {
				v = cut
				break
			}
		}
		if v == word {
			v = strings.TrimSuffix(v, "*")
		}
		if !versionLike(v) {
			return nil, word
		}
		list = append(list, word)
	}
	return list, ""
}

// versions starts as a version does, a digit after a v or alone; revisions are
// hexadecimal, as Git names them.
var (
	versions  = lazyre.New(`^v?[0-9][0-9A-Za-z.+-]*$`)
	revisions = lazyre.New(`^[0-9a-f]{7,64}$`)
)

func versionLike(v string) bool { return versions.MatchString(v) || revisions.MatchString(v) }
