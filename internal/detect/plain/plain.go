// Package plain gives the text that a person reads in the bytes of a file: UTF-8
// or UTF-16, in an RTF or HTML document, without characters that nobody sees.
// Where bytes would read otherwise than they look, it says why it does not.
package plain

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Text is the text of a file, in UTF-8 as far as the file is.
type Text struct {
	Bytes []byte
	at    []int32 // of each byte of Bytes: its place in the file; nil where the places are the same
	size  int     // of the file
}

// At returns the place in the file of byte i.
func (t *Text) At(i int) int {
	switch {
	case t.at == nil:
		return min(i, t.size)
	case i < len(t.at):
		return int(t.at[i])
	}
	return t.size
}

// maxForeign is the part of bytes outside of ASCII, as one of so many, from which
// on bytes that are no UTF-8 are taken for another encoding than Latin-1.
const maxForeign = 5

// Read reads a file of less than 2 GB. The reason says why its bytes are no text
// that can be trusted to be what it looks like; then there is none.
func Read(raw []byte) (t Text, reason string) {
	t = Text{Bytes: raw, size: len(raw)}
	switch {
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		t.utf16(2, raw[0] == 0xfe)
	case bytes.IndexByte(raw, 0) >= 0:
		if big, ok := bare16(raw); ok {
			t.utf16(0, big)
		}
	}
	if bytes.IndexByte(t.Bytes, 0) >= 0 {
		return Text{}, "not a text: it holds NUL"
	}
	if isRTF(t.Bytes) {
		if reason := t.rtf(); reason != "" {
			return Text{}, reason
		}
	} else if isHTML(t.Bytes) {
		t.html()
	}
	if n := foreign(t.Bytes); n == 0 {
		return t, ""
	} else if maxForeign*n > len(t.Bytes) && !utf8.Valid(t.Bytes) {
		return Text{}, "not a text in UTF-8 or UTF-16"
	}
	if reason := t.unlike(); reason != "" {
		return Text{}, reason
	}
	t.visible()
	return t, ""
}

// foreign counts the bytes outside of ASCII.
func foreign(b []byte) (n int) {
	for len(b) >= 8 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b) & 0x8080808080808080)
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			n++
		}
	}
	return n
}

// rewriter makes a text of another one and keeps the places of its bytes.
type rewriter struct {
	from *Text
	out  []byte
	at   []int32
}

func newRewriter(t *Text) *rewriter {
	return &rewriter{from: t, out: make([]byte, 0, len(t.Bytes)), at: make([]int32, 0, len(t.Bytes))}
}

// copy takes over bytes [lo, hi).
func (w *rewriter) copy(lo, hi int) {
	w.out = append(w.out, w.from.Bytes[lo:hi]...)
	for i := lo; i < hi; i++ {
		w.at = append(w.at, int32(w.from.At(i)))
	}
}

// rune puts a character in the place of what stands at byte i.
func (w *rewriter) rune(r rune, i int) {
	n := len(w.out)
	w.out = utf8.AppendRune(w.out, r)
	for range w.out[n:] {
		w.at = append(w.at, int32(w.from.At(i)))
	}
}

// done makes the result the text.
func (w *rewriter) done() { w.from.Bytes, w.from.at = w.out, w.at }
