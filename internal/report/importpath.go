package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/modver"
)

// path shows an import path: packages of the one main module by their folder,
// the middle cut when it is long.
func (t *text) path(p []string) string {
	out := slices.Clone(p)
	for i := range out[:len(out)-1] {
		out[i] = t.folder(out[i])
	}
	if len(out) > maxPathElement && !t.o.Details {
		out = append(append(out[:2:2], fmt.Sprintf("… %d …", len(out)-3)), out[len(out)-1])
	}
	return strings.Join(out, " → ")
}

// folder is the folder of a package of the one main module; any other package
// stays as it is.
func (t *text) folder(pkg string) string {
	if t.own == nil {
		t.own = newOwnPackages(t.r)
	}
	return t.own.folder(pkg)
}

// ownPackages is what tells the folder of a package, looked up once per report.
type ownPackages struct {
	programs map[string]string // names by package
	main     string            // of the one main module; "" where there are none or several
	nested   map[string]bool   // components whose names begin with that of the main module
}

func newOwnPackages(r *Report) *ownPackages {
	o := &ownPackages{programs: map[string]string{}, nested: map[string]bool{}}
	for _, p := range slices.Backward(r.Programs) { // the first one of a package counts
		o.programs[p.Package] = programName(p)
	}
	if all := mains(r); len(all) == 1 {
		o.main = all[0].Name
	}
	for i := range r.Components {
		if name := r.Components[i].Name; strings.HasPrefix(name, o.main+"/") {
			o.nested[name] = true
		}
	}
	return o
}

func (o *ownPackages) folder(pkg string) string {
	if name, ok := o.programs[pkg]; ok {
		return name
	}
	rest, below := strings.CutPrefix(pkg, o.main+"/")
	switch {
	case o.main == "":
		return pkg
	case pkg == o.main:
		return modver.ProgramName(o.main)
	case !below:
		return pkg
	}
	for i := len(o.main) + 1; i <= len(pkg); i++ {
		if (i == len(pkg) || pkg[i] == '/') && o.nested[pkg[:i]] {
			return pkg
		}
	}
	return rest
}
