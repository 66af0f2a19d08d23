package gomod

import (
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/modver"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// vendoring is what vendor/modules.txt says.
type vendoring struct {
	shown    string
	packages map[string]module.Version // import path to module
	versions map[string]string         // modules that provide packages
	meta     map[module.Version]*vendorMeta
	order    []module.Version // of modules, as they stand in the file
	lines    map[module.Version]int
}

type vendorMeta struct {
	explicit  bool
	replace   module.Version
	goVersion string
}

// vendorDir is the folder relative to Config.Dir.
func (l *loader) vendorDir() string {
	if l.res.Workspace {
		return path.Join(l.workDir, "vendor")
	}
	return path.Join(l.mains[0].dir, "vendor")
}

// decideVendor says whether packages come from vendor/, as the go command
// decides: asked for by -mod=vendor, or by default where the folder is there
// and written for a go line of 1.14 and later (workspaces: 1.22).
func (l *loader) decideVendor() {
	switch l.flags.mod {
	case "vendor":
	case "":
		if fi, err := l.stat(l.vendorDir()); err != nil || !fi.IsDir() || modver.GoMinor(l.res.GoVersion) < 14 {
			return
		}
		text, _ := l.readVendorFile()
		first, _, _ := strings.Cut(text, "\n")
		if strings.HasPrefix(first, "## ") && hasAnnotation(first[3:], "workspace") != l.res.Workspace {
			return
		}
		if l.res.Workspace && !strings.HasPrefix(first, "## ") {
			return
		}
	default:
		return
	}
	l.res.Vendored = true
	l.readVendor()
}

func hasAnnotation(list, word string) bool {
	for e := range strings.SplitSeq(list, ";") {
		if strings.TrimSpace(e) == word {
			return true
		}
	}
	return false
}

func (l *loader) readVendorFile() (string, error) {
	t, root, _, err := l.folder(".", l.vendorDir())
	if err != nil {
		return "", err
	}
	data, err := t.ReadFile(path.Join(root, "modules.txt"), maxModFile)
	return string(data), err
}

// readVendor reads vendor/modules.txt: "# path version [=> replacement]" for a
// module, "## explicit; go 1.N" about it, import paths of its packages.
func (l *loader) readVendor() {
	v := &vendoring{
		shown: path.Join(l.vendorDir(), "modules.txt"), packages: map[string]module.Version{}, versions: map[string]string{},
		meta: map[module.Version]*vendorMeta{}, lines: map[module.Version]int{},
	}
	l.vendor = v
	text, err := l.readVendorFile()
	if err != nil {
		p := readProblem(v.shown, err)
		p.Help = "go mod vendor"
		l.problem(p)
		return
	}
	var mod module.Version
	line := 0
	for s := range strings.Lines(text) {
		line++
		s = strings.TrimRight(s, "\r\n")
		switch {
		case strings.HasPrefix(s, "# "):
			mod = v.module(strings.Fields(s), line)
		case mod.Path == "":
		case strings.HasPrefix(s, "## "):
			m := v.meta[mod]
			m.explicit = m.explicit || hasAnnotation(s[3:], "explicit")
			for e := range strings.SplitSeq(s[3:], ";") {
				if g, ok := strings.CutPrefix(strings.TrimSpace(e), "go "); ok {
					m.goVersion = g
				}
			}
		default:
			if f := strings.Fields(s); len(f) == 1 && module.CheckImportPath(f[0]) == nil {
				v.packages[f[0]] = mod
				if w, ok := v.versions[mod.Path]; !ok || modver.Higher(mod.Version, w) {
					v.versions[mod.Path] = mod.Version
				}
			}
		}
	}
	l.checkVendor()
}

// module reads a "# " line.
func (v *vendoring) module(f []string, line int) module.Version {
	if len(f) < 3 {
		return module.Version{}
	}
	mod := module.Version{Path: f[1]}
	switch {
	case semver.IsValid(f[2]):
		mod.Version = f[2]
		f = f[3:]
	case f[2] == "=>":
		f = f[2:]
	default:
		return module.Version{}
	}
	if v.meta[mod] == nil {
		v.meta[mod] = &vendorMeta{}
		v.order = append(v.order, mod)
		v.lines[mod] = line
	}
	if len(f) == 2 && f[0] == "=>" {
		v.meta[mod].replace = module.Version{Path: f[1]}
	} else if len(f) == 3 && f[0] == "=>" && semver.IsValid(f[2]) {
		v.meta[mod].replace = module.Version{Path: f[1], Version: f[2]}
	}
	return mod
}

// checkVendor compares modules.txt with go.mod, as the go command does before
// it believes either.
func (l *loader) checkVendor() {
	pre114 := !l.res.Workspace && modver.GoMinor(l.res.GoVersion) < 14
	for _, m := range l.mains {
		for _, r := range m.file.Require {
			meta := l.vendor.meta[r.Mod]
			if meta != nil && meta.explicit {
				continue
			}
			if pre114 {
				if w, ok := l.vendor.versions[r.Mod.Path]; ok && w != r.Mod.Version {
					l.vendorProblem(r.Mod, m.shown, r.Syntax.Start.Line, "is required here, but vendor/modules.txt has "+w)
				}
				continue
			}
			l.vendorProblem(r.Mod, m.shown, r.Syntax.Start.Line, "is required here, but not marked as explicit in vendor/modules.txt")
		}
		for _, r := range m.file.Replace {
			l.checkVendorReplace(r.Old, m.shown, r.Syntax.Start.Line, pre114)
		}
	}
	if l.work != nil {
		for _, r := range l.work.Replace {
			l.checkVendorReplace(r.Old, path.Join(l.workDir, "go.work"), r.Syntax.Start.Line, false)
		}
	}
	for _, mod := range l.vendor.order {
		meta := l.vendor.meta[mod]
		if meta.explicit && l.vendor.versions[mod.Path] == mod.Version && !l.isRequired(mod) {
			l.vendorProblem(mod, l.vendor.shown, l.vendor.lines[mod], "is marked as explicit here, but not required in go.mod")
		}
		if _, ok := l.replacement(mod); meta.replace.Path != "" && !ok {
			l.vendorProblem(mod, l.vendor.shown, l.vendor.lines[mod], "is marked as replaced here, but not replaced in go.mod")
		}
	}
}

func (l *loader) checkVendorReplace(old module.Version, shown string, line int, pre114 bool) {
	if m := l.byPath[old.Path]; m != nil && m.main && old.Version == "" {
		return
	}
	r, ok := l.replacement(old)
	if !ok {
		return
	}
	want := r.to
	if want.Version == "" && l.res.Workspace && !path.IsAbs(want.Path) {
		// In a workspace folders count from the go.work file.
		want.Path = l.fromWork(r)
	}
	meta := l.vendor.meta[old]
	switch {
	case meta == nil || meta.replace.Path == "":
		if pre114 && (old.Version == "" || l.vendor.versions[old.Path] != old.Version) {
			return
		}
		l.vendorProblem(old, shown, line, "is replaced here, but not marked as replaced in vendor/modules.txt")
	case meta.replace != want:
		l.vendorProblem(old, shown, line, "is replaced by "+want.String()+" here, but by "+meta.replace.String()+" in vendor/modules.txt")
	}
}

func (l *loader) fromWork(r replacing) string {
	if r.base == l.workDir {
		return r.to.Path
	}
	p := path.Join(r.base, r.to.Path)
	if l.workDir != "." {
		if rel, ok := strings.CutPrefix(p, l.workDir+"/"); ok {
			p = rel
		}
	}
	if !strings.HasPrefix(p, "../") {
		p = "./" + p
	}
	return p
}

func (l *loader) isRequired(v module.Version) bool {
	for _, r := range l.requires[v.Path] {
		if r.req.Mod == v {
			return true
		}
	}
	return false
}

func (l *loader) vendorProblem(v module.Version, shown string, line int, message string) {
	help := "go mod vendor"
	if l.res.Workspace {
		help = "go work vendor"
	}
	l.problem(diag.Problem{
		Path: shown, Kind: diag.Mismatch, Line: line, Message: v.String() + " " + message, Help: help, Group: diag.VendorDiffers,
	})
}
