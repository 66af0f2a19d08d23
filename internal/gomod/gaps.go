package gomod

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/modver"
)

// gaps says which packages and modules were needed and not to be had.
func (l *loader) gaps() {
	for _, x := range l.lost {
		in := x.p.live[linked] | x.p.live[tested] | x.p.live[tooled]
		help := "go mod tidy"
		if l.res.Vendored {
			help = "go mod vendor"
		}
		message := x.why
		if by := l.importer(x.p); by != "" {
			message += ", imported by " + by
		}
		l.problem(diag.Problem{Path: x.p.path, Kind: diag.Missing, Message: message, Help: help, Group: x.group, Platforms: l.b.namesOf(in)})
	}
	for _, m := range l.mods {
		l.checkSum(m)
		switch {
		case m.noSum != 0:
			l.sumProblem(m, m.noSum, "")
		case m.missing != 0:
			l.missingProblem(m)
		case m.noModSum:
			l.sumProblem(m, l.b.all, " for its go.mod")
		case m.noMod:
			l.problem(diag.Problem{
				Path: m.actual.String(), Kind: diag.Missing, Message: "its go.mod is not in the module cache",
				Help: "go mod download " + m.actual.String(), Group: diag.NoModFile,
			})
		}
	}
}

// importer is the first package, in byte order, that imports another one in a
// build that counts; those of main modules come before all others.
func (l *loader) importer(of *pkg) string {
	var best *pkg
	better := func(p *pkg) bool {
		if best == nil || p.mod.main != best.mod.main {
			return best == nil || p.mod.main
		}
		return p.path < best.path
	}
	for _, p := range l.list {
		if p.mod == nil {
			continue
		}
		live := p.live[linked] | p.live[tested] | p.live[tooled]
		counts := func(e edge, in mask) bool { return e.to == of && e.in&in != 0 }
		if (slices.ContainsFunc(p.edges, func(e edge) bool { return counts(e, live) }) ||
			slices.ContainsFunc(p.test, func(e edge) bool { return counts(e, l.b.all) })) && better(p) {
			best = p
		}
	}
	if best == nil {
		return ""
	}
	return best.path
}

// checkSum compares the checksum that the go command noted when it unpacked a
// module with that of go.sum. The files themselves are not read for it.
func (l *loader) checkSum(m *mod) {
	want := l.sums.module[m.actual]
	if l.res.Vendored || m.result == nil || m.state != present || m.actual.Version == "" || want == "" {
		return
	}
	name, err := modver.CacheFile(m.actual, ".ziphash")
	if err != nil {
		return
	}
	got, err := m.tree.ReadFile(name, 1<<10)
	if err != nil || strings.TrimSpace(string(got)) == want {
		return // a cache without the note was copied by somebody
	}
	l.problem(diag.Problem{
		Path: m.actual.String(), Kind: diag.Mismatch, Message: "its checksum in the module cache is not that of go.sum",
		Help: "go clean -modcache, then go mod download", Group: diag.WrongSum,
	})
}
