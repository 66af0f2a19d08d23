package gobinary

import (
	"debug/buildinfo"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// mem is a file in memory.
type mem []byte

func (m mem) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(m)) {
		return 0, io.EOF
	}
	n := copy(p, m[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
func (m mem) Size() int64  { return int64(len(m)) }
func (m mem) Close() error { return nil }

// counted counts what is read.
type counted struct {
	mem
	n int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.n += int64(len(p))
	return c.mem.ReadAt(p, off)
}

// sources writes testdata/app.txtar into a folder.
func sources(t testing.TB) string {
	t.Helper()
	ar, err := os.ReadFile("testdata/app.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range strings.Split("\n"+string(ar), "\n-- ")[1:] {
		file, data, ok := strings.Cut(f, " --\n")
		name := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil || !ok {
			t.Fatal(err, file)
		}
		if err := os.WriteFile(name, []byte(data+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// build builds the main package in dir and returns the executable.
func build(t testing.TB, dir string, env []string, args ...string) mem {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command")
	}
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.Command("go", append([]string{"build", "-o", out}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{"GOFLAGS=-buildvcs=false", "GOPROXY=off", "GOTOOLCHAIN=local", "GOWORK=off", "CGO_ENABLED=0"}, env...)...)
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, msg)
	}
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// program is the program of the sources for a platform, linked once.
func program(t testing.TB, platform, ldflags string) mem {
	t.Helper()
	key := platform + " " + ldflags
	if b, ok := programs[key]; ok {
		return slices.Clone(b)
	}
	goos, goarch, _ := strings.Cut(platform, "/")
	b := build(t, sources(t), []string{"GOOS=" + goos, "GOARCH=" + goarch}, "-ldflags="+ldflags, "-tags=one,two", ".")
	programs[key] = b
	return slices.Clone(b)
}

var programs = map[string]mem{}

// oracle is the answer of debug/buildinfo in our types.
func oracle(t *testing.T, b mem) (*Binary, error) {
	t.Helper()
	bi, err := buildinfo.Read(b)
	if err != nil {
		return nil, err
	}
	w := &Binary{GoVersion: bi.GoVersion, Package: bi.Path, Main: Module{Path: bi.Main.Path, Version: bi.Main.Version, Sum: bi.Main.Sum}}
	for _, d := range bi.Deps {
		m := Module{Path: d.Path, Version: d.Version, Sum: d.Sum}
		if d.Replace != nil {
			m.Replace = &Module{Path: d.Replace.Path, Version: d.Replace.Version, Sum: d.Replace.Sum}
		}
		w.Deps = append(w.Deps, m)
	}
	for _, s := range bi.Settings {
		w.Settings = append(w.Settings, Setting{s.Key, s.Value})
	}
	return w, nil
}

// platforms of the tests: each format, both byte orders and widths.
func platforms() []string {
	if testing.Short() {
		return []string{"linux/s390x", "windows/386", "darwin/arm64"}
	}
	return []string{"linux/amd64", "linux/386", "linux/s390x", "windows/amd64", "windows/386", "darwin/amd64", "darwin/arm64"}
}

func TestReadPlatforms(t *testing.T) {
	for _, pf := range platforms() {
		for _, flags := range []string{"", "-s -w"} {
			t.Run(strings.ReplaceAll(pf+flags, "/", "_"), func(t *testing.T) {
				bin := program(t, pf, flags)
				if !Sniff(bin[:64]) {
					t.Error("Sniff says no")
				}
				f := &counted{mem: bin}
				got, err := Read(f, "app")
				if err != nil {
					t.Fatal(err)
				}
				if f.n > 512<<10 {
					t.Errorf("%d bytes read of %d", f.n, len(bin))
				}
				want, err := oracle(t, bin)
				if err != nil {
					t.Fatal(err)
				}
				want.Std, want.Platforms = strings.TrimPrefix(runtime.Version(), "go"), []string{pf}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("(-want +got)\n%s", diff)
				}
				if len(got.Deps) != 2 || got.Deps[0].Replace == nil || got.Main.Path != "example.com/app" {
					t.Errorf("modules: %+v %+v", got.Main, got.Deps)
				}
				if diff := cmp.Diff([]string{"one", "two"}, got.Tags()); diff != "" || got.Cgo() != "0" {
					t.Errorf("tags %v, cgo %q", got.Tags(), got.Cgo())
				}
			})
		}
	}
}

func TestReadReasons(t *testing.T) {
	dir := sources(t)
	small := build(t, filepath.Join(dir, "small"), nil, ".")
	gopath := build(t, filepath.Join(dir, "gopath"), []string{"GO111MODULE=off", "GOPATH=" + t.TempDir()}, "main.go")
	files := build(t, filepath.Join(dir, "gopath"), nil, "main.go")
	noInfo := build(t, filepath.Join(dir, "small"), nil, "-ldflags=-buildid= -w", ".")
	for i := 0; i+len(magic) < len(noInfo); i += align {
		if string(noInfo[i:i+len(magic)]) == magic {
			clear(noInfo[i+headerSize : i+headerSize+1]) // no version
		}
	}
	cases := []struct {
		name string
		data mem
		want error
	}{
		{"empty", nil, ErrNotExecutable},
		{"text", mem("MZ is how this text starts, and it is longer than the header of an executable of MS-DOS.\n"), ErrNotExecutable},
		{"java_class", mem("\xca\xfe\xba\xbe\x00\x00\x00\x34 and so on"), ErrNotExecutable},
		{"script", mem("#!/bin/sh\n"), ErrNotExecutable},
		{"elf_magic_only", mem("\x7fELF"), ErrTruncated},
		{"macho_magic_only", mem("\xcf\xfa\xed\xfe"), ErrTruncated},
		{"dos", dosProgram(), ErrNotGo},
		{"no_version", noInfo, ErrMalformed},
		{"small", small, nil},
		{"gopath_mode", gopath, nil},
		{"list_of_files", files, nil},
		{"half", small[:len(small)/2], ErrTruncated},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			b, err := Read(c.data, "x")
			if !errors.Is(err, c.want) || (err == nil) != (b != nil) {
				t.Fatalf("got %v, %v, want %v", b, err, c.want)
			}
			if err != nil {
				p, ok := Problem("x", err)
				quiet := c.want == ErrNotExecutable || c.want == ErrNotGo
				if ok == quiet || ok && (p.Kind == "" || strings.HasPrefix(p.Message, "x: ")) {
					t.Errorf("problem %+v, %v", p, ok)
				}
			}
		})
	}
}

func dosProgram() mem {
	b := make(mem, 256)
	copy(b, "MZ")
	b[0x3c] = 0x80
	copy(b[0x80:], "NE")
	return b
}

func TestReadC(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc")
	}
	out := filepath.Join(t.TempDir(), "out")
	for _, args := range [][]string{nil, {"-s"}, {"-static"}, {"-c"}} {
		cmd := exec.Command(gcc, append(args, "-o", out, filepath.Join(sources(t), "c/main.c"))...)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("gcc: %v %s", err, msg)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(mem(b), "x"); !errors.Is(err, ErrNotGo) {
			t.Errorf("gcc %v: %v", args, err)
		}
		if want := len(args) == 0 || args[0] != "-c"; Sniff(b[:64]) != want {
			t.Errorf("gcc %v: Sniff is not %v", args, want)
		}
	}
}

// A stripped program whose build information was taken out is told from a
// program of another language.
func TestReadWithoutInfo(t *testing.T) {
	dir := filepath.Join(sources(t), "small")
	for _, pf := range platforms() {
		goos, goarch, _ := strings.Cut(pf, "/")
		bin := build(t, dir, []string{"GOOS=" + goos, "GOARCH=" + goarch}, ".")
		for i := 0; i+len(magic) <= len(bin); i += align {
			if string(bin[i:i+len(magic)]) == magic {
				clear(bin[i : i+len(magic)])
			}
		}
		rename(bin, ".go.buildinfo", ".xx.buildinfo")
		rename(bin, "__go_buildinfo", "__xx_buildinfo")
		if _, err := Read(bin, "x"); !errors.Is(err, ErrNoBuildInfo) {
			t.Errorf("%s: %v", pf, err)
		}
	}
}

func rename(b []byte, from, to string) {
	for i := 0; i+len(from) <= len(b); i++ {
		if string(b[i:i+len(from)]) == from {
			copy(b[i:], to)
		}
	}
}

func TestReadTruncated(t *testing.T) {
	for _, pf := range platforms() {
		for _, flags := range []string{"", "-s -w"} {
			bin := program(t, pf, flags)
			sizes := []int{1, 2, 3, 4, 15, 16, 20, 51, 52, 63, 64, 100, 1000, len(bin) - 1, len(bin) - 2, len(bin) - 16, len(bin) - 4096}
			for i := 1; i < 200; i++ {
				sizes = append(sizes, len(bin)*i/200)
			}
			for _, n := range sizes {
				_, err := Read(bin[:n], "x")
				want := ErrTruncated
				if n < 4 || strings.HasPrefix(pf, "windows/") && n < 64 {
					want = ErrNotExecutable
				}
				if !errors.Is(err, want) {
					t.Errorf("%s %q: %d of %d bytes: %v", pf, flags, n, len(bin), err)
				}
			}
		}
	}
}

// Every single bit of the information and of the headers turned over: an error,
// or the same number of modules. debug/buildinfo fails this.
func TestReadBitFlips(t *testing.T) {
	for _, pf := range []string{"linux/amd64", "windows/amd64", "darwin/arm64"} {
		bin := program(t, pf, "-s -w")
		start, end := blobRange(t, bin)
		accepted, silent := 0, 0
		flip := func(i, bit int) {
			bin[i] ^= 1 << bit
			defer func() { bin[i] ^= 1 << bit }()
			got, err := Read(bin, "x")
			if o, oerr := buildinfo.Read(bin); oerr == nil && len(o.Deps) < 2 {
				silent++
			}
			if err != nil {
				return
			}
			accepted++
			if len(got.Deps) != 2 || got.Main.Path == "" || got.Package == "" || got.Deps[0].Replace == nil || got.Deps[1].Replace == nil {
				t.Fatalf("%s: byte %d bit %d accepted: %+v", pf, i, bit, got)
			}
		}
		for i := start; i < end; i++ {
			for bit := range 8 {
				flip(i, bit)
			}
		}
		for i := range 2048 {
			flip(i, i%8)
		}
		t.Logf("%s: %d flips of the information and 2048 of the headers: %d accepted with all modules; debug/buildinfo lost modules silently in %d", pf, (end-start)*8, accepted, silent)
	}
}

// blobRange is where the information stands in the file.
func blobRange(t testing.TB, bin mem) (start, end int) {
	t.Helper()
	s := string(bin)
	for from := 0; ; {
		i := strings.Index(s[from:], magic)
		if i < 0 {
			t.Fatal("no build information")
		}
		start = from + i
		if n := strings.Index(s[start:], infoEnd); start%align == 0 && n >= 0 && n < 4096 {
			return start, start + n + len(infoEnd)
		}
		from = start + 1
	}
}

func TestReadFat(t *testing.T) {
	dir := sources(t)
	env := func(arch string) []string { return []string{"GOOS=darwin", "GOARCH=" + arch} }
	amd, arm := build(t, dir, env("amd64"), "."), build(t, dir, env("arm64"), ".")
	small := build(t, filepath.Join(dir, "small"), env("arm64"), ".")
	got, err := Read(fat(amd, arm), "x")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"darwin/amd64", "darwin/arm64"}, got.Platforms); diff != "" || len(got.Deps) != 2 {
		t.Errorf("%s %+v", diff, got.Deps)
	}
	if _, err := Read(fat(amd, small), "x"); !errors.Is(err, ErrMalformed) {
		t.Errorf("different programs: %v", err)
	}
	if _, err := Read(fat(amd, arm[:len(arm)-8]), "x"); !errors.Is(err, ErrTruncated) {
		t.Errorf("short part: %v", err)
	}
}

// fat puts Mach-O images into a universal file.
func fat(parts ...mem) mem {
	out := mem{0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, byte(len(parts))}
	off := 4096
	for _, p := range parts {
		u := func(n int) { out = append(out, byte(n>>24), byte(n>>16), byte(n>>8), byte(n)) }
		u(0)
		u(0)
		u(off)
		u(len(p))
		u(12)
		off += len(p)
	}
	out = append(out, make(mem, 4096-len(out))...)
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

type broken struct{ mem }

var errDisk = errors.New("disk on fire")

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errDisk }

func TestReadDiskError(t *testing.T) {
	_, err := Read(broken{make(mem, 1000)}, "x")
	if p, ok := Problem("x", err); !errors.Is(err, errDisk) || !ok || p.Kind != "unreadable" {
		t.Errorf("%v %+v", err, p)
	}
}

// A program that declares more than may be read is over a limit, and nothing
// of that size is allocated.
func TestReadLimit(t *testing.T) {
	b := make(mem, 40<<20)
	copy(b, "\x7fELF\x02\x01\x01")
	b[16], b[18] = 2, 62
	b[32], b[54], b[56] = 64, 56, 1 // one program header at 64
	p := b[64:]
	p[0], p[4] = 1, 6 // PT_LOAD, read and write
	p[32+3] = 0x02    // 32 MiB in the file
	f := &counted{mem: b}
	_, err := Read(f, "x")
	var limit *fsx.LimitError
	if !errors.As(err, &limit) || limit.Limit != MaxRead || f.n > MaxRead {
		t.Errorf("%v after %d bytes", err, f.n)
	}
}

func TestCacheDir(t *testing.T) {
	cases := []struct {
		m    Module
		want string
	}{
		{Module{Path: "github.com/BurntSushi/toml", Version: "v1.2.3"}, "github.com/!burnt!sushi/toml@v1.2.3"},
		{Module{Path: "example.com/a", Version: "v2.0.0+incompatible"}, "example.com/a@v2.0.0+incompatible"},
		{Module{Path: "example.com/a", Version: "v1.0.0", Replace: &Module{Path: "example.com/b", Version: "v1.1.0"}}, "example.com/b@v1.1.0"},
		{Module{Path: "example.com/a", Version: "v1.0.0", Replace: &Module{Path: "../b"}}, ""},
		{Module{Path: "example.com/a", Version: "(devel)"}, ""},
		{Module{Path: "example.com/../a", Version: "v1.0.0"}, ""},
		{Module{Path: "example.com/a", Version: "v1.0.0/../../x"}, ""},
		{Module{}, ""},
	}
	for _, c := range cases {
		if got, ok := c.m.CacheDir(); got != c.want || ok != (c.want != "") {
			t.Errorf("%+v: got %q %v, want %q", c.m, got, ok, c.want)
		}
	}
}
