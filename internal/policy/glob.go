package policy

import (
	"slices"
	"strings"
)

// Glob is a pattern of names: * stands for any letters but /, ** for any.
type Glob string

// Match reports whether a name is one of the pattern's.
func (g Glob) Match(name string) bool {
	if !strings.ContainsRune(string(g), '*') {
		return string(g) == name
	}
	// ends[i]: the pattern so far matches name[:i].
	ends := make([]bool, len(name)+1)
	ends[0] = true
	for rest := string(g); rest != ""; {
		next := make([]bool, len(name)+1)
		stars := len(rest) - len(strings.TrimLeft(rest, "*"))
		if stars == 0 {
			for i := range len(name) {
				next[i+1] = ends[i] && name[i] == rest[0]
			}
			ends, rest = next, rest[1:]
			continue
		}
		for i := range ends {
			next[i] = ends[i] || i > 0 && next[i-1] && (stars > 1 || name[i-1] != '/')
		}
		ends, rest = next, rest[stars:]
	}
	return ends[len(name)]
}

// Selector names components.
type Selector struct {
	Component Glob     // of module paths and of package URLs without version
	Versions  []string // bounds that all hold; none: any version
}

// Names reports whether the selector is about a component in some version.
func (s Selector) Names(id, name string) bool {
	bare, _ := cutPurl(id)
	return s.Component.Match(bare) || s.Component.Match(name)
}

// Holds reports whether the selector is about a component in this version.
func (s Selector) Holds(id, name, version string) bool {
	return s.Names(id, name) && s.inside(version)
}

func (s Selector) inside(version string) bool {
	return !slices.ContainsFunc(s.Versions, func(bound string) bool { return !within(version, bound) })
}

// String prints the selector as messages name it.
func (s Selector) String() string {
	return strings.TrimSpace(string(s.Component) + " " + strings.Join(s.Versions, " "))
}
