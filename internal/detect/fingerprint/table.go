package fingerprint

import (
	"math/bits"
	"sort"
	"strings"
)

// A table is a file of entries, read in place: numbers are little-endian and of
// fixed width, so that nothing is decoded before it is needed. It is the magic,
// then sections pairs of uint32 (offset, length in bytes), then the sections.
type table struct {
	entry  string // entryWidth × uint32 per entry
	text   string // ids, twins and licenses of policies, separated by spaces
	checks string // a byte per word of each entry
	part   string // 2 × uint16 per part: where it ends; 1 if it may be missing
	bucket string // uint32 per value of a hash's first bits, and one more: where its slots begin
	slot   string // slotWidth × uint16 per block: hash's next 32 bits, entry, word
	known  string // uint32 per word that several texts have: first bits of its hash, ascending
	word   string // uint64 per word of the texts: its hash, ascending; empty if not known
	shift  uint   // 64 less the number of bits that choose a bucket
}

const magic = "rukhsafp1\n\x00\x00\x00\x00\x00\x00"

// The sections of a table, in file order.
const (
	secEntry = iota
	secText
	secChecks
	secPart
	secBucket
	secSlot
	secKnown
	secWord
	sections
)

// The numbers of an entry.
const (
	enID       = iota // offset and length of its id in section text
	enIDLen    = iota
	enTwins    = iota // offset and length
	enTwinsLen = iota
	enOf       = iota // offset and length
	enOfLen    = iota
	enKind     = iota // index in Kinds
	enWord     = iota // first word in section checks
	enWords    = iota // number of words
	enRequired = iota // number of them that must be there
	enPart     = iota // first part
	enParts    = iota // number of parts
	enBlocks   = iota // number of blocks
	entryWidth = iota
)

const (
	headSize  = len(magic) + sections*8
	slotBytes = 8
	partBytes = 4
	wordBytes = 8
)

func u16(s string, i int) int { return int(s[i]) | int(s[i+1])<<8 }

func u32(s string, i int) uint32 {
	s = s[4*i : 4*i+4]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// openTable finds the sections of a file that Build made.
func openTable(file string) table {
	section := func(n int) string {
		head := file[len(magic):headSize]
		off, size := u32(head, 2*n), u32(head, 2*n+1)
		return file[off : off+size]
	}
	t := table{
		entry: section(secEntry), text: section(secText), checks: section(secChecks), part: section(secPart),
		bucket: section(secBucket), slot: section(secSlot), known: section(secKnown),
		word: section(secWord),
	}
	t.shift = uint(64 - bits.Len(uint(len(t.bucket)/4-2)))
	return t
}

// entries returns the number of entries.
func (t *table) entries() int { return len(t.entry) / (4 * entryWidth) }

// field returns a number of entry e.
func (t *table) field(e, n int) int { return int(u32(t.entry, e*entryWidth+n)) }

// str returns a string of entry e whose place is at numbers n and n+1.
func (t *table) str(e, n int) string {
	off := t.field(e, n)
	return t.text[off : off+t.field(e, n+1)]
}

// list returns a list of ids of entry e.
func (t *table) list(e, n int) []string {
	if s := t.str(e, n); s != "" {
		return strings.Split(s, listMark)
	}
	return nil
}

// listMark separates the ids of a list; an expression has spaces in it.
const listMark = ","

// checksOf returns the bytes of the words of entry e.
func (t *table) checksOf(e int) string {
	w := t.field(e, enWord)
	return t.checks[w : w+t.field(e, enWords)]
}

// partsOf appends the parts of entry e to list.
func (t *table) partsOf(list []part, e int) []part {
	from, start := t.field(e, enPart), 0
	for i := from; i < from+t.field(e, enParts); i++ {
		end := u16(t.part, partBytes*i)
		list = append(list, part{start, end, u16(t.part, partBytes*i+2) == 1})
		start = end
	}
	return list
}

// slots returns the range of slots that may hold a hash.
func (t *table) slots(hash uint64) (from, to int) {
	b := int(hash >> t.shift)
	return int(u32(t.bucket, b)), int(u32(t.bucket, b+1))
}

// rest is the part of a hash that a slot holds.
func rest(hash uint64) uint32 { return uint32(hash >> 8) }

// restAt returns the part of a hash in slot i.
func (t *table) restAt(i int) uint32 { return u32(t.slot, slotBytes/4*i) }

// blockAt returns the entry and the first word of the block in slot i.
func (t *table) blockAt(i int) (entry, start int) {
	s := t.slot[slotBytes*i : slotBytes*i+slotBytes]
	return u16(s, 4), u16(s, 6)
}

// holds reports whether the block of entry e that begins at its word start has
// that hash.
func (t *table) holds(hash uint64, e, start int) bool {
	from, to := t.slots(hash)
	for i := from; i < to; i++ {
		if t.restAt(i) == rest(hash) {
			if en, st := t.blockAt(i); en == e && st == start {
				return true
			}
		}
	}
	return false
}

// isKnown reports whether a word is used by several of the texts.
func (t *table) isKnown(hash uint64) bool {
	n, key := len(t.known)/4, uint32(hash>>32)
	i := sort.Search(n, func(i int) bool { return u32(t.known, i) >= key })
	return i < n && u32(t.known, i) == key
}

// wordsOf returns the range of words in section word that have a check byte.
func (t *table) wordsOf(check byte) (from, to int) {
	n := len(t.word) / wordBytes
	from = sort.Search(n, func(i int) bool { return t.wordAt(i)>>56 >= uint64(check) })
	to = from + sort.Search(n-from, func(i int) bool { return t.wordAt(from+i)>>56 > uint64(check) })
	return from, to
}

func (t *table) wordAt(i int) uint64 {
	return uint64(u32(t.word, 2*i)) | uint64(u32(t.word, 2*i+1))<<32
}
