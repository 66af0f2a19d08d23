package engine

import (
	_ "embed"
	"sort"

	"github.com/rukhsa/rukhsa/internal/detect/engine/format"
)

//go:embed tables.bin
var tableFile string

// tables reads the sections of a table file in place.
type tables struct {
	prog                    string
	wordOffset, wordText    string
	wordHash                string
	start                   string
	phraseIndex, phraseList string
	license, url, text      string
}

func u16(s string, i int) uint32 {
	s = s[2*i : 2*i+2]
	return uint32(s[0]) | uint32(s[1])<<8
}

func u32(s string, i int) uint32 {
	s = s[4*i : 4*i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// openTables finds the sections of file, which is part of the program: a test
// compares it with what the generator writes.
func openTables(file string) tables {
	section := func(n int) string {
		head := file[len(format.Magic):]
		off, size := u32(head, 2*n), u32(head, 2*n+1)
		return file[off : off+size]
	}
	return tables{
		prog:       section(format.Prog),
		wordOffset: section(format.WordOffset), wordText: section(format.WordText),
		wordHash:    section(format.WordHash),
		start:       section(format.Start),
		phraseIndex: section(format.PhraseIndex), phraseList: section(format.Phrase),
		license: section(format.License), url: section(format.URL), text: section(format.Text),
	}
}

// word returns the spelling of word id.
func (t *tables) word(id uint32) string {
	return t.wordText[u32(t.wordOffset, int(id)):u32(t.wordOffset, int(id)+1)]
}

// lookup returns the number of a word, or badWord; hash is lex.Hash of it.
func (t *tables) lookup(w []byte, hash uint64) int32 {
	mask := uint32(len(t.wordHash)/2 - 1)
	for i := uint32(hash) & mask; ; i = (i + 1) & mask {
		id := u16(t.wordHash, int(i))
		if id == 0 {
			return badWord
		}
		if t.word(id-1) == string(w) {
			return int32(id - 1)
		}
	}
}

// leads reports whether a match can begin with words a, b.
func (t *tables) leads(a, b int32) bool {
	if a < 0 || b < 0 {
		return false
	}
	for i, end := u16(t.phraseIndex, int(a)), u16(t.phraseIndex, int(a)+1); i < end; i++ {
		if u16(t.phraseList, int(i)) == uint32(b) {
			return true
		}
	}
	return false
}

// at returns the instruction at pc. Targets of cuts are distances back.
func (t *tables) at(pc uint32) (op format.Op, arg uint32) {
	v := u16(t.prog, int(pc))
	return format.Op(v >> format.OpShift), v & format.MaxArg
}

// wordAt returns the number of the word that the instruction at pc matches;
// ok is false if it is not that kind of instruction.
func (t *tables) wordAt(pc uint32) (id uint32, ok bool) {
	v := u16(t.prog, int(pc))
	return v, v <= format.MaxArg
}

// str returns the string whose offset and length are at words i and i+1 of s.
func (t *tables) str(s string, i int) string {
	off := u32(s, i)
	return t.text[off : off+u32(s, i+1)]
}

// licenseOf returns the id and type of pattern n.
func (t *tables) licenseOf(n int32) (id string, typ uint) {
	i := 3 * int(n)
	return t.str(t.license, i), uint(u32(t.license, i+2))
}

// findURL looks for a URL in its canonical form.
func (t *tables) findURL(url string) (id string, typ uint, ok bool) {
	const width = 5
	n := len(t.url) / (4 * width)
	i := sort.Search(n, func(i int) bool { return t.str(t.url, width*i) >= url })
	if i == n || t.str(t.url, width*i) != url {
		return "", 0, false
	}
	return t.str(t.url, width*i+2), uint(u32(t.url, width*i+4)), true
}
