package pytorch

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

const weightsImports = "collections.OrderedDict, torch.FloatStorage, torch._utils._rebuild_tensor_v2"

func TestArchive(t *testing.T) {
	prop := func(name, value string) inventory.Property { return inventory.Property{Name: name, Value: value} }
	want := &artifact.Result{
		Kind: inventory.Model, Role: artifact.Weights,
		Parts:   []artifact.Part{{Part: "parameters", Present: "yes", Why: "1 tensor storages"}},
		Signals: []artifact.Signal{{Group: "security", Signal: "unsafe-serialisation", Evidence: "a pickle: loading it imports and calls what the file names"}},
		Properties: []inventory.Property{
			prop("format", "pytorch archive"), prop("pickle_imports", weightsImports), prop("pickle_protocol", "2"),
		},
	}
	for _, name := range []string{"pytorch_model.bin", "m.pt", "m.pth", "m.ckpt", "blobs/sha256-12"} {
		got := artifacttest.Content(t, New(), name, []byte(torchZip(t, weightsPickle)))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s\n%s", name, diff)
		}
	}
}

// imports is the value of pickle_imports, and the evidence of pickle-import
// behind a bar.
func imports(res *artifact.Result) string {
	s := ""
	for _, p := range res.Properties {
		if p.Name == "pickle_imports" {
			s = p.Value
		}
	}
	for _, g := range res.Signals {
		if g.Signal == "pickle-import" {
			s += " | " + g.Evidence
		}
	}
	return s
}

func packed(t *testing.T, s string, gz bool) string {
	t.Helper()
	var b bytes.Buffer
	if gz {
		w := gzip.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	} else {
		w := zlib.NewWriter(&b)
		w.Write([]byte(s))
		w.Close()
	}
	return b.String()
}

func TestContainers(t *testing.T) {
	const partly = " | not all opcodes could be walked: there may be more imports"
	joblib := "\x80\x03" + imp("joblib.numpy_pickle", "NumpyArrayWrapper") + "q\x00)\x81q\x01}b\xff\xff\xff\xff\xff" + imp("os", "system")
	script := torchZip(t, "\x80\x02c__torch__.Net\nModule\nq\x00)\x81.", "archive/code/__torch__/Net.py", "class Net: ...", "archive/constants.pkl", "\x80\x02).")
	for what, c := range map[string]struct {
		name, content, want string
		problems, notLooked int
	}{
		"evil archive":        {"m.pt", torchZip(t, evil), "os.system | os.system", 0, 0},
		"deflated":            {"m.pt", zipped(t, "archive/data.pkl!", evil), "os.system | os.system", 0, 0},
		"with a prefix":       {"m.pt", "#!/bin/sh\n\x00" + torchZip(t, evil), "os.system | os.system", 0, 0},
		"a second pickle":     {"m.pt", torchZip(t, weightsPickle, "archive/other.pkl", evil), weightsImports[:23] + ", os.system, " + weightsImports[25:] + " | os.system", 0, 0},
		"another name":        {"m.pt", torchZip(t, weightsPickle, "archive/readme", evil), weightsImports[:23] + ", os.system, " + weightsImports[25:] + " | os.system", 0, 0},
		"twice":               {"m.pt", torchZip(t, "\x80\x02}.", "archive/data.pkl", evil), "os.system | os.system", 1, 0},
		"torchscript":         {"m.pt", script, "__torch__.Net.Module", 0, 0},
		"no pickle":           {"m.pt", zipped(t, "a.txt", "text"), "", 0, 1},
		"archive in archive":  {"m.mar", zipped(t, "model.pt", torchZip(t, evil), "handler.py", "import os"), "", 0, 2},
		"broken pickle":       {"m.pt", torchZip(t, evil[:len(evil)-1]+"\xff"), "os.system | os.system" + partly, 1, 0},
		"damaged archive":     {"m.pt", torchZip(t, evil)[:100], partly, 1, 0},
		"bare":                {"m.pkl", evil, "os.system | os.system", 0, 0},
		"bare without a name": {"blob", evil, "os.system | os.system", 0, 0},
		"protocol 0":          {"m.pickle", "cos\nsystem\n(S'echo'\ntR.", "os.system | os.system", 0, 0},
		"protocol 0, blob":    {"blob", "cos\nsystem\n(S'echo'\ntR.", "os.system | os.system", 0, 0},
		"data behind":         {"m.pkl", weightsPickle + "\x00\x01\x02", weightsImports, 0, 0},
		"two pickles":         {"m.pkl", "\x80\x02}." + evil, "os.system | os.system", 0, 0},
		"numbers behind":      {"m.pkl", weightsPickle + "\x80\x02\xff\xff", weightsImports, 0, 0},
		"legacy":              {"m.pth", legacy, weightsImports, 0, 0},
		"legacy, protocol 1":  {"m.pth", legacy1, weightsImports, 0, 0},
		"legacy, protocol 4":  {"blob", legacy4, weightsImports, 0, 0},
		"legacy, cut":         {"m.pth", legacy[:200], weightsImports + partly, 1, 0},
		"legacy, evil":        {"m.pth", strings.Replace(legacy, weightsPickle, evil, 1), "os.system | os.system", 0, 0},
		"tar":                 {"m.pt", tarred(t, "sys_info", "\x80\x02}.", "pickle", evil, "tensors", "\x80\x02K\x00."+"\x01\x02"), "os.system | os.system", 0, 0},
		"tar, no pickle":      {"m.pt", tarred(t, "a.txt", "text"), "", 0, 1},
		"joblib":              {"m.joblib", joblib, "joblib.numpy_pickle.NumpyArrayWrapper | joblib.numpy_pickle.NumpyArrayWrapper" + partly, 0, 1},
		"zlib":                {"m.joblib", packed(t, evil, false), "os.system | os.system", 0, 0},
		"gzip":                {"m.pkl", packed(t, evil, true), "os.system | os.system", 0, 0},
		"damaged zlib":        {"m.joblib", packed(t, strings.Repeat(evil, 50), false)[:40], "os.system | os.system" + partly, 1, 0},
		"bzip2 of nothing":    {"m.joblib", "BZh9\x00\x00", partly, 1, 0},
		"xz":                  {"m.joblib", "\xfd7zXZ\x00\x00\x04", partly, 1, 0},
		"7z":                  {"m.pt", "7z\xbc\xaf\x27\x1c\x00\x04", partly, 1, 0},
		"something else":      {"m.pt", "\x00\x01\x02\x03", "", 1, 0},
		"empty":               {"m.pt", "", "", 1, 0},
		"called safetensors":  {"m.safetensors", evil, "os.system | os.system", 1, 0},
		"archive as GGUF":     {"m.gguf", torchZip(t, evil), "os.system | os.system", 1, 0},
		"cut":                 {"m.pt", evil[:20], "os.system | os.system" + partly, 1, 0},
		"computed":            {"m.pkl", "\x80\x04h\x63" + word("x") + "\x93.", " | a name that is computed while the pickle is loaded", 0, 0},
		"extension":           {"m.pkl", "\x80\x02\x82\x01.", " | a number of the copyreg registry, whose meaning the file does not tell", 0, 0},
	} {
		res := artifacttest.Content(t, New(), c.name, []byte(c.content))
		if got := imports(res); got != c.want || len(res.Problems) != c.problems || len(res.NotExamined) != c.notLooked {
			t.Errorf("%s: %q, want %q, %+v %+v", what, got, c.want, res.Problems, res.NotExamined)
		}
		if what != "no pickle" && what != "archive in archive" && what != "tar, no pickle" && what != "something else" && what != "empty" &&
			(len(res.Signals) == 0 || res.Signals[0].Signal != "unsafe-serialisation") {
			t.Errorf("%s: %+v, want unsafe-serialisation", what, res.Signals)
		}
	}
}

// TestManyImports: evidence names the first, the property all.
func TestManyImports(t *testing.T) {
	p := "\x80\x02"
	for i := range 30 {
		p += imp("m", fmt.Sprintf("f%02d", i))
	}
	res := artifacttest.Content(t, New(), "m.pkl", []byte(p+"."))
	if got := imports(res); strings.Count(got, "m.f") != 30+shownImports || !strings.HasSuffix(got, "m.f19 and 10 more") {
		t.Error(got)
	}
}

func TestKind(t *testing.T) {
	for _, c := range []struct {
		name, content string
		kind          inventory.Kind
		role          string
	}{
		{"m.pt", evil, inventory.Model, artifact.Weights}, {"data.pkl", evil, "", artifact.Weights}, {"state.pck", evil, "", artifact.Weights}, {"m.joblib", evil, inventory.Model, artifact.Weights},
		{"m.pkl", "\x80\x02" + imp("sklearn.svm", "SVC") + ".", inventory.Model, artifact.Weights}, {"m.pkl", legacy, inventory.Model, artifact.Weights},
		{"training_args.bin", torchZip(t, evil), inventory.Model, artifact.Recipe},
	} {
		if res := artifacttest.Content(t, New(), c.name, []byte(c.content)); res.Kind != c.kind || res.Role != c.role {
			t.Errorf("%s: %s %s", c.name, res.Kind, res.Role)
		}
	}
}

func TestTexts(t *testing.T) {
	b := torchZip(t, weightsPickle, "archive/extra/config.txt", `{"license": "AGPL-3.0 License", "author": "Org"}`, "archive/LICENSE", "A license.",
		"archive/extra/other.txt", "text", "archive/licenses.py", "x")
	res := artifacttest.Content(t, New(), "m.torchscript.pt", []byte(b))
	if len(res.Texts) != 1 || string(res.Texts[0].Content) != "A license." || res.Texts[0].Name != "archive/LICENSE" {
		t.Errorf("%+v", res.Texts)
	}
	if len(res.Licenses) != 1 || res.Licenses[0].Value != "AGPL-3.0 License" || res.Publisher != "Org" || len(res.Problems) > 0 {
		t.Errorf("%+v", res)
	}
}

func TestMatch(t *testing.T) {
	words := strings.Repeat("cab\ncabin\ncable\n", 50)
	for _, c := range []struct {
		name, content string
		want          bool
	}{
		{"m.pkl", `amends "package://pkg.pkl-lang.org/x"`, false}, {"Config.pkl", "c = 1\n", false}, {"messages.pt", "Olá mundo\n", false},
		{"tutor.pt", "Ol\xe1 mundo\r\n" + strings.Repeat("a", 600), false}, {"x.ckpt", "\x00\x01", false}, {"m.bin", "\x7fELF\x02\x01", false},
		{"m.bin", "GGUF\x03\x00\x00\x00", false}, {"m.pt", "GGUF\x03\x00\x00\x00", false}, {"m.pt", "version https://git-lfs.github.com/spec/v1\n", false},
		{"m.bin", "\x10\x00\x00\x00\x00\x00\x00\x00{\"a\":{}}", false}, {"m.h5", "\x89HDF\r\n\x1a\n\x00", false},
		{"a.zip", zipped(t, "a.txt", "x"), false}, {"a.jar", zipped(t, "META-INF/x", "x"), false}, {"a.zip", torchZip(t, evil), true},
		{"c-words.txt", words, false}, {"c.txt", "cab\ncabin\n.", true}, {"poem.txt", "In the end\nchapter one\nblue\n(R.", false},
		{"x.lisp", "(defun f (x) x)", false}, {"x", ".", false}, {"x.pkl", ".", false}, {"x.pkl", "", false}, {"x.pt", "", true},
		{"random.bin", "\x80\x02\xfe\xfd\xfc", false}, {"random.bin", "\x80\x02", false},
		{"list.pkl", "(lp0\nI1\naI2\na.", true}, {"list.txt", "(lp0\nI1\naI2\na.", false},
		{"long.pkl", "(lp0\n" + strings.Repeat("I1\na", 300) + ".", true},
		{"m.pt", "\x80\x02", true}, {"m.pth", "\xff\xfe\xfd\xfc \x00", true},
		{"agents.txt", "MozillaMacintosh\nMozillaX\n(R.", false}, {"exports.txt", "aligned_alloc\n" + strings.Repeat("sqlite3_init\n", 60), false},
		{"failing.txt", "Required.Proto3\nRequired\n(R.", false}, {"blob", "(ios\nsystem\n.", true},
	} {
		tree := artifacttest.NewTree(map[string]string{c.name: c.content})
		if got := New().Match(tree.File(c.name)); got != c.want {
			t.Errorf("%s %.20q: %v", c.name, c.content, got)
		}
	}
}

// TestAllowed: the table is what it says.
func TestAllowed(t *testing.T) {
	names, beginnings := allowed()
	if len(names) < 100 || len(beginnings) != 1 {
		t.Error(len(names), beginnings)
	}
	for n, want := range map[string]bool{
		"torch._utils._rebuild_tensor_v2": true, "__torch__.a.B": true, "torch.storage._load_from_bytes": false, "os.system": false,
		"torch": false, "": false, "collections.OrderedDict.x": false, "builtins.eval": false, "numpy.testing._private.utils.runstring": false,
	} {
		if isAllowed(n) != want {
			t.Errorf("%s: %v", n, !want)
		}
	}
}

// TestSparse: of archives and pickles of 20 GB little is read.
func TestSparse(t *testing.T) {
	const size = 20 << 30
	for what, c := range map[string]struct {
		content string
		want    diag.Kind
	}{
		"zeros":         {"PK\x03\x04", diag.Malformed},
		"one long text": {"\x80\x02" + imp("os", "system") + "B\xff\xff\xff\xff", diag.Malformed},
		"numbers":       {legacy, ""},
	} {
		tree := artifacttest.NewTree(nil)
		tree.Sparse("m.pt", []byte(c.content), size)
		res := artifacttest.Read(t, New(), tree.File("m.pt"))
		if c.want == "" && len(res.Problems) > 0 || c.want != "" && (len(res.Problems) != 1 || res.Problems[0].Kind != c.want) {
			t.Errorf("%s: %+v", what, res.Problems)
		}
		if tree.Bytes() > 256<<10 {
			t.Errorf("%s: %d bytes read", what, tree.Bytes())
		}
	}
}

// TestCost: an archive cannot make the reader work more than a bare pickle can.
func TestCost(t *testing.T) {
	big := strings.Repeat("\x00", 200<<10) // packed to almost nothing
	files := []string{}
	for i := range 8 {
		files = append(files, fmt.Sprintf("archive/%d.pkl!", i), sized4arg('B', big)+".")
	}
	tree := artifacttest.NewTree(map[string]string{"m.pt": zipped(t, files...)})
	f := tree.File("m.pt")
	src, err := f.Open()
	if err != nil {
		t.Fatal(err)
	}
	x := &file{f: f, src: src, res: &artifact.Result{}, walker: newWalker(), budget: 1 << 20}
	err = x.read()
	if p := new(diag.Problem); !errors.As(err, &p) || p.Kind != diag.Limit || !x.partly || x.walker.pickles > 6 {
		t.Errorf("%v after %d pickles", err, x.walker.pickles)
	}
	files = nil
	for i := range 500 {
		files = append(files, fmt.Sprintf("archive/%d.pkl", i), "\x80\x02\xff")
	}
	res := artifacttest.Content(t, New(), "m.pt", []byte(zipped(t, files...)))
	if n := len(res.Problems); n != maxFaults+1 || res.Problems[n-1].Kind != diag.Limit {
		t.Errorf("%d problems", len(res.Problems))
	}
	// A thousand files that are not pickles are looked at, and no more.
	files = []string{"archive/data.pkl", weightsPickle}
	for i := range maxSniffs + 5 {
		files = append(files, fmt.Sprintf("archive/x%d", i), "text")
	}
	res = artifacttest.Content(t, New(), "m.pt", []byte(zipped(t, files...)))
	if len(res.NotExamined) != 1 || len(res.Problems) > 0 {
		t.Errorf("%+v", res.NotExamined)
	}
}

func TestTruncations(t *testing.T) {
	artifacttest.Truncations(t, New(), "m.pt", []byte(torchZip(t, weightsPickle)), 0)
	artifacttest.Truncations(t, New(), "m.pt", []byte(weightsPickle), 0)
	artifacttest.Truncations(t, New(), "m.joblib", []byte(packed(t, weightsPickle, false)[:60]), 2)
}

func TestFaults(t *testing.T) {
	for name, content := range map[string]string{
		"m.pt": torchZip(t, weightsPickle, "archive/LICENSE", "A license."), "d.pt": zipped(t, "archive/data.pkl!", strings.Repeat(weightsPickle, 300)),
		"m.pkl": weightsPickle, "m.pth": legacy, "t.pt": tarred(t, "pickle", weightsPickle), "m.joblib": packed(t, weightsPickle, true),
	} {
		artifacttest.Faults(t, New(), name, []byte(content))
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{torchZip(f, evil, "archive/LICENSE", "x"), legacy, tarred(f, "pickle", evil), zipped(f, "archive/data.pkl!", evil), weightsPickle} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		artifacttest.Hostile(t, New(), "m.pt", b, 3*MaxRead)
	})
}

// BenchmarkWalk is a pickle of two million opcodes.
func BenchmarkWalk(b *testing.B) {
	tree := artifacttest.NewTree(map[string]string{"m.pkl": "\x80\x02" + strings.Repeat("(dp0\nK\x01X\x01\x00\x00\x00aq\x0100", 2_000_000/8) + "."})
	f := tree.File("m.pkl")
	b.ReportAllocs()
	for b.Loop() {
		if res, err := New().Read(f); err != nil || len(res.Problems) > 0 {
			b.Fatal(err, res)
		}
	}
}
