package golist

import (
	"path/filepath"
	"slices"
	"strings"
)

// The parts of `go list -json` that are asked for; see `go help list`.

type goModule struct {
	Path, Version, Dir, GoMod, GoVersion, Sum string
	Main, Indirect                            bool
	Replace                                   *goModule
	Error                                     *struct{ Err string }
}

type goError struct {
	ImportStack []string
	Pos, Err    string
}

type goPackage struct {
	ImportPath, Dir, Name, ForTest                       string
	Standard, DepOnly                                    bool
	Module                                               *goModule
	GoFiles, CgoFiles, TestGoFiles, XTestGoFiles         []string
	CFiles, CXXFiles, MFiles, HFiles, FFiles, SFiles     []string
	SwigFiles, SwigCXXFiles, SysoFiles                   []string
	EmbedPatterns, TestEmbedPatterns, XTestEmbedPatterns []string
	CgoLDFLAGS, CgoPkgConfig, Imports                    []string
	ImportMap                                            map[string]string
	Error                                                *goError
}

const packageFields = "-json=ImportPath,Dir,Name,ForTest,Standard,DepOnly,Module,GoFiles,CgoFiles,TestGoFiles,XTestGoFiles," +
	"CFiles,CXXFiles,MFiles,HFiles,FFiles,SFiles,SwigFiles,SwigCXXFiles,SysoFiles,EmbedPatterns,TestEmbedPatterns," +
	"XTestEmbedPatterns,CgoLDFLAGS,CgoPkgConfig,Imports,Error"

const moduleFields = "-json=Path,Version,Main,Indirect,Replace,Dir,GoMod,GoVersion,Sum,Error"

// id names a package without the test it is built for: "a" for "a",
// "a [b.test]" and the outside test package "a_test [a.test]"; "" for the
// generated main package of a test.
func (p *goPackage) id() string {
	path, _, variant := strings.Cut(p.ImportPath, " [")
	if p.ForTest == "" {
		if p.Name == "main" && len(p.GoFiles) > 0 && filepath.IsAbs(p.GoFiles[0]) {
			return "" // a.test, its one file is in the build cache
		}
		return path
	}
	if !variant {
		return "" // a.test, of a go command that says so
	}
	if path == p.ForTest+"_test" {
		return p.ForTest
	}
	return path
}

// imports are the ids of what p imports; cgo's and unsafe's names are not
// packages of modules and stay as they are.
func (p *goPackage) imports() []string {
	out := make([]string, 0, len(p.Imports))
	for _, i := range p.Imports {
		path, variant, ok := strings.Cut(i, " [")
		if ok {
			if tested, ok := strings.CutSuffix(variant, ".test]"); ok && path == tested+"_test" {
				path = tested
			}
		}
		out = append(out, path)
	}
	return out
}

// otherFiles are the sources of other languages that go into the package: those
// of C and the like only with cgo or SWIG, headers with assembly too.
func (p *goPackage) otherFiles() []string {
	if len(p.CgoFiles)+len(p.SwigFiles)+len(p.SwigCXXFiles) == 0 {
		if len(p.SFiles) == 0 {
			return nil
		}
		return slices.Concat(p.HFiles, p.SFiles)
	}
	var out []string
	for _, l := range [][]string{p.CFiles, p.CXXFiles, p.MFiles, p.HFiles, p.FFiles, p.SFiles, p.SwigFiles, p.SwigCXXFiles} {
		out = append(out, l...)
	}
	return out
}

// libraries are the C libraries that the package names.
func (p *goPackage) libraries() []string {
	var out []string
	for i, f := range p.CgoLDFLAGS {
		switch {
		case strings.HasPrefix(f, "-l") && len(f) > 2:
			out = append(out, f)
		case f == "-framework" && i+1 < len(p.CgoLDFLAGS):
			out = append(out, f+" "+p.CgoLDFLAGS[i+1])
		}
	}
	for _, f := range p.CgoPkgConfig {
		out = append(out, "pkg-config: "+f)
	}
	return out
}
