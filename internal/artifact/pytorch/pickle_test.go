package pytorch

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/diag"
)

func walk(pickle string) (*walker, error) {
	w := newWalker()
	return w, w.walk(binread.New("f", strings.NewReader(pickle), int64(len(pickle)), MaxRead))
}

// names lists imports, and a ? for one that is computed.
func (w *walker) names() string {
	var list []string
	for i := range w.imports {
		list = append(list, i.module+"."+i.name)
	}
	slices.Sort(list)
	if w.computed {
		list = append(list, "?")
	}
	if w.extension {
		list = append(list, "ext")
	}
	return strings.Join(list, ", ")
}

// TestCPython: the imports of real pickles are those that their own loader asks
// for.
func TestCPython(t *testing.T) {
	list := vectors(t)
	if len(list) < 70 {
		t.Fatal("only", len(list), "vectors")
	}
	for _, v := range list {
		w, err := walk(v.pickle)
		if got := w.names(); err != nil || got != v.want || w.r.Pos() != int64(len(v.pickle)) {
			t.Errorf("%s: %q, want %q, %v", v.name, got, v.want, err)
		}
		// Without a protocol or an import in its head it could be anything.
		if tells := v.pickle[0] == 0x80 || v.want != ""; tells && !looksPickled([]byte(v.pickle[:min(512, len(v.pickle))]), int64(len(v.pickle)), true) {
			t.Errorf("%s does not look like a pickle", v.name)
		}
	}
}

// TestHidden: the ways in which a pickle can name an import.
func TestHidden(t *testing.T) {
	for what, c := range map[string]struct{ pickle, want string }{
		"global":            {imp("os", "system") + ".", "os.system"},
		"instance":          {"(S'echo'\nios\nsystem\n.", "os.system"},
		"stack":             {word("os") + word("system") + "\x93.", "os.system"},
		"memo":              {word("os") + "q\x05" + word("system") + "r\x00\x01\x00\x0000h\x05j\x00\x01\x00\x00\x93.", "os.system"},
		"memoize":           {word("os") + "\x94" + word("system") + "\x9400h\x00h\x01\x93.", "os.system"},
		"memoize counts":    {"K\x01q\x07" + word("os") + "\x94" + word("system") + "\x94000h\x01h\x02\x93.", "os.system"},
		"memo overwritten":  {word("torch") + "q\x01" + word("os") + "q\x01" + word("system") + "q\x02" + "000h\x01h\x02\x93.", "os.system"},
		"far place":         {word("os") + "r\xff\xff\xff\xff" + word("system") + "j\xff\xff\xff\xff0\x93.", "os.system"},
		"far, then near":    {word("os") + "q\x64" + "K\x01q\x00q\x01q\x30q\x5f" + "0h\x64" + word("system") + "\x93.", "os.system"},
		"lines of digits":   {"Vos\np100\n0Vsystem\np101\n0g100\ng101\n\x93.", "os.system"},
		"double":            {word("os") + "2" + "\x93.", "os.os"},
		"binstring":         {sized4arg('T', "os") + "U\x06system" + "\x93.", "os.system"},
		"long texts":        {sized4arg('X', "os") + "\x8d\x06\x00\x00\x00\x00\x00\x00\x00system" + "\x93.", "os.system"},
		"quoted":            {"S'os'\nS\"system\"\n\x93.", "os.system"},
		"pop":               {word("os") + word("x") + "0" + word("system") + "\x93.", "os.system"},
		"pop a mark":        {word("os") + "(" + "0" + word("system") + "\x93.", "os.system"},
		"pop to a mark":     {word("os") + "(K\x01K\x02" + "1" + word("system") + "\x93.", "os.system"},
		"list between":      {word("os") + "](K\x01K\x02e0" + word("system") + "\x93.", "os.system"},
		"dict between":      {word("os") + "}(K\x01K\x02u0" + word("system") + "\x93.", "os.system"},
		"tuple between":     {word("os") + "(K\x01K\x02t0" + word("system") + "\x93.", "os.system"},
		"call between":      {word("os") + imp("a", "b") + ")R0" + word("system") + "\x93.", "a.b, os.system"},
		"inside a frame":    {"\x80\x04\x95\x0e\x00\x00\x00\x00\x00\x00\x00" + word("os") + word("system") + "\x93.", "os.system"},
		"inside a tuple":    {"(" + imp("os", "system") + "t.", "os.system"},
		"dotted":            {"\x80\x04" + word("os") + word("path.join") + "\x93.", "os.path.join"},
		"escaped":           {"V\\u006fs\n" + word("system") + "\x93.", "?"},
		"escaped quotes":    {"S'\\x6fs'\n" + word("system") + "\x93.", "?"},
		"computed":          {imp("builtins", "str") + ")R" + word("system") + "\x93.", "builtins.str, ?"},
		"unknown place":     {"h\x63" + word("system") + "\x93.", "?"},
		"empty stack":       {"\x93.", "?"},
		"not a text":        {"K\x01" + word("system") + "\x93.", "?"},
		"a long name":       {sized4arg('X', strings.Repeat("o", maxWord+1)) + word("system") + "\x93.", "?"},
		"extension":         {"\x82\x01.", "ext"},
		"extension of four": {"\x84\x01\x00\x00\x00.", "ext"},
	} {
		w, err := walk(c.pickle)
		if got := w.names(); err != nil || got != c.want {
			t.Errorf("%s: %q, want %q, %v", what, got, c.want, err)
		}
	}
}

// TestBroken: what is no pickle or ends too early; imports before that are
// listed all the same.
func TestBroken(t *testing.T) {
	before := imp("os", "system")
	for what, c := range map[string]struct {
		pickle  string
		kind    diag.Kind
		invalid bool
	}{
		"no stop":            {before, diag.Malformed, false},
		"no opcode":          {before + "\xff", diag.Malformed, true},
		"protocol 6":         {before + "\x80\x06.", diag.Malformed, true},
		"half an import":     {before + "cos\n", diag.Malformed, false},
		"no module":          {before + "c\nsystem\n.", diag.Malformed, true},
		"no name":            {before + "cos\n\n.", diag.Malformed, true},
		"text too long":      {before + "X\xff\xff\xff\x7fabc", diag.Malformed, false},
		"text of 2^64":       {before + "\x8d\xff\xff\xff\xff\xff\xff\xff\xff", diag.Malformed, false},
		"bytes of 2^63":      {before + "\x8e\x00\x00\x00\x00\x00\x00\x00\x80.", diag.Malformed, false},
		"half a number":      {before + "J\x01", diag.Malformed, false},
		"place is no number": {before + "px\n.", diag.Malformed, true},
		"negative place":     {before + "p-1\n.", diag.Malformed, true},
		"no quotes":          {before + "Sabc\n.", diag.Malformed, true},
		"one quote":          {before + "S'\n.", diag.Malformed, true},
		"a line of 2 MB":     {before + "I" + strings.Repeat("1", 2<<20) + "\n.", diag.Malformed, true},
		"a deep stack":       {before + strings.Repeat("N", MaxStack+1) + ".", diag.Limit, false},
	} {
		w, err := walk(c.pickle)
		var p *diag.Problem
		if !errors.As(err, &p) || p.Kind != c.kind || w.invalid != c.invalid || !w.imports[import_{"os", "system"}] {
			t.Errorf("%s: %v, invalid %v, imports %q", what, err, w.invalid, w.names())
		}
	}
}

// TestOpcodeLimit: the limit holds for all pickles of a file together.
func TestOpcodeLimit(t *testing.T) {
	w := newWalker()
	w.ops = MaxOpcodes - 5
	pickle := imp("os", "system") + "."
	for range 2 {
		if err := w.walk(binread.New("f", strings.NewReader(pickle), int64(len(pickle)), MaxRead)); err != nil {
			t.Fatal(err)
		}
	}
	var p *diag.Problem
	if err := w.walk(binread.New("f", strings.NewReader(pickle), int64(len(pickle)), MaxRead)); !errors.As(err, &p) || p.Kind != diag.Limit {
		t.Error(err)
	}
}

func TestMemoLimit(t *testing.T) {
	w := newWalker()
	w.r = binread.New("f", strings.NewReader(""), 0, 0)
	w.used = MaxMemo
	var p *diag.Problem
	if err := w.store(7, 0); !errors.As(err, &p) || p.Kind != diag.Limit {
		t.Error(err)
	}
}

// TestManyWords: when no more texts are kept, names are computed ones, never
// others.
func TestManyWords(t *testing.T) {
	var b strings.Builder
	for range maxWords {
		b.WriteString(word("w") + "0")
	}
	b.WriteString(word("os") + word("system") + "\x93.")
	if w, err := walk(b.String()); err != nil || w.names() != "?" {
		t.Error(w.names(), err)
	}
}

func FuzzWalk(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.pickle)
	}
	f.Add(evil)
	f.Fuzz(func(t *testing.T, pickle string) {
		w, err := walk(pickle)
		var p *diag.Problem
		if err != nil && !errors.As(err, &p) {
			t.Errorf("%#v", err)
		}
		// No import is lost by what follows it.
		more, _ := walk(imp("os", "system") + pickle)
		if !more.imports[import_{"os", "system"}] {
			t.Error("an import is lost")
		}
		// An appended byte changes nothing behind STOP.
		if err == nil {
			if again, err := walk(pickle + "x"); err != nil || again.names() != w.names() {
				t.Errorf("%q and %q, %v", w.names(), again.names(), err)
			}
		}
	})
}
