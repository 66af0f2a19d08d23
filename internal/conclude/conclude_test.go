package conclude_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/rules"
)

func scanner(t testing.TB) *detect.Scanner {
	t.Helper()
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		t.Fatal(err)
	}
	s, err := detect.New(base, rules.FS, detect.Engines[0])
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTrees concludes the trees of testdata/license/trees. The comment of a tree
// says what is in it beside its files and what is expected:
//
//	license NAME... FILE     texts of licensecheck's test data, in a file
//	linked DIR...            it is a Go module, and these packages count
//	cgo DIR FILE...          the first package uses cgo, with these C files
//	expect STATUS EXPRESSION
//	bundled DIR EXPRESSION   exactly these folders have a license of their own
func TestTrees(t *testing.T) {
	s := scanner(t)
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "license", "trees", "*.txtar"))
	if err != nil || len(files) == 0 {
		t.Fatal("no trees", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			testTree(t, s, ar)
		})
	}
}

func testTree(t *testing.T, s *detect.Scanner, ar *txtar.Archive) {
	tree := map[string]string{}
	for _, f := range ar.Files {
		tree[f.Name] = string(f.Data)
	}
	in := detect.TreeInput{Root: "."}
	var want, bundled string
	for line := range strings.Lines(string(ar.Comment)) {
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch rest := strings.Join(words[1:], " "); words[0] {
		case "license":
			last := len(words) - 1
			for _, name := range words[1:last] {
				tree[words[last]] += string(lctest.Text(t, name).Body) + "\n\n"
			}
		case "linked":
			in.GoModule = true
			for _, dir := range words[1:] {
				in.Packages = append(in.Packages, detect.Package{Dir: dir, Linked: true})
			}
		case "cgo":
			in.Packages[0].Cgo, in.Packages[0].OtherFiles = true, words[2:]
		case "expect":
			want = rest
		case "bundled":
			bundled += rest + "\n"
		}
	}
	in.Tree = fsx.NewMap(tree)
	res := conclude.Tree(s.Tree(in), s)
	if got := string(res.License.Status) + " " + res.License.Concluded; got != want {
		t.Errorf("got %s, want %s (%s)", got, want, res.License.Reason)
	}
	got := ""
	for _, b := range res.Bundled {
		got += b.Dir + " " + b.License.Concluded + "\n"
	}
	if got != bundled && in.GoModule {
		t.Errorf("bundled: got %q, want %q", got, bundled)
	}
	checkResult(t, res)
}

// checkResult holds for every conclusion.
func checkResult(t *testing.T, res conclude.Result) {
	t.Helper()
	l := res.License
	if l.Concluded == "" {
		t.Error("nothing concluded")
	}
	if (l.Status == inventory.None) != (l.Concluded == "NONE") {
		t.Errorf("status %s with %s", l.Status, l.Concluded)
	}
	if (l.Status == inventory.Unknown || l.Status == inventory.Disagree) != (l.Concluded == "NOASSERTION") {
		t.Errorf("status %s with %s", l.Status, l.Concluded)
	}
	if (l.Status == inventory.Unknown || l.Status == inventory.Assumed) && l.Reason == "" {
		t.Errorf("status %s without a reason", l.Status)
	}
	for _, e := range res.Evidence {
		if e.Path == "" || e.Source == "" || e.Method == "" || e.Role == "" {
			t.Errorf("evidence %+v", e)
		}
	}
}
