package pytorch

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"os"
	"strings"
	"testing"
)

// A pickle is written as the opcodes that follow one another.

func word(s string) string { // SHORT_BINUNICODE
	return "\x8c" + string(rune(len(s))) + s
}

func imp(module, name string) string { return "c" + module + "\n" + name + "\n" }

func sized4arg(op byte, s string) string {
	return string(op) + string(binary.LittleEndian.AppendUint32(nil, uint32(len(s)))) + s
}

// weightsPickle is what torch.save writes for one tensor.
const weightsPickle = "\x80\x02ccollections\nOrderedDict\nq\x00)Rq\x01X\x01\x00\x00\x00wq\x02ctorch._utils\n_rebuild_tensor_v2\nq\x03" +
	"((X\x07\x00\x00\x00storageq\x04ctorch\nFloatStorage\nq\x05X\x01\x00\x00\x000q\x06X\x03\x00\x00\x00cpuq\x07K\x04tq\x08Q" +
	"K\x00K\x04\x85q\tK\x01\x85q\n\x89h\x00)Rq\x0btq\x0cRq\rs."

// evil calls os.system when it is loaded.
var evil = "\x80\x02" + imp("os", "system") + "X\x04\x00\x00\x00echo\x85R."

// legacy is a file of torch.save before version 1.6.
var legacy = "\x80\x02" + string(legacyMagic) + "\x80\x02M\xe9\x03." + "\x80\x02}q\x00(X\x0d\x00\x00\x00little_endianq\x01\x88u." +
	weightsPickle + "\x80\x02]q\x00X\x01\x00\x00\x000q\x01a." + "\x04\x00\x00\x00\x00\x00\x00\x00" + strings.Repeat("\x80\x02\xff", 6)

// legacy1 is the same in protocol 1, and legacy4 in protocol 4.
var (
	legacy1 = string(legacyDigits) + "M\xe9\x03." + "}q\x00(X\x0d\x00\x00\x00little_endianq\x01I01\nu." + weightsPickle[2:] + "]q\x00X\x01\x00\x00\x000q\x01a." + "\x04\x00\x00\x00"
	legacy4 = "\x80\x04\x95\x0d\x00\x00\x00\x00\x00\x00\x00" + string(legacyMagic) + "\x80\x04M\xe9\x03." + "\x80\x04}." + weightsPickle + "\x80\x04]." + "\x80\x04\xff"
)

// zipped is an archive of names and contents; a name that ends in ! is deflated.
func zipped(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		h := &zip.FileHeader{Name: strings.TrimSuffix(files[i], "!")}
		if h.Name != files[i] {
			h.Method = zip.Deflate
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(files[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// torchZip is an archive of torch.save with a pickle.
func torchZip(t testing.TB, pickle string, more ...string) string {
	return zipped(t, append([]string{"archive/data.pkl", pickle, "archive/data/0", strings.Repeat("\x80\x02.", 10), "archive/version", "3\n"}, more...)...)
}

func tarred(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Size: int64(len(files[i+1])), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		w.Write([]byte(files[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// vector is a pickle of CPython and what loading it imports.
type vector struct{ name, pickle, want string }

// vectors reads testdata/cpython.tsv.
func vectors(t testing.TB) (list []vector) {
	t.Helper()
	data, err := os.ReadFile("testdata/cpython.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(string(data)) {
		if strings.HasPrefix(l, "#") {
			continue
		}
		f := strings.Split(strings.TrimSuffix(l, "\n"), "\t")
		b, err := base64.StdEncoding.DecodeString(f[1])
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, vector{f[0], string(b), strings.ReplaceAll(strings.TrimPrefix(f[2], "-"), " ", ", ")})
	}
	return list
}
