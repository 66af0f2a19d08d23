package gomod

import (
	"bytes"
	"fmt"
	"go/build/constraint"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/gomod/header"
)

// mask is a set of builds: one bit for each platform and cgo setting.
type mask uint64

// builds are the ways in which the programs are built, and what of a source
// tree each of them sees. It is not safe for concurrent use.
type builds struct {
	platforms []Platform // of bit i: platforms[i]
	cgo       []bool
	all       mask
	cgoOn     mask
	tags      map[string]mask
	lines     map[string]mask   // of build lines met before
	endings   map[string]ending // of file names met before
	lists     map[mask][]Platform
}

// ending is what the last word of a file name says.
type ending struct {
	in       mask // the builds in which such a file counts
	os, arch bool // it is a known GOOS or GOARCH
}

func newBuilds(c *Config) (*builds, error) {
	b := &builds{tags: map[string]mask{}, lines: map[string]mask{}, endings: map[string]ending{}, lists: map[mask][]Platform{}}
	platforms := c.Platforms
	if len(platforms) == 0 {
		platforms = DefaultPlatforms()
	}
	settings := []bool{false, true}
	switch c.Cgo {
	case CgoOn:
		settings = []bool{true}
	case CgoOff:
		settings = []bool{false}
	}
	if len(platforms)*len(settings) > MaxBuilds {
		return nil, fmt.Errorf("%d platforms with %d cgo settings each: more than %d builds at once", len(platforms), len(settings), MaxBuilds)
	}
	release := c.Release
	if release <= 0 {
		release = NewestRelease
	}
	for _, p := range platforms {
		for _, cgo := range settings {
			bit := mask(1) << len(b.platforms)
			b.platforms, b.cgo = append(b.platforms, p), append(b.cgo, cgo)
			b.all |= bit
			if cgo {
				b.cgoOn |= bit
				b.tags["cgo"] |= bit
			}
			for _, t := range platformTags(p, release) {
				b.tags[t] |= bit
			}
		}
	}
	for n := 1; n <= release; n++ {
		b.tags[fmt.Sprintf("go1.%d", n)] = b.all
	}
	b.tags["gc"] = b.all
	for _, t := range c.Tags {
		b.tags[t] = b.all
	}
	// boringcrypto is an old name, see go/build.
	b.tags["boringcrypto"] = b.tags["goexperiment.boringcrypto"]
	return b, nil
}

// platformTags are the tags that hold on a platform by themselves.
func platformTags(p Platform, release int) []string {
	tags := []string{p.OS, p.Arch}
	switch p.OS {
	case "android":
		tags = append(tags, "linux")
	case "illumos":
		tags = append(tags, "solaris")
	case "ios":
		tags = append(tags, "darwin")
	}
	if known(unixOS, p.OS) && release >= 19 {
		tags = append(tags, "unix")
	}
	for _, r := range archTags {
		if known(r.arch, p.Arch) && release >= r.since {
			for t := range strings.FieldsSeq(r.tags) {
				tags = append(tags, p.Arch+"."+t)
			}
		}
	}
	for _, e := range experiments {
		if release >= e.since && release <= e.until && (e.arch == "" || known(e.arch, p.Arch)) && !known(e.notOS, p.OS) {
			tags = append(tags, "goexperiment."+e.name)
		}
	}
	return tags
}

// archTags: the feature tags of the default GOAMD64, GOARM64 …, see gogoarchTags
// in internal/buildcfg of the Go distribution. since is the N of Go 1.N.
var archTags = []struct {
	arch, tags string
	since      int
}{
	{"386", "sse2", 21},
	{"amd64", "v1", 21},
	{"arm", "5 6 7", 21},
	{"arm64", "v8.0", 23},
	{"mips mipsle mips64 mips64le", "hardfloat", 21},
	{"ppc64 ppc64le", "power8", 21},
	{"riscv64", "rva20u64", 23},
	{"wasm", "satconv signext", 26},
}

const regabi = "amd64 arm64 loong64 ppc64 ppc64le riscv64 s390x"

// experiments: what is on without being asked for, see ParseGOEXPERIMENT in
// internal/buildcfg of each release. since and until are the N of Go 1.N.
var experiments = []struct {
	name         string
	since, until int
	arch, notOS  string
}{
	{"regabiwrappers", 18, 99, regabi, ""},
	{"regabiargs", 18, 99, regabi, ""},
	{"regabireflect", 18, 18, regabi, ""},
	{"pacerredesign", 18, 18, "", ""},
	{"unified", 20, 20, "", ""},
	{"coverageredesign", 20, 25, "", ""},
	{"allocheaders", 22, 22, "", ""},
	{"exectracer2", 22, 22, "", ""},
	{"aliastypeparams", 24, 25, "", ""},
	{"swissmap", 24, 25, "", ""},
	{"spinbitmutex", 24, 25, "386 amd64 arm arm64 ppc64 ppc64le", ""},
	{"synchashtriemap", 24, 25, "", ""},
	{"dwarf5", 25, 99, "", "darwin ios aix"},
	{"greenteagc", 26, 99, "", ""},
	{"randomizedheapbase64", 26, 99, "", ""},
}

// eval says in which builds an expression holds.
func (b *builds) eval(x constraint.Expr) mask {
	switch x := x.(type) {
	case *constraint.AndExpr:
		return b.eval(x.X) & b.eval(x.Y)
	case *constraint.OrExpr:
		return b.eval(x.X) | b.eval(x.Y)
	case *constraint.NotExpr:
		return b.all &^ b.eval(x.X)
	case *constraint.TagExpr:
		return b.tags[x.Tag]
	}
	return 0
}

// line evaluates a //go:build or // +build line; false where it cannot be parsed.
func (b *builds) line(text []byte) (mask, bool) {
	if m, ok := b.lines[string(text)]; ok {
		return m, true
	}
	x, err := constraint.Parse(string(text))
	if err != nil {
		return 0, false
	}
	m := b.eval(x)
	b.lines[string(text)] = m
	return m, true
}

// header evaluates the constraints of a file; 0 for a file whose constraint
// cannot be parsed, which the go command leaves out too.
func (b *builds) header(h *header.Header) mask {
	if h.Status == header.Dead {
		return 0
	}
	if h.Build != nil {
		m, _ := b.line(h.Build)
		return m
	}
	m := b.all
	for rest := h.Plus; len(rest) > 0; {
		line := rest
		if i := bytes.IndexByte(rest, '\n'); i >= 0 {
			line, rest = rest[:i], rest[i+1:]
		} else {
			rest = nil
		}
		line = bytes.TrimSpace(line)
		if !bytes.HasPrefix(line, []byte("//")) || !bytes.Contains(line, []byte("+build")) || !constraint.IsPlusBuild(string(line)) {
			continue
		}
		if l, ok := b.line(line); ok {
			m &= l
		}
	}
	return m
}

// file says in which builds a file counts by its name: what follows the first
// underscore may be _GOOS, _GOARCH or _GOOS_GOARCH, each before _test.
func (b *builds) file(name string) mask {
	name, _, _ = strings.Cut(name, ".")
	i := strings.IndexByte(name, '_')
	if i < 0 {
		return b.all
	}
	name = strings.TrimSuffix(name[i:], "_test")
	i = strings.LastIndexByte(name, '_')
	if i < 0 {
		return b.all
	}
	last, rest := name[i+1:], name[:i]
	e, ok := b.endings[last]
	if !ok {
		e = ending{b.all, known(knownOS, last), known(knownArch, last)}
		if e.os || e.arch {
			e.in = b.tags[last]
		}
		b.endings[strings.Clone(last)] = e
	}
	if !e.arch || rest == "" {
		return e.in
	}
	if i = strings.LastIndexByte(rest, '_'); i >= 0 && known(knownOS, rest[i+1:]) {
		return e.in & b.tags[rest[i+1:]]
	}
	return e.in
}

// cgoLine evaluates the condition of a #cgo line: words of which one must
// hold, each a +build or //go:build expression.
func (b *builds) cgoLine(words []string) mask {
	if len(words) == 0 {
		return b.all
	}
	var m mask
	for _, w := range words {
		prefix := "// +build "
		if strings.ContainsAny(w, "&|()") {
			prefix = "//go:build "
		}
		l, _ := b.line([]byte(prefix + w))
		m |= l
	}
	return m
}

// platformsOf lists the platforms of a set of builds, sorted. Few sets occur, so
// the lists are shared: nobody may write to one.
func (b *builds) platformsOf(m mask) []Platform {
	if out, ok := b.lists[m]; ok {
		return out
	}
	var out []Platform
	for i, p := range b.platforms {
		if m&(1<<i) != 0 {
			out = append(out, p)
		}
	}
	out = slices.Clip(sortedPlatforms(out))
	b.lists[m] = out
	return out
}

// namesOf lists the platforms that need something, nil where all asked do.
func (b *builds) namesOf(m mask) []string {
	some := b.platformsOf(m)
	if len(some) == len(b.platformsOf(b.all)) {
		return nil
	}
	out := make([]string, len(some))
	for i, p := range some {
		out[i] = p.String()
	}
	return out
}
