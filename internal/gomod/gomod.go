// Package gomod reads the Go build list and the import graph natively: which
// modules are built into which program, on which platforms, and why. It starts
// no process and opens no socket, and its answer is that of `go list` for every
// platform asked, found in one pass over the sources.
//
// "Linked" is what `go list -e -deps PATTERNS` lists, "test" what
// `-deps -test` adds, "tool" what `-deps tool` adds, "required" what
// `go list -m all` adds.
package gomod

import (
	"cmp"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Platform is one GOOS and GOARCH.
type Platform struct{ OS, Arch string }

// String is "linux/amd64".
func (p Platform) String() string { return p.OS + "/" + p.Arch }

// Compare orders platforms by OS, then architecture.
func (p Platform) Compare(q Platform) int {
	return cmp.Or(cmp.Compare(p.OS, q.OS), cmp.Compare(p.Arch, q.Arch))
}

// The values of Config.Cgo: what CGO_ENABLED may be when the programs are built.
const (
	CgoBoth = "both"
	CgoOn   = "on"
	CgoOff  = "off"
)

// MaxBuilds is the most platforms, each counted once per cgo setting, that one
// Load answers for.
const MaxBuilds = 64

// Config says what to read and how the programs are built.
type Config struct {
	Tree fsx.Tree // the target's tree
	Dir  string   // folder of go.mod or go.work in Tree; "" is "."
	Abs  string   // where Tree's root is on disk, "" for a tree that is nowhere: then what lies outside it is missing
	// Open opens a folder outside Tree: the module cache, a replacement, a
	// module of the workspace. It is called with clean absolute paths.
	Open func(abs string) (fsx.Tree, error)
	// Env holds the go command's variables that count, as ReadEnv returns them.
	Env map[string]string

	Platforms []Platform // none means DefaultPlatforms
	Cgo       string     // CgoBoth (also ""), CgoOn, CgoOff
	Tags      []string   // -tags; none means those of GOFLAGS
	Release   int        // the N of Go 1.N that builds; 0 is the newest known
	Patterns  []string   // package patterns relative to Dir ("./cmd/server", "cmd/..."); none means ./...

	// What counts beside linked. What is not asked for is not read, and its
	// gaps are no problems.
	Test, Tool, Required bool

	// Note reports whether the files of main modules that import the package of
	// that path are to be listed in Package.Noted; nil notes none.
	Note func(importPath string) bool
}

// Scope says why a module or a package counts, the strongest reason only.
type Scope string

// The scopes, strongest first.
const (
	ScopeMain     Scope = "main"
	ScopeLinked   Scope = "linked"
	ScopeTest     Scope = "test"
	ScopeTool     Scope = "tool"
	ScopeRequired Scope = "required"
)

// Result is the build list with the import graph folded into it. Paths of files
// in problems and places are relative to Config.Dir; of a file of the module
// cache "MODULE@VERSION/FILE"; a package that nobody provides goes by its import
// path. Lists of platforms are shared between modules and not to be written to.
type Result struct {
	Mains   []*Module // main modules, several in a workspace, sorted by path
	Modules []*Module // all others that count in an asked scope, sorted by path, then version; "std" among them
	// Programs are the main packages that the patterns match, sorted by folder.
	Programs    []Program
	Problems    []diag.Problem     // sorted; the answer may lack what they name
	NotExamined []diag.NotExamined // sorted
	GoVersion   string             // the go line that counts: "1.24.1"; "" where there is none
	Toolchain   string             // the toolchain line: "go1.24.6", or ""
	Vendored    bool               // packages come from vendor/
	Workspace   bool               // there is a go.work in force
}

// Program is a main package.
type Program struct {
	Dir        string // relative to Config.Dir: "cmd/server", "."
	ImportPath string
	Module     *Module // the main module that holds it
}

// Replacement is what a replace line puts in place of a module.
type Replacement struct {
	Path    string // as written: a module path or a folder
	Version string // "" for a folder
	Dir     string // for a folder: relative to Config.Dir where it lies in the tree or beside it, else absolute
}

// Module is a module that counts.
type Module struct {
	Path    string
	Version string // "" for a main module; for "std" the release that the toolchain or go line names: "1.24.6"
	Main    bool
	Std     bool // the standard library
	Replace *Replacement
	Scope   Scope
	// Direct says that the require line has no "// indirect"; of std it is true,
	// of a main module that another requires false.
	Direct bool
	// Require is where a main module requires it, in the selected version if
	// one does; zero where none does. Of std it is the line that names the
	// release.
	Require diag.Loc
	// GoVersion is the go line of its go.mod where that was read.
	GoVersion string
	// Dir is the folder of a main module relative to Config.Dir.
	Dir string

	// Tree and Root say where its files are; Tree is nil where they are not to
	// be had (not in the module cache; std always). A vendored module's Root is
	// its folder below vendor/, which holds only the packages that are needed.
	Tree fsx.Tree
	Root string

	Links     []Link     // sorted by Root; only linked modules have them, main modules too
	Platforms []Platform // all on which it counts in its scope; none for required and tool
	Packages  []Package  // those that count in an asked scope, sorted by Dir
	Why       []Why      // the way that makes it count in its scope
	Sum       string     // its h1: line of go.sum, "" where there is none
}

// Link says that a root links a module. A root is a program, named by its
// Program.Dir, or the rest of a main module: "DIR/..." ("./..." mostly) stands
// for the matched packages of the main module in DIR that no program links. A
// module without main packages thus has the one root "DIR/...".
type Link struct {
	Root      string
	Platforms []Platform // sorted
	CgoOnly   bool       // only where cgo is on
}

// Why is a shortest way from a root to a module: import paths from a main
// package (of a library: one of its packages; for tests: the package tested;
// for tools: the tool) to the first package of the module, the first in byte
// order among the shortest. For ScopeRequired it holds module paths.
type Why struct {
	Scope Scope
	Path  []string
}

// Package is a package of a module in the build.
type Package struct {
	Dir        string // relative to the module's root, "."
	ImportPath string
	Scope      Scope
	Name       string   // of its package clause; of one that has only tests, what they test
	GoFiles    []string // those built on any asked platform, tests of main modules included when asked; sorted
	OtherFiles []string // C, C++, Objective-C, Fortran, SWIG, assembly sources and headers that go with them
	Syso       []string // .syso objects linked in
	Cgo        bool     // a file imports "C"
	Embeds     []string // patterns of //go:embed, sorted
	LDFlags    []string // libraries that #cgo lines name: "-lfoo", "-framework Foo", "${SRCDIR}/libfoo.a", "pkg-config: foo"
	Platforms  []Platform
	Roots      []string // those that link it, as in Module.Links, sorted
	// Way is a shortest way from a root to a linked package with Embeds, as in
	// Why; nil for all others.
	Way []string
	// Noted are those of GoFiles, without tests, that import a package which
	// Config.Note asks for, or belong to one; of main modules only, sorted.
	Noted []string
}
