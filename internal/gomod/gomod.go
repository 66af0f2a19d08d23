// Package gomod reads the build list and the import graph of Go modules the way
// the go command would, for several platforms in one pass, without starting it.
package gomod

import (
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Platform is an operating system and an architecture, as GOOS and GOARCH name them.
type Platform struct{ OS, Arch string }

// String returns "linux/amd64".
func (p Platform) String() string { return p.OS + "/" + p.Arch }

// Config says what to load and how the programs are built.
type Config struct {
	Tree fsx.Tree // the tree that holds the module or workspace
	Dir  string   // the folder of go.mod or go.work in Tree, "." mostly
	Abs  string   // where Tree's root is on disk, "" if nowhere: for replace => ../x and GOWORK
	// Open opens a folder outside the tree: the module cache, a replacement.
	Open func(abs string) (fsx.Tree, error)
	Env  map[string]string // the go command's variables, as ReadEnv merges them

	Platforms []Platform
	Cgo       string // both, on, off
	Tags      []string
	Release   int      // 1.N; 0 is the newest known
	Patterns  []string // package patterns relative to Dir; none means ./...

	// Wanted says which scopes beside linked are to be read.
	Wanted struct{ Test, Tool, Required bool }
}

// Result is a build list with its import graph.
type Result struct {
	Mains       []*Module // the main modules, several in a workspace
	Modules     []*Module // all others that count in a wanted scope, by path and version; std among them
	Programs    []Program
	Problems    []diag.Problem
	NotExamined []diag.NotExamined
	GoVersion   string // the go line
	Toolchain   string // the toolchain line, "" without one
	Vendored    bool
	Workspace   bool
}

// Program is a main package that the patterns match.
type Program struct {
	Dir        string // relative to Config.Dir, "." for the module's root
	ImportPath string
	Module     string // path of its main module
}

// Replacement is what a replace directive puts in a module's place.
type Replacement struct {
	Path, Version string // a module; Version is "" for a folder
	Dir           string // the folder as written, "" for a module
}

// Module is one module of the build list.
type Module struct {
	Path, Version string
	Main, Std     bool
	Replace       *Replacement
	Scope         string   // main, linked, test, tool, required: the strongest that holds
	Direct        bool     // required without // indirect by a main module
	Require       diag.Loc // the require line
	Tree          fsx.Tree // its files, nil when they are not at hand
	Root          string   // its folder in Tree
	Links         []Link
	Platforms     []Platform
	Packages      []Package
	Why           [][]string // per scope the shortest import path from a main package
	Sum           string     // h1: of go.sum
}

// Link says which program contains a module and where.
type Link struct {
	Root      string // Program.Dir; for a module without programs the folder of the package set, "."
	Platforms []Platform
	CgoOnly   bool
}

// Package is one package of a module that is in the build.
type Package struct {
	Dir     string // relative to the module's root
	Scope   string
	GoFiles []string
	Other   []string // C, assembly and object files that are built in
	Cgo     bool
	Embeds  []string // patterns of go:embed
	Libs    []string // C libraries named by #cgo LDFLAGS and pkg-config
	Syso    []string
}
