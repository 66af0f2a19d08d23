package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/licensecheck"

	"github.com/rukhsa/rukhsa/internal/detect/engine/format"
)

// TestFresh: the committed tables are what the generator writes.
func TestFresh(t *testing.T) {
	want := filepath.Join(t.TempDir(), "tables.bin")
	if code := run(want, io.Discard); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	wantData, err := os.ReadFile(want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join("..", "tables.bin"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(wantData, got) {
		t.Error("tables.bin is stale: go run ./internal/detect/engine/gen")
	}
}

func TestRunError(t *testing.T) {
	var stderr strings.Builder
	if code := run(filepath.Join(t.TempDir(), "no", "such", "folder"), &stderr); code != 1 || stderr.Len() == 0 {
		t.Errorf("exit code %d and message %q, want 1 and a message", code, &stderr)
	}
}

// listing writes a program down, one instruction a word.
func listing(prog []inst, words []string) string {
	var b strings.Builder
	for _, in := range prog {
		switch in.op {
		case format.OpWord:
			b.WriteString(words[in.arg] + " ")
		case format.OpAny:
			b.WriteString(". ")
		default:
			name := map[format.Op]string{format.OpAlt: "alt", format.OpJump: "jump", format.OpCut: "cut", format.OpMatch: "match"}[in.op]
			b.WriteString(name + ":" + strconv.Itoa(max(in.arg, -in.arg)) + " ")
		}
	}
	return strings.TrimSpace(b.String())
}

func TestCompile(t *testing.T) {
	for _, tt := range []struct{ lre, want string }{
		{"a b", "a b"},
		{"a //** note **// b", "a b"},
		{"a\n((b))??\nc", "a alt:1 b c"},
		{"a\n((b || c d))\ne", "a alt:2 b jump:2 c d e"},
		{"a\n((b || c || ))\ne", "a alt:2 b jump:3 alt:2 c jump:0 e"},
		{"a __2__ b c", "a alt:3 . alt:1 . b c"},
		{"a __4__ b c d e", "a alt:7 . alt:5 . alt:3 . alt:1 . b c d cut:12 e"},
		{"a __4__ b c", "a alt:7 . alt:5 . alt:3 . alt:1 . b c cut:11"},
		{"a ____ b", "a b"},
	} {
		d := &dict{}
		n, err := parse(d, tt.lre)
		if err != nil {
			t.Errorf("%q: %v", tt.lre, err)
			continue
		}
		prog, err := compile(n)
		if err != nil {
			t.Errorf("%q: %v", tt.lre, err)
			continue
		}
		if diff := cmp.Diff(tt.want, listing(prog, d.words)); diff != "" {
			t.Errorf("%q: -want +got\n%s", tt.lre, diff)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	for _, tt := range []struct{ lre, want string }{
		{"a b ))", "unexpected ))"},
		{"(( a b", "missing ))"},
		{"??", "nothing before ??"},
		{"a //** b", "//** without **//"},
		{"a b __5__", "nothing must follow"},
		{"__5__ a b", "two plain words"},
		{"a __5__ b", "two plain words"},
		{"a", "two plain words"},
		{"((a))??\n((b))??\nc", "two plain words"},
		{"a a b", "same word twice"},
		{"a b __99999__ c", "wildcard"},
		{"a b __99999999999999999999__ c", "wildcard"},
	} {
		_, err := build([]licensecheck.License{{ID: "x", LRE: tt.lre}})
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "x: ") {
			t.Errorf("%q: error %v, want x: … %s", tt.lre, err, tt.want)
		}
	}
}

// FuzzParse: whatever the parser accepts compiles to a program whose targets
// lie inside it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"a\n((b || c))??\n__5__ d e f g", "(( || ))", "a ?? ?? __1__", "a //** b **// c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, lre string) {
		if len(lre) > 1000 {
			t.Skip()
		}
		n, err := parse(&dict{}, lre)
		if err != nil {
			return
		}
		prog, err := compile(n)
		if err != nil {
			return
		}
		leading(n)
		for pc, in := range prog {
			to := pc + 1
			switch in.op {
			case format.OpAlt, format.OpJump, format.OpCut:
				to += in.arg
			}
			if to < 0 || to > len(prog) || in.op == format.OpCut && prog[to].op != format.OpAlt {
				t.Fatalf("instruction %d %v aims at %d of %d", pc, in, to, len(prog))
			}
		}
	})
}
