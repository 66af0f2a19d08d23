package tensorflow

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
)

// num and msg write a field of a protocol buffer; msg takes the contents of a
// text or message.
func num(field int, v uint64) string {
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), v))
}

func msg(field int, content ...string) string {
	s := strings.Join(content, "")
	return string(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(len(s)))) + s
}

// table is a table of a flatbuffer: fields by number. Values are uint32, string,
// table, []table and []byte.
type table map[int]any

// flat writes a flatbuffer with a root table and an identifier of four bytes.
func flat(id string, root table) []byte {
	w := &flatWriter{b: append(make([]byte, 4), id...)}
	at := w.table(root)
	binary.LittleEndian.PutUint32(w.b, uint32(at))
	return w.b
}

type flatWriter struct{ b []byte }

func (w *flatWriter) pad() {
	for len(w.b)%4 != 0 {
		w.b = append(w.b, 0)
	}
}

// table writes the vtable, the table and what it refers to, and returns where
// the table is.
func (w *flatWriter) table(t table) int {
	w.pad()
	last := -1
	for i := range t {
		last = max(last, i)
	}
	vtable := len(w.b)
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(4+2*(last+1)))
	w.b = binary.LittleEndian.AppendUint16(w.b, uint16(4+4*len(t)))
	slots := map[int]int{}
	next := 4
	for i := 0; i <= last; i++ {
		off := 0
		if _, ok := t[i]; ok {
			off, slots[i] = next, next
			next += 4
		}
		w.b = binary.LittleEndian.AppendUint16(w.b, uint16(off))
	}
	w.pad()
	at := len(w.b)
	w.b = binary.LittleEndian.AppendUint32(w.b, uint32(at-vtable))
	w.b = append(w.b, make([]byte, 4*len(t))...)
	for i := 0; i <= last; i++ {
		if v, ok := t[i]; ok {
			w.set(at+slots[i], v)
		}
	}
	return at
}

// set writes a value into a slot, or behind everything with a reference.
func (w *flatWriter) set(slot int, v any) {
	if n, ok := v.(uint32); ok {
		binary.LittleEndian.PutUint32(w.b[slot:], n)
		return
	}
	w.pad()
	at := len(w.b)
	switch v := v.(type) {
	case string:
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(len(v)))
		w.b = append(append(w.b, v...), 0)
	case []byte:
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(len(v)))
		w.b = append(w.b, v...)
	case table:
		at = w.table(v)
	case []table:
		w.b = binary.LittleEndian.AppendUint32(w.b, uint32(len(v)))
		w.b = append(w.b, make([]byte, 4*len(v))...)
		for i, t := range v {
			slot, to := at+4+4*i, w.table(t)
			binary.LittleEndian.PutUint32(w.b[slot:], uint32(to-slot))
		}
	}
	binary.LittleEndian.PutUint32(w.b[slot:], uint32(at-slot))
}

// tflite is a model whose metadata says meta; nil for a model without.
func tflite(meta []byte) []byte {
	model := table{0: uint32(3), modelDescription: "MLIR Converted.", modelBuffers: []table{{}, {bufferData: []byte("weights")}}}
	if meta != nil {
		model[modelBuffers] = []table{{}, {bufferData: []byte("weights")}, {bufferData: meta}}
		model[modelMetadata] = []table{{entryName: "min_runtime_version", entryBuffer: uint32(1)}, {entryName: metadataName, entryBuffer: uint32(2)}}
	}
	return flat("TFL3", model)
}

// license is the metadata of a model with a license.
func license(s string) []byte {
	return flat(metadataMagic, table{metaName: "My model", metaDescription: "It sees.", metaVersion: "v1", metaAuthor: "Org", metaLicense: s})
}

func zipped(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		f.Write([]byte(files[i+1]))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
