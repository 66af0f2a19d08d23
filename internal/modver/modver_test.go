package modver

import (
	"testing"

	"golang.org/x/mod/module"
)

func TestHigher(t *testing.T) {
	for _, tt := range []struct {
		v, w string
		want bool
	}{
		{"v1.0.1", "v1.0.0", true}, {"v1.0.0", "v1.0.1", false}, {"v1.0.0", "v1.0.0", false}, {"v1.10.0", "v1.9.0", true},
		{"v1.0.0", "v1.0.0-rc.1", true}, {"v2.0.0+incompatible", "v1.0.0", true}, {"", "v9.0.0", true}, {"v9.0.0", "", false}, {"", "", false},
		{"v0.0.0-20200102000000-abcdefabcdef", "v0.0.0-20200101000000-abcdefabcdef", true},
	} {
		if got := Higher(tt.v, tt.w); got != tt.want {
			t.Errorf("Higher(%q, %q) = %v", tt.v, tt.w, got)
		}
		if tt.want && Higher(tt.w, tt.v) {
			t.Errorf("both %q and %q are higher", tt.v, tt.w)
		}
	}
}

func TestCompare(t *testing.T) {
	sorted := []module.Version{{Path: "a", Version: "v1.9.0"}, {Path: "a", Version: "v1.10.0"}, {Path: "b"}, {Path: "b", Version: "v1.0.0"}, {Path: "b", Version: "v1.0.0+x"}}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := Compare(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("Compare(%v, %v) = %d", a, b, got)
			}
		}
	}
}

func TestGoMinor(t *testing.T) {
	for line, want := range map[string]int{"1.21": 21, "1.21.3": 21, "1.22rc1": 22, "1.9": 9, "1": 0, "": 0, "x": 0, "1.x": 0, "0.9": 0, "2.0": 1 << 20, "1.99999999999999999999": 0} {
		if got := GoMinor(line); got != want {
			t.Errorf("GoMinor(%q) = %d, want %d", line, got, want)
		}
	}
}

// What the go command answers: go list -f {{.Target}} on such main packages.
func TestProgramName(t *testing.T) {
	for in, want := range map[string]string{
		"example.com/tool": "tool", "example.com/tool/v2": "tool", "example.com/tool/v10": "tool", "example.com/tool/v2/cmd/run": "run",
		"example.com/tool/v1": "v1", "example.com/tool/v0": "v0", "example.com/tool/v02": "v02", "example.com/tool/v": "v", "example.com/tool/v2x": "v2x",
		"gopkg.in/tool.v2": "tool.v2", "v2": "v2", "tool": "tool", "": "",
	} {
		if got := ProgramName(in); got != want {
			t.Errorf("ProgramName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCache(t *testing.T) {
	m := module.Version{Path: "github.com/BurntSushi/toml", Version: "v1.0.0-RC"}
	dir, err := CacheDir(m)
	if dir != "github.com/!burnt!sushi/toml@v1.0.0-!r!c" || err != nil {
		t.Errorf("CacheDir = %q, %v", dir, err)
	}
	file, err := CacheFile(m, ".mod")
	if file != "cache/download/github.com/!burnt!sushi/toml/@v/v1.0.0-!r!c.mod" || err != nil {
		t.Errorf("CacheFile = %q, %v", file, err)
	}
	for _, m := range []module.Version{{Path: "../etc", Version: "v1.0.0"}, {Path: "a/../b", Version: "v1.0.0"}, {Path: "example.com/a", Version: "../v1"}, {}} {
		if _, err := CacheDir(m); err == nil {
			t.Errorf("CacheDir(%v) is accepted", m)
		}
		if _, err := CacheFile(m, ".mod"); err == nil {
			t.Errorf("CacheFile(%v) is accepted", m)
		}
	}
}
