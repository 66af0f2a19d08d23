// Package format is what the writer (engine/gen) and the reader (engine) of
// the pattern tables must agree on. Everything is little-endian and of fixed
// width, so that the reader decodes nothing before it needs it.
//
// A file is the magic, then Sections pairs of uint32 (offset from the start of
// the file, length in bytes), then the sections.
package format

// Magic begins every table file; its digit changes with the format.
const Magic = "rklecheck1\n\x00\x00\x00\x00\x00"

// The sections, in file order.
const (
	Prog        = iota // uint16 per instruction: op<<OpShift | argument
	WordOffset         // uint32 per word and one more: where its bytes begin in WordText
	WordText           // the dictionary, in licensecheck's order
	WordHash           // uint16 per slot: word number + 1, or 0; open addressing, linear probing
	Start              // uint32 per instruction in the start state, ascending
	PhraseIndex        // uint16 per word and one more: where its followers begin in Phrase
	Phrase             // uint16 per follower: a match may begin with word, follower
	License            // 3 × uint32 per pattern: id's offset and length in Text, type
	URL                // 5 × uint32 per URL, sorted: URL's offset and length, id's offset and length, type
	Text               // bytes of the license ids and URLs
	Sections
)

// HeaderSize is the number of bytes before the first section.
const HeaderSize = len(Magic) + Sections*8

// An Op is the operation of an instruction. Op Word is 0, so that an
// instruction below 1<<OpShift is the number of the word to match.
type Op uint16

// The operations of a pattern program. Relative targets count from the
// instruction after the present one.
const (
	OpWord  Op = iota // match the word with this number
	OpAny             // match any word
	OpAlt             // go on at both the next instruction and argument further
	OpJump            // go on at argument further
	OpMatch           // the pattern with this number is matched
	OpCut             // drop the threads inside the OpAlt that is argument back
)

// OpShift is the number of argument bits in an instruction; MaxArg is the
// largest argument that fits.
const (
	OpShift = 13
	MaxArg  = 1<<OpShift - 1
)
