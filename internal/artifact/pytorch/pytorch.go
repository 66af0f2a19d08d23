// Package pytorch reads weights that are Python pickles: PyTorch's archives and
// its files from before them, joblib's, and bare ones. Nothing is ever
// unpickled. The opcodes are walked one by one to list the globals that loading
// would import; those outside the short table allowed.tsv are signals.
//
// This is no scanner for malware: what an allowed global is made to do is not
// followed. Opcodes are those of Python's Lib/pickletools.py, archives those of
// caffe2/serialize/inline_container.cc.
package pytorch

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/zipdir"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// Extensions of files that PyTorch, joblib or pickle wrote. Files called .bin
// or .ckpt may be anything, and are taken by their content only.
var (
	torchNames  = []string{".pt", ".pth", ".ptl", ".pt2"}
	pickleNames = []string{".pkl", ".pickle", ".joblib"}
	looseNames  = []string{".bin", ".ckpt", ".mar"}
)

// harmless are extensions of formats that hold no code.
var harmless = []string{".safetensors", ".gguf", ".onnx", ".tflite", ".json", ".txt", ".md", ".parquet"}

// others are beginnings of formats with readers of their own, whatever the name.
var others = [][]byte{[]byte("GGUF"), []byte("\x89HDF\r\n\x1a\n"), []byte("lmgg"), []byte("tjgg")}

// New returns the reader.
func New() artifact.Reader { return reader{} }

type reader struct{}

func (reader) Format() string { return "pytorch" }

// Match takes what begins as a pickle or as an archive with one, and what has
// one of the names and is no text.
func (reader) Match(f *artifact.File) bool {
	if f.IsPointer() || slices.ContainsFunc(others, func(o []byte) bool { return bytes.HasPrefix(f.Head, o) }) || isSafetensors(f.Head) {
		return false
	}
	named := f.Has(torchNames...) || f.Has(pickleNames...)
	if zipdir.IsStart(f.Head) {
		return named || f.Has(looseNames...) || isPickleName(zipdir.First(f.Head))
	}
	if isLegacy(f.Head) || looksPickled(f.Head, f.Size, named) {
		return true
	}
	return named && !isText(f.Head) || named && f.Has(torchNames...) && f.Size == 0
}

// isSafetensors tells the other format that is often called .bin.
func isSafetensors(h []byte) bool {
	return len(h) > 9 && h[7] == 0 && h[6] == 0 && h[8] == '{' && h[9] == '"'
}

// isText reports whether a head is text in any encoding of bytes: Apple's Pkl
// and texts in Portuguese have the same extensions.
func isText(h []byte) bool {
	for _, b := range h {
		if b < 0x20 && !bytes.ContainsRune([]byte("\t\n\r\f\x1b"), rune(b)) {
			return false
		}
	}
	return true
}

// isPickleName tells the entries of an archive that are pickles.
func isPickleName(name string) bool {
	switch path.Ext(name) {
	case ".pkl", ".pickle":
		return true
	}
	return false
}

// module is the name of a Python module.
var module = lazyre.New(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// looksPickled walks the head of a file. Without a name that says so, a pickle
// must begin with its protocol, or import and call something.
func looksPickled(head []byte, size int64, named bool) bool {
	if len(head) < 2 || head[0] == '.' {
		return false
	}
	w := newWalker()
	err := w.walk(binread.New("", bytes.NewReader(head), int64(len(head)), MaxRead))
	if w.invalid || err != nil && int64(len(head)) == size {
		return false
	}
	if head[0] == 0x80 {
		return true
	}
	if w.starved {
		return false
	}
	for i := range w.imports {
		if !module.MatchString(i.module) {
			return false
		}
	}
	whole := err == nil && w.r.Pos() == size
	return whole && (named || len(w.imports) > 0) || err != nil && (named && w.ops > 2 || len(w.imports) > 0 && w.calls > 0)
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	res := &artifact.Result{Role: artifact.Weights}
	if f.Has(torchNames...) || f.Has(looseNames...) || f.Has(".joblib") { // other pickles tell by what they import
		res.Kind = inventory.Model
	}
	if f.Base() == "training_args.bin" { // transformers' TrainingArguments
		res.Role = artifact.Recipe
	}
	x := &file{f: f, src: src, res: res, walker: newWalker(), budget: MaxRead}
	if f.Has(harmless...) {
		res.Problems = append(res.Problems, f.Problem(diag.Mismatch, 0, "do not load the file before you know why it has that name",
			"is called %s and holds pickles", path.Ext(f.Base())))
	}
	err = x.read()
	facts(res, x.walker, x.partly)
	return res, res.Fail(err)
}

// file is a file that is being read.
type file struct {
	f      *artifact.File
	src    fsx.File
	res    *artifact.Result
	walker *walker
	partly bool  // some pickle was not walked to its end
	budget int64 // bytes that may still be read or unpacked, of all entries
}

// read tells the container by its first bytes.
func (x *file) read() error {
	head := x.f.Head
	switch {
	case zipdir.IsStart(head):
		return x.archive()
	case len(head) > 262 && string(head[257:262]) == "ustar":
		return x.tarball()
	case isLegacy(head), looksPickled(head, x.f.Size, true), len(head) > 1 && head[0] == 0x80:
		return x.bare()
	}
	if done, err := x.packed(); done {
		return err
	}
	if ok, err := zipdir.Sniff(x.f.Shown(), x.src, x.f.Size); ok || err != nil {
		if err != nil {
			return err
		}
		return x.archive()
	}
	p := x.f.Problem(diag.Unsupported, 0, "look at the file yourself, and fetch it again if it is damaged",
		"neither a zip archive nor a pickle (it begins with %.8q)", head)
	if x.f.Size == 0 {
		p = x.f.Problem(diag.Malformed, 0, "fetch the file again", "an empty file")
	}
	return &p
}

// bare reads a file that is one pickle or, as PyTorch wrote them before version
// 1.6, several with the numbers behind them.
func (x *file) bare() error {
	x.res.Property("format", "pickle")
	r := binread.New(x.f.Shown(), x.src, x.f.Size, MaxRead)
	legacy := isLegacy(x.f.Head)
	if legacy {
		x.res.Kind = inventory.Model
		x.res.Property("container", "pytorch before 1.6")
	}
	return x.pickles(r, legacy)
}

// The first pickle of such a file is the number 0x1950a86a20f9469cfc6c
// (torch/serialization.py, MAGIC_NUMBER): in bytes behind a few others, or in
// protocols 0 and 1 in digits.
var (
	legacyMagic  = []byte("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.")
	legacyDigits = []byte("L119547037146038801333356L\n.")
)

// legacyPickles are its pickles: magic, protocol, system, object, keys.
const legacyPickles = 5

func isLegacy(head []byte) bool {
	return bytes.HasPrefix(head, legacyDigits) || bytes.Contains(head[:min(len(head), 32)], legacyMagic)
}

// pickles walks the pickles that follow one another.
func (x *file) pickles(r *binread.Reader, legacy bool) error {
	defer x.spend(r)
	w := x.walker
	for n := 0; ; n++ {
		err := w.walk(r)
		switch {
		case err == nil && legacy && n+1 == legacyPickles:
			return nil // numbers follow
		case err == nil:
		case n > 0 && !legacy && w.invalid:
			return nil // whatever the program keeps behind its pickle
		case arrays(w) && w.invalid:
			x.partly = true
			x.res.NotExamined = append(x.res.NotExamined, diag.NotExamined{Path: x.f.Shown(), What: "rest of a pickle",
				Why: "the numbers of an array stand between its opcodes, as joblib writes them"})
			return nil
		default:
			x.partly = true
			return binread.In(err, "pickle")
		}
		if legacy {
			continue
		}
		next, err := r.Peek(2)
		if err != nil {
			x.partly = true
			return binread.In(err, "behind a pickle")
		}
		if len(next) < 2 || next[0] != 0x80 || next[1] > highestProtocol {
			return nil
		}
	}
}

// spend counts what was read or unpacked.
func (x *file) spend(r *binread.Reader) { x.budget = max(0, x.budget-r.Spent()) }

// arrays reports whether joblib wrote the pickle with numbers between opcodes.
func arrays(w *walker) bool {
	for i := range w.imports {
		if strings.HasSuffix(i.module, "joblib.numpy_pickle") && i.name == "NumpyArrayWrapper" {
			return true
		}
	}
	return false
}
