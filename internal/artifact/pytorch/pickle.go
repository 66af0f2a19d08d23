package pytorch

import (
	"encoding/binary"
	"errors"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// The limits of a pickle; fickling's (fickle.py) with room for large
// vocabularies.
const (
	MaxOpcodes = 10_000_000
	MaxStack   = 1 << 20
	MaxMemo    = 4 << 20
	MaxRead    = 64 << 20 // bytes that are read of one pickle
	MaxNumber  = 1 << 20  // bytes of a number that is written in digits

	maxWord  = 256     // bytes of a text that may be the name of a module
	maxWords = 500_000 // such texts that are kept
	maxBytes = 8 << 20 // bytes of them
	maxNames = 10_000  // different imports
)

// highestProtocol is Python's pickle.HIGHEST_PROTOCOL.
const highestProtocol = 5

// import_ is a global that loading the pickle imports: module.name. Empty
// halves are computed while it is loaded.
type import_ struct{ module, name string }

// walker goes through the opcodes of pickles one by one. It carries nothing
// out: of the values on the stack it knows only texts, because the names of
// imports are taken from there. One walker walks all pickles of a file, so that
// its limits hold for the file.
type walker struct {
	r *binread.Reader

	stack []int32          // number of a text in words, or one of the values below
	memo  []int32          // the same; missing where nothing was stored
	far   map[uint64]int32 // places of the memo that are far behind the others
	used  int              // places of the memo that hold something
	words []string
	bytes int

	ops      int
	pickles  int
	protocol int
	// invalid says that what stands at the last position is no pickle, rather
	// than that it ends too early or is too long.
	invalid bool

	imports   map[import_]bool
	calls     int  // opcodes that call something
	starved   bool // before any call, an opcode took what was not there
	computed  bool // some import cannot be told from the opcodes
	extension bool // some import goes by a number of copyreg
}

// Values of the stack and the memo that are no text.
const (
	value   = -1
	mark    = -2
	missing = -3
)

func newWalker() *walker { return &walker{imports: map[import_]bool{}} }

// walk goes through one pickle, up to its STOP.
func (w *walker) walk(r *binread.Reader) error {
	w.r = r
	w.stack, w.memo, w.far, w.used, w.invalid = w.stack[:0], w.memo[:0], nil, 0, false
	for {
		at := w.r.Pos()
		if w.ops++; w.ops > MaxOpcodes {
			return w.r.Over(at, "opcodes", MaxOpcodes, int64(w.ops))
		}
		b, err := w.r.Byte()
		if err != nil {
			return err
		}
		op := opcodes[b]
		if !op.valid {
			return w.bad(at, "byte %#02x is no opcode of a pickle", b)
		}
		if err := w.do(b, op, at); err != nil {
			return err
		}
		if op.effect == stop {
			w.pickles++
			return nil
		}
	}
}

// bad is a Problem for what is no pickle.
func (w *walker) bad(at int64, format string, args ...any) error {
	w.invalid = true
	return w.r.Fail(at, format, args...)
}

// do reads the argument and keeps the stack.
func (w *walker) do(b byte, op opcode, at int64) error {
	switch op.effect {
	case pushText:
		word, err := w.text(op.arg)
		if err != nil {
			return err
		}
		return w.push(word)
	case global, instance:
		return w.global(op, at)
	case store, fetch:
		i, err := w.index(op.arg)
		if err != nil {
			return err
		}
		if op.effect == store {
			return w.store(i, at)
		}
		return w.push(w.fetch(i))
	}
	if b == 0x80 {
		return w.proto(at)
	}
	if err := w.skip(op.arg, at); err != nil {
		return err
	}
	if err := w.plain(op.effect, at); err != nil {
		return err
	}
	switch b {
	case 'R', 'o', 0x81, 0x92:
		w.calls++
	}
	return nil
}

// plain keeps the stack for an opcode whose argument does not matter.
func (w *walker) plain(e effect, at int64) error {
	switch e {
	case push:
		return w.push(value)
	case pushMark:
		return w.push(mark)
	case popMark:
		w.popMark()
	case markPush:
		w.popMark()
		return w.push(value)
	case double:
		return w.push(w.top())
	case storeNext:
		return w.store(uint64(w.used), at)
	case extension:
		w.extension = true
		return w.push(value)
	case globalOf:
		name, module := w.pop(), w.pop()
		w.add(w.word(module), w.word(name))
		return w.push(value)
	default:
		for range pops[e] {
			w.pop()
		}
		if e == take1 || e == take2 || e == take3 {
			return w.push(value)
		}
	}
	return nil
}

// proto reads the number of the protocol.
func (w *walker) proto(at int64) error {
	v, err := w.r.Byte()
	if err != nil {
		return err
	}
	if v > highestProtocol {
		return w.bad(at, "a pickle of protocol %d; 0 to %d are known", v, highestProtocol)
	}
	w.protocol = max(w.protocol, int(v))
	return nil
}

// skip goes past an argument.
func (w *walker) skip(arg argument, at int64) error {
	switch arg {
	case fixed1, fixed2, fixed4, fixed8:
		return w.r.Skip(1 << (arg - fixed1))
	case sized1, sized4, sized8:
		n, err := w.size(arg)
		if err != nil {
			return err
		}
		return w.r.Skip(n)
	case line:
		_, err := w.line(MaxNumber)
		return err
	}
	return nil
}

// size reads the length of an argument.
func (w *walker) size(arg argument) (uint64, error) {
	switch arg {
	case sized1:
		b, err := w.r.Byte()
		return uint64(b), err
	case sized4:
		n, err := w.r.U32(binary.LittleEndian)
		return uint64(n), err
	}
	return w.r.U64(binary.LittleEndian)
}

// line reads up to a line feed. A line of a binary file that does not end is no
// argument.
func (w *walker) line(limit int64) (string, error) {
	at := w.r.Pos()
	s, err := w.r.Line(limit)
	if p := new(diag.Problem); errors.As(err, &p) && p.Kind == diag.Limit && p.Limit == limit {
		return "", w.bad(at, "a line of more than %d bytes", limit)
	}
	return s, err
}

// text reads a text and returns its number, or value for one that cannot be the
// name of a module as it is written.
func (w *walker) text(arg argument) (int32, error) {
	switch arg {
	case quoted:
		s, err := w.line(MaxNumber)
		if err != nil {
			return 0, err
		}
		s = strings.TrimSpace(s)
		if len(s) < 2 || s[0] != s[len(s)-1] || s[0] != '\'' && s[0] != '"' {
			return 0, w.bad(w.r.Pos(), "a text without quotes")
		}
		return w.keep(s[1:len(s)-1], true), nil
	case line:
		s, err := w.line(MaxNumber)
		return w.keep(s, true), err
	}
	n, err := w.size(arg)
	if err != nil {
		return 0, err
	}
	if n > maxWord {
		return value, w.r.Skip(n)
	}
	s, err := w.r.Text(n, maxWord)
	return w.keep(s, false), err
}

// keep numbers a text. Escapes of the two text forms are not decoded: a name
// that has some is one that cannot be told.
func (w *walker) keep(s string, escapes bool) int32 {
	if len(s) > maxWord || escapes && strings.Contains(s, `\`) || len(w.words) == maxWords || w.bytes+len(s) > maxBytes {
		return value
	}
	w.bytes += len(s)
	w.words = append(w.words, s)
	return int32(len(w.words) - 1)
}

// word is the text of a value, "" for one that is not known.
func (w *walker) word(v int32) string {
	if v < 0 {
		return ""
	}
	return w.words[v]
}

func (w *walker) push(v int32) error {
	if len(w.stack) == MaxStack {
		return w.r.Over(w.r.Pos(), "values on the stack of a pickle", MaxStack, MaxStack+1)
	}
	w.stack = append(w.stack, v)
	return nil
}

// pop takes the last value. Python stops at an empty stack; here the imports
// that follow are still listed.
func (w *walker) pop() int32 {
	v := w.top()
	if len(w.stack) == 0 {
		w.starve()
		return v
	}
	w.stack = w.stack[:len(w.stack)-1]
	return v
}

func (w *walker) starve() { w.starved = w.starved || w.calls == 0 }

func (w *walker) top() int32 {
	if len(w.stack) == 0 {
		return value
	}
	return w.stack[len(w.stack)-1]
}

func (w *walker) popMark() {
	for len(w.stack) > 0 {
		if w.pop() == mark {
			return
		}
	}
	w.starve()
}

// global reads the two lines of an import.
func (w *walker) global(op opcode, at int64) error {
	module, err := w.line(MaxNumber)
	if err != nil {
		return err
	}
	name, err := w.line(MaxNumber)
	if err != nil {
		return err
	}
	if module == "" || name == "" {
		return w.bad(at, "an import without a name")
	}
	w.add(module, name)
	if op.effect == instance {
		w.popMark()
		w.calls++
	}
	return w.push(value)
}

// add lists an import.
func (w *walker) add(module, name string) {
	i := import_{module, name}
	switch {
	case w.imports[i]:
	case module == "" || name == "" || len(module) > maxWord || len(name) > maxWord || len(w.imports) == maxNames:
		w.computed = true
	default:
		w.imports[i] = true
	}
}
