package gomod

import (
	"slices"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Limits of what is read, see DESIGN §7 in the project's contract: past one of
// them the result has a problem.
const (
	maxFiles  = 1_000_000 // files looked at
	maxDepth  = 256       // folders below each other
	maxSource = 16 << 20  // bytes of a source file that are read for its header
	headSize  = 4 << 10   // bytes read first: the imports of 19 files in 20 end before
	maxKept   = 1 << 20   // bytes of the buffer that is kept from file to file
)

// Reasons to read a package: each has its own set of builds.
const (
	linked = iota
	tested
	tooled
	reasons
)

// pkg is a package while loading.
type pkg struct {
	id       int
	path     string
	mod      *mod // nil while not resolved, and where nobody provides it
	dir      string
	root     bool // matched by a pattern
	resolved bool
	failed   bool // not provided, or its folder could not be read

	live   [reasons]mask // builds in which it counts
	done   [reasons]mask // of live: handed on to its imports
	queued bool

	files []file
	read  mask // builds whose files have been read
	edges []edge
	test  []edge // from its test files

	embeds  bool     // a file has //go:embed lines
	way     []string // of a linked package that embeds: the import paths to it
	noted   answer   // of Config.Note
	std     string   // the first import from the standard library, of packages of main modules
	mark    int      // of the package that was last seen importing it
	markAt  int      // where in its edges
	inRoot  mask     // scratch of one walk
	linkers []string // roots that link it
	onQueue bool
}

// answer is one that is asked for once.
type answer uint8

const (
	notAsked answer = iota
	answeredNo
	answeredYes
)

// file is a file of a package that may count.
type file struct {
	entry fsx.Entry
	in    mask // by its name; by its header once it is read
	kind  kind
	read  bool
	cgo   bool
	noted bool   // imports a package that Config.Note asks for
	name  string // package clause
	more  *more
}

type kind uint8

const (
	goFile kind = iota
	testFile
	otherFile // C, assembly …
	sysoFile
)

// more is what few files have.
type more struct {
	embeds  []string
	ldflags []ldflag
}

type ldflag struct {
	text string
	in   mask
}

type edge struct {
	to *pkg
	in mask
}

// pkg finds or makes the package of an import path.
func (l *loader) pkg(p string) *pkg {
	if q, ok := l.pkgs[p]; ok {
		return q
	}
	q := &pkg{id: len(l.list), path: p, mark: -1}
	l.pkgs[p] = q
	l.list = append(l.list, q)
	return q
}

// notes reports whether Config.Note asks for what imports a package.
func (l *loader) notes(p *pkg) bool {
	if p.noted == notAsked {
		p.noted = answeredNo
		if l.c.Note != nil && l.c.Note(p.path) {
			p.noted = answeredYes
		}
	}
	return p.noted == answeredYes
}

// add makes a package count in some builds.
func (l *loader) add(p *pkg, why int, in mask) {
	if in&^p.live[why] == 0 {
		return
	}
	p.live[why] |= in
	if !p.queued {
		p.queued = true
		l.queue = append(l.queue, p)
	}
}

// drain reads what counts and hands it on to what it imports.
func (l *loader) drain() {
	for n := 0; len(l.queue) > 0; n++ {
		if n%64 == 0 && l.ctx.Err() != nil || l.files > maxFiles {
			l.queue = nil
			return
		}
		p := l.queue[len(l.queue)-1]
		l.queue = l.queue[:len(l.queue)-1]
		p.queued = false
		var in mask
		for why := range reasons {
			in |= p.live[why]
		}
		if !p.resolved {
			l.resolve(p, in)
		}
		if p.mod != nil {
			l.need(p.mod, in)
		}
		if p.failed {
			continue
		}
		l.readFiles(p, in, false)
		for why := range reasons {
			live := p.live[why]
			if live == p.done[why] {
				continue
			}
			p.done[why] = live
			for _, e := range p.edges {
				l.add(e.to, why, e.in&live)
			}
		}
	}
}

func sortedStrings(list []string) []string {
	slices.Sort(list)
	return slices.Compact(list)
}
