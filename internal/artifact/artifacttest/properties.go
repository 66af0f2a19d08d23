package artifacttest

import (
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// The words that a Result may use, as the fields' comments list them.
var (
	roles = []string{"", artifact.Card, artifact.Config, artifact.Adapter, artifact.Weights, artifact.Manifest,
		artifact.Recipe, artifact.SBOM, artifact.API, artifact.Pointer, artifact.Package, artifact.Declaration}
	sources   = []string{"card", "tag", "model-file", "layer", "api", "sbom", "package", "declaration"}
	relations = []string{"", "finetune", "adapter", "quantized", "merge", "distill", "dataset", "source-dataset", "teacher", "component"}
	parts     = []string{"code", "dataset", "parameters"}
	groups    = []string{"security", "privacy", "misuse", "provenance"}
	kinds     = []diag.Kind{diag.Unreadable, diag.Malformed, diag.Limit, diag.Unsupported, diag.Mismatch, diag.Timeout, diag.Missing, diag.Internal}
)

// Read reads a file that the reader must take for its own, and checks that the
// result is well formed.
func Read(t testing.TB, r artifact.Reader, f *artifact.File) *artifact.Result {
	t.Helper()
	if !r.Match(f) {
		t.Fatalf("%s does not match %s (head %.40q)", r.Format(), f.Shown(), f.Head)
	}
	res, err := r.Read(f)
	if err != nil {
		t.Fatalf("%s: %v", f.Shown(), err)
	}
	check(t, f, res)
	return res
}

// Content reads a file of that name and content, alone in its tree.
func Content(t testing.TB, r artifact.Reader, name string, content []byte) *artifact.Result {
	t.Helper()
	tree := NewTree(nil)
	tree.Sparse(name, content, int64(len(content)))
	return Read(t, r, tree.File(name))
}

// check reports words that no reader may use, and problems that say too little.
func check(t testing.TB, f *artifact.File, res *artifact.Result) {
	t.Helper()
	if res == nil {
		t.Fatalf("%s: neither a result nor an error", f.Shown())
	}
	one := func(what, word string, of []string) {
		if !slices.Contains(of, word) {
			t.Errorf("%s: %s %q is none of %q", f.Shown(), what, word, of)
		}
	}
	one("role", res.Role, roles)
	for _, s := range res.Licenses {
		one("source", s.Source, sources)
		if s.Field == "" || s.Value == "" && s.Name == "" && s.Link == "" {
			t.Errorf("%s: empty statement %+v", f.Shown(), s)
		}
	}
	for _, l := range res.Lineage {
		one("relation", l.Relation, relations)
		if l.ID == "" || l.Field == "" {
			t.Errorf("%s: empty link %+v", f.Shown(), l)
		}
	}
	for _, p := range res.Parts {
		one("part", p.Part, parts)
		one("presence", p.Present, []string{"yes", "no"})
	}
	for _, s := range res.Signals {
		one("group", s.Group, groups)
		if s.Signal == "" || s.Evidence == "" {
			t.Errorf("%s: empty signal %+v", f.Shown(), s)
		}
	}
	for _, p := range res.Problems {
		if p.Path != f.Shown() || p.Message == "" || p.Help == "" || !slices.Contains(kinds, p.Kind) || p.Offset < 0 {
			t.Errorf("%s: problem that says too little: %+v", f.Shown(), p)
		}
	}
	for _, n := range res.NotExamined {
		if n.Path == "" || n.What == "" || n.Why == "" {
			t.Errorf("%s: says too little: %+v", f.Shown(), n)
		}
	}
}

// Hostile is the body of a fuzz target: whatever the content is, Read comes
// back with a result or an error, reads at most limit bytes, allocates in
// proportion, and says the same again.
func Hostile(t *testing.T, r artifact.Reader, name string, content []byte, limit int64) {
	tree := NewTree(nil)
	tree.Sparse(name, content, int64(len(content)))
	f := tree.File(name)
	if !r.Match(f) {
		return
	}
	// Fuzzing finds no hangs by itself; a reader has ten seconds for a file.
	defer time.AfterFunc(time.Minute, func() { panic(fmt.Sprintf("%s hangs on %q", r.Format(), content)) }).Stop()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	res, err := r.Read(f)
	runtime.ReadMemStats(&after)
	if allowed := uint64(64<<20 + 32*len(content)); after.TotalAlloc-before.TotalAlloc > allowed {
		t.Errorf("%d bytes allocated, %d allowed", after.TotalAlloc-before.TotalAlloc, allowed)
	}
	if tree.Bytes() > limit {
		t.Errorf("%d bytes read, %d allowed", tree.Bytes(), limit)
	}
	if err != nil {
		return
	}
	check(t, f, res)
	again, err := r.Read(f)
	if err != nil || !reflect.DeepEqual(res, again) {
		t.Errorf("another answer the second time: %v", err)
	}
}

// Faults makes every single read of a file fail in turn: the reader must say
// so each time.
func Faults(t *testing.T, r artifact.Reader, name string, content []byte) {
	t.Helper()
	for fault := int64(0); ; fault++ {
		tree := NewTree(nil)
		tree.Sparse(name, content, int64(len(content)))
		tree.fault = fault
		f := tree.File(name)
		res, err := r.Read(f)
		switch {
		case fault == 0: // nothing fails
			if err != nil || len(res.Problems) > 0 || tree.reads.Load() == 0 {
				t.Fatalf("%s without a fault: %v %+v after %d reads", name, err, res, tree.reads.Load())
			}
		case tree.reads.Load() < fault:
			return
		case err == nil && len(res.Problems) == 0:
			t.Errorf("%s: read %d failed, and nothing is said of it", name, fault)
		}
	}
}

// Truncations reads every beginning of a file: none may be taken for the whole.
func Truncations(t *testing.T, r artifact.Reader, name string, content []byte, from int) {
	t.Helper()
	for n := from; n < len(content); n++ {
		tree := NewTree(nil)
		tree.Sparse(name, content[:n], int64(n))
		res, err := r.Read(tree.File(name))
		if err == nil && len(res.Problems) == 0 {
			t.Errorf("%s: the first %d of %d bytes give no problem", name, n, len(content))
		}
	}
}
