package gobinary

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/module"

	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// The frame of the module information: cmd/go/internal/modload, infoStart and
// infoEnd. debug/buildinfo cuts it off unread.
const (
	infoStart = "\x30\x77\xaf\x0c\x92\x74\x08\x02\x41\xe1\xc1\x07\xe6\xd6\x18\xe6"
	infoEnd   = "\xf9\x32\x43\x31\x86\x18\x20\x72\x00\x82\x42\x10\x41\x16\xd8\xf2"
)

func unframe(s string) (string, error) {
	inner, ok := strings.CutPrefix(s, infoStart)
	if ok {
		inner, ok = strings.CutSuffix(inner, infoEnd)
	}
	if !ok {
		return "", fmt.Errorf("%w: the module information has no start or end mark", ErrMalformed)
	}
	return inner, nil
}

var (
	// "go1.26.8", "go1.27rc1", "go1.24.1 (Red Hat 1.24.1-1.el9)", "go1.26.8 X:…"; see runtime.Version.
	releaseRE = lazyre.New(`^go(1(?:\.[0-9]+){0,2}(?:(?:rc|beta)[0-9]+)?)(?:[ +-].*)?$`)
	develRE   = lazyre.New(`^devel (?:go1\.|\+)`)
)

// parseInfo reads the lines that cmd/go wrote (runtime/debug, BuildInfo.String)
// and accepts nothing else: path first, then mod, dep and build lines in this
// order, "=>" behind the module it replaces.
func parseInfo(version, info string) (*Binary, error) {
	b := &Binary{GoVersion: version}
	if sub := releaseRE.FindStringSubmatch(version); sub != nil {
		b.Std = sub[1]
	} else if !develRE.MatchString(version) {
		return nil, fmt.Errorf("%w: %s is no version of Go", ErrMalformed, quoted(version))
	}
	p := infoParser{b: b}
	n := 0
	for line := range strings.Lines(info) {
		n++
		text, whole := strings.CutSuffix(line, "\n")
		if !whole {
			return nil, fmt.Errorf("%w: line %d is cut off", ErrMalformed, n)
		}
		if err := p.line(text); err != nil {
			return nil, fmt.Errorf("%w: line %d: %w", ErrMalformed, n, err)
		}
	}
	if b.Package == "" {
		return nil, fmt.Errorf("%w: no main package", ErrMalformed)
	}
	if b.Main.Path == "" && strings.Contains(b.Package, ".") && len(b.Deps) > 0 {
		return nil, fmt.Errorf("%w: modules, and none for the main package %s", ErrMalformed, b.Package)
	}
	slices.SortStableFunc(b.Deps, compareModules)
	for i := 1; i < len(b.Deps); i++ {
		if b.Deps[i].Path == b.Deps[i-1].Path {
			return nil, fmt.Errorf("%w: %s twice", ErrMalformed, b.Deps[i].Path)
		}
	}
	return b, nil
}

// infoParser keeps what must not come again or out of order.
type infoParser struct {
	b    *Binary
	rank int     // of the last line: 1 path, 2 mod, 3 dep, 4 build
	last *Module // what a "=>" line would replace
	rep  bool    // the last line was one: an empty line may follow
}

func (p *infoParser) line(s string) error {
	if i := strings.IndexFunc(s, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f || r == '\ufffd' }); i >= 0 {
		return fmt.Errorf("byte %#02x", s[i])
	}
	word, rest, tab := strings.Cut(s, "\t")
	rank := slices.Index([]string{"", "path", "mod", "dep", "build"}, word)
	rep := p.rep
	p.rep = word == "=>"
	switch {
	case s == "" && rep:
		return nil
	case !tab:
		return fmt.Errorf("%s is not a word of cmd/go", quoted(word))
	case word == "=>":
		return p.replace(rest)
	case rank <= 0:
		return fmt.Errorf("%s is not a word of cmd/go", quoted(word))
	case rank < p.rank, rank == p.rank && rank < 3, rank > 1 && p.rank == 0:
		return fmt.Errorf("%s out of order", word)
	}
	if p.last != nil && p.last.Version == "" {
		return fmt.Errorf("%s without a version", p.last.Path)
	}
	p.rank, p.last = rank, nil
	switch word {
	case "path":
		return p.path(rest)
	case "mod":
		return p.module(&p.b.Main, rest)
	case "dep":
		p.b.Deps = append(p.b.Deps, Module{})
		return p.module(&p.b.Deps[len(p.b.Deps)-1], rest)
	default:
		return p.setting(rest)
	}
}

func (p *infoParser) path(s string) error {
	p.b.Package = s
	if s == "command-line-arguments" {
		return nil
	}
	return module.CheckImportPath(s)
}

func (p *infoParser) module(m *Module, s string) error {
	p.last = m
	if err := parseModule(m, s); err != nil {
		return err
	}
	if err := module.CheckImportPath(m.Path); err != nil {
		return err
	}
	if m.Version == "" || m.Version == "(devel)" {
		return nil
	}
	return checkVersion(m.Version)
}

// replace reads what stands in for the last module: another module, or a
// folder without a version.
func (p *infoParser) replace(s string) error {
	if p.last == nil || p.last.Replace != nil || p.last.Sum != "" {
		return fmt.Errorf("a replacement of nothing")
	}
	r := new(Module)
	if err := parseModule(r, s); err != nil {
		return err
	}
	folder := strings.HasPrefix(r.Path, ".") || strings.HasPrefix(r.Path, "/") || filepath.IsAbs(r.Path) || windowsAbs(r.Path)
	if !folder {
		if err := module.CheckImportPath(r.Path); err != nil {
			return err
		}
	}
	if r.Version != "" && r.Version != "(devel)" {
		if err := checkVersion(r.Version); err != nil {
			return err
		}
	} else if !folder {
		return fmt.Errorf("%s without a version", r.Path)
	}
	p.last.Replace = r
	p.last = nil
	return nil
}

func windowsAbs(s string) bool {
	return len(s) > 2 && s[1] == ':' && (s[2] == '\\' || s[2] == '/') || strings.HasPrefix(s, `\\`)
}

func parseModule(m *Module, s string) error {
	col := strings.Split(s, "\t")
	if len(col) != 2 && len(col) != 3 {
		return fmt.Errorf("%d columns", len(col)+1)
	}
	m.Path, m.Version = col[0], col[1]
	if len(col) == 3 {
		m.Sum = col[2]
	}
	if m.Sum == "" {
		return nil
	}
	hash, ok := strings.CutPrefix(m.Sum, "h1:")
	if b, err := base64.StdEncoding.DecodeString(hash); !ok || err != nil || len(b) != 32 {
		return fmt.Errorf("%s is no checksum", quoted(m.Sum))
	}
	return nil
}

// checkVersion accepts canonical versions only, as cmd/go writes them: with
// "+incompatible", or "+dirty" for a main module with changes.
func checkVersion(v string) error {
	base := strings.TrimSuffix(v, "+dirty")
	base = strings.TrimSuffix(base, "+incompatible")
	if base == "" || module.CanonicalVersion(base) != base {
		return fmt.Errorf("%s is no version", quoted(v))
	}
	return nil
}

func (p *infoParser) setting(s string) error {
	key, value, ok := "", "", false
	if strings.HasPrefix(s, `"`) {
		q, err := strconv.QuotedPrefix(s)
		if err != nil {
			return err
		}
		if key, err = strconv.Unquote(q); err != nil {
			return err
		}
		value, ok = strings.CutPrefix(s[len(q):], "=")
	} else {
		key, value, ok = strings.Cut(s, "=")
	}
	if !ok || key == "" || strings.ContainsAny(key, " \t") {
		return fmt.Errorf("%s is no setting", quoted(s))
	}
	if strings.HasPrefix(value, `"`) || strings.HasPrefix(value, "`") {
		var err error
		if value, err = strconv.Unquote(value); err != nil {
			return fmt.Errorf("%s is no setting", quoted(s))
		}
	}
	p.b.Settings = append(p.b.Settings, Setting{key, value})
	return nil
}

// agrees compares the settings with the headers of the executable that holds
// them, and fills in the platform.
func (b *Binary) agrees(m *image) error {
	goos, goarch := b.Setting("GOOS"), b.Setting("GOARCH")
	if (goos == "") != (goarch == "") {
		return fmt.Errorf("%w: only one of GOOS and GOARCH", ErrMalformed)
	}
	if goos == "" {
		return nil
	}
	if !slices.Contains(m.oses, goos) {
		return fmt.Errorf("%w: it says %s in an executable of %s", ErrMalformed, quoted(goos), strings.Join(m.oses, ", "))
	}
	if m.arches != nil && !slices.Contains(m.arches, goarch) {
		return fmt.Errorf("%w: it says %s in an executable of %s", ErrMalformed, quoted(goarch), strings.Join(m.arches, ", "))
	}
	b.Platforms = []string{goos + "/" + goarch}
	return nil
}

func compareModules(a, b Module) int {
	if c := cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Version, b.Version), cmp.Compare(a.Sum, b.Sum)); c != 0 {
		return c
	}
	switch {
	case a.Replace == nil && b.Replace == nil:
		return 0
	case a.Replace == nil:
		return -1
	case b.Replace == nil:
		return 1
	}
	return compareModules(*a.Replace, *b.Replace)
}

// quoted shows a text of unknown origin, shortened.
func quoted(s string) string {
	if len(s) > 64 {
		s = s[:64] + "…"
	}
	return strconv.Quote(s)
}
