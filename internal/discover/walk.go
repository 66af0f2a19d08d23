package discover

import (
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

type found struct {
	dir  string
	work bool
}

// walker looks for go.mod and go.work files. Folders that hold somebody else's
// or no real code are not targets: testdata, vendor, node_modules and hidden
// ones.
type walker struct {
	tree    fsx.Tree
	target  string
	noWork  bool // go.work files count for nothing
	res     *Result
	found   []found
	files   int
	goFiles bool // a .go file stands somewhere outside of the modules found
	rootGo  bool // a .go file stands in the folder itself
	full    bool
	offer   *offer
	names   func(base string) bool // of configuration that may name models
}

func skipped(name string) bool {
	return strings.HasPrefix(name, ".") || name == "testdata" || name == "vendor" || name == "node_modules"
}

// walk looks through a folder; inside says that a module holds it.
func (w *walker) walk(dir string, depth int, inside bool) {
	if w.full {
		return
	}
	if depth > MaxDepth {
		w.problem(dir, diag.Limit, "folders nested too deep", MaxDepth, int64(depth))
		return
	}
	entries, err := w.tree.ReadDir(dir)
	if err != nil {
		w.problem(dir, diag.Unreadable, cause(err).Error(), 0, 0)
		return
	}
	w.files += len(entries)
	if w.files > MaxFiles {
		w.full = true
		w.problem(dir, diag.Limit, "more files than a scan looks at", MaxFiles, int64(w.files))
		return
	}
	if w.offer.folder(dir, entries) {
		return
	}
	m := found{dir: dir}
	isModule, goFiles := false, false
	for _, e := range entries {
		switch {
		case e.Type.IsDir():
		case e.Name == "go.mod":
			isModule = true
		case e.Name == "go.work":
			m.work = !w.noWork
		case strings.HasSuffix(e.Name, ".go"):
			goFiles = true
		default:
			w.offer.file(path.Join(dir, e.Name))
		}
	}
	if isModule || m.work {
		w.found = append(w.found, m)
	}
	inside = inside || isModule
	if inside && w.names != nil && !about(dir) {
		w.configs(dir, entries)
	}
	w.goFiles = w.goFiles || goFiles && !inside
	w.rootGo = w.rootGo || goFiles && dir == "."
	for _, e := range entries {
		switch {
		case !e.Type.IsDir():
		case e.Name == path.Dir(path.Dir(downloads)):
			w.downloaded(dir)
		case !skipped(e.Name):
			w.walk(path.Join(dir, e.Name), depth+1, inside)
		}
	}
}

// configs notes the files of a folder that may name models.
func (w *walker) configs(dir string, entries []fsx.Entry) {
	for _, e := range entries {
		if e.Type == 0 && w.names(e.Name) {
			w.res.Configs = append(w.res.Configs, Config{w.target, w.tree, path.Join(dir, e.Name)})
		}
	}
}

// about reports whether a folder is about a program and no part of it: its
// documentation, its tests.
func about(dir string) bool {
	for step := range strings.SplitSeq(dir, "/") {
		switch step {
		case "docs", "doc", "documentation", "test", "tests", "e2e":
			return true
		}
	}
	return false
}

// downloads is where huggingface_hub keeps, in a folder that it downloads into,
// the lists of all files of a commit.
const downloads = ".cache/huggingface/trees"

// downloaded offers these lists: they are about the folder.
func (w *walker) downloaded(dir string) {
	entries, err := w.tree.ReadDir(path.Join(dir, downloads))
	if err != nil {
		return // a cache of something else
	}
	if w.files += len(entries); w.files > MaxFiles {
		return // said in the next folder
	}
	for _, e := range entries {
		if !e.Type.IsDir() {
			w.offer.file(path.Join(dir, downloads, e.Name))
		}
	}
}

func (w *walker) problem(dir string, kind diag.Kind, message string, limit, actual int64) {
	w.res.Problems = append(w.res.Problems, diag.Problem{
		Path: path.Join(w.target, dir), Kind: kind, Message: message, Limit: limit, Actual: actual,
	})
}
