package hfcache

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

var (
	one = strings.Repeat("1a", 20)
	two = strings.Repeat("2b", 20)
)

// facts writes a result, one fact a line.
func facts(res *artifact.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %.4s\n", res.Kind, res.Name, res.Commit)
	for _, m := range res.Files {
		fmt.Fprintf(&b, "%s %d %v %q\n", m.Path[strings.Index(m.Path, "snapshots/"):], m.Size, m.Missing, m.Head)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s=%s\n", p.Name, p.Value)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "%s: %.60s\n", p.Kind, p.Message)
	}
	return b.String()
}

func cache() map[string]string {
	return map[string]string{
		"hub/models--org--name/blobs/aa":                            "license: mit",
		"hub/models--org--name/refs/main":                           one + "\n",
		"hub/models--org--name/refs/pr/1":                           one,
		"hub/models--org--name/refs/big":                            strings.Repeat("x", maxRef+1),
		"hub/models--org--name/snapshots/" + one + "/config.json":   "-> ../../blobs/aa",
		"hub/models--org--name/snapshots/" + one + "/a/model.bin":   "-> ../../../blobs/bb",
		"hub/models--org--name/snapshots/" + one + "/etc":           "-> ../../../../../outside",
		"hub/models--org--name/snapshots/" + two + "/README.md":     "copy",
		"hub/models--org--name/snapshots/main/x":                    "x",
		"hub/models--org--name/snapshots/file":                      "x",
		"hub/models--org--name/trees/" + one + ".json":              `{"format_version": 1, "files": {"LICENSE": {"size": 1}, "README.md": {}, "config.json": {}, "a/model.bin": {}}}`,
		"hub/models--org--name/trees/" + two + ".json":              `{"format_version": 1, "files": {"README.md": {}}}`,
		"hub/models--org--name/.no_exist/" + two + "/LICENSE":       "",
		"hub/models--org--name/.no_exist/" + two + "/x/y.json":      "",
		"hub/models--org--name/.no_exist/" + two + "/sub/LICENSE.x": "",
		"hub/datasets--squad/snapshots/" + two + "/data.csv":        "a,b",
	}
}

func TestFolder(t *testing.T) {
	tree := fsx.NewMap(cache())
	for _, tt := range []struct {
		dir  string
		want []string
	}{
		{"hub/models--org--name", []string{
			"model org/name 1a1a\nsnapshots/" + one + "/a/model.bin 0 true \"\"\nsnapshots/" + one + "/config.json 12 false \"license: mit\"\n" +
				"ref=main\nref=pr/1\nupstream_license=LICENSE\nupstream_files=4\nnot_downloaded=LICENSE\nnot_downloaded=README.md\nunreadable: etc: stat hub/models--org--name/snapshots/" + one[:18] + "\n",
			"model org/name 2b2b\nsnapshots/" + two + "/README.md 4 false \"copy\"\nupstream_license=none\nupstream_files=1\nupstream_absent=LICENSE\nupstream_absent=sub/LICENSE.x\n",
			"model org/name \nsnapshots/main/x 1 false \"x\"\nmalformed: a snapshot whose name is not a commit\n",
		}},
		{"hub/datasets--squad", []string{"dataset squad 2b2b\nsnapshots/" + two + "/data.csv 3 false \"a,b\"\n"}},
	} {
		entries, err := tree.ReadDir(tt.dir)
		if err != nil || !(Reader{}).MatchFolder(tt.dir, entries) {
			t.Fatalf("%s is not matched: %v", tt.dir, err)
		}
		all, err := Reader{}.ReadFolder(tree, tt.dir)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, res := range all {
			got = append(got, facts(res))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.dir, diff)
		}
	}
	for _, dir := range []string{"hub", "models", "models--", "x--y", "hub/models--org--name/snapshots"} {
		if (Reader{}).MatchFolder(dir, []fsx.Entry{{Name: "snapshots"}}) {
			t.Errorf("%s is matched", dir)
		}
	}
}

// The cache of a disk, with its links, reads as the one in memory does.
func TestDisk(t *testing.T) {
	dir := t.TempDir()
	for name, content := range cache() {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		var err error
		if to, ok := strings.CutPrefix(content, "-> "); ok {
			if err = os.Symlink(to, file); err != nil {
				t.Skip("no links here: ", err)
			}
		} else {
			err = os.WriteFile(file, []byte(content), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "outside"), []byte("secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	tree, err := fsx.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Reader{}.ReadFolder(tree, "hub/models--org--name")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Reader{}.ReadFolder(fsx.NewMap(cache()), "hub/models--org--name")
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if diff := cmp.Diff(facts(want[i]), facts(got[i])); diff != "" && !strings.Contains(facts(want[i]), "unreadable") {
			t.Errorf("snapshot %d (-memory +disk):\n%s", i, diff)
		}
		for _, m := range got[i].Files {
			if strings.Contains(string(m.Head), "secret") {
				t.Errorf("%s was read", m.Path)
			}
		}
	}
}

func TestList(t *testing.T) {
	for content, want := range map[string]diag.Kind{
		`{"format_version": 1, "files": {}}`: "", `{"format_version": 2}`: diag.Unsupported, `{"format_version": 1, "files": {"a"`: diag.Malformed,
		`{"format_version": 1, "files": {"LICENSE": 1` + strings.Repeat(`,"x":1`, maxFiles) + `}}`: diag.Limit,
	} {
		res := artifacttest.Content(t, New(), "x/.cache/huggingface/trees/"+one+".json", []byte(content))
		var got diag.Kind
		if len(res.Problems) > 0 {
			got = res.Problems[0].Kind
		}
		if got != want || res.Commit != one {
			t.Errorf("%.50s: %+v", content, res.Problems)
		}
	}
	tree := fsx.NewMap(map[string]string{"trees/main.json": `{"format_version": 1}`, one + ".json": `{"format_version": 1}`})
	for _, name := range []string{"trees/main.json", one + ".json"} {
		if New().Match(artifacttest.Offer(t, tree, name)) {
			t.Errorf("%s is matched", name)
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add([]byte(`{"format_version": 1, "files": {"LICENSE": {}, "a/b": null}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "trees/"+one+".json", data, int64(len(data)))
	})
}
