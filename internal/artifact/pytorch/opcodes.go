package pytorch

// argument is how the argument of an opcode is stored.
type argument uint8

const (
	none      argument = iota
	fixed1             // bytes
	fixed2             //
	fixed4             //
	fixed8             //
	line               // up to a line feed
	twoLines           // module and name
	sized1             // as many bytes as a length of one byte says
	sized4             //
	sized8             //
	quoted             // a line in quotes
	index1             // of the memo
	index4             //
	indexLine          // in decimal digits
)

// effect is what an opcode does to the stack.
type effect uint8

const (
	nothing   effect = iota
	push             // a value that is no text
	pushText         // the argument
	pushMark         //
	pop              // one
	pop2             //
	popMark          // up to the last mark
	markPush         // up to the last mark, and one is pushed
	take1            // one is taken and one is pushed
	take2            //
	take3            //
	double           // the last value again
	store            // the last value, in the memo
	storeNext        // the same, at the next free place
	fetch            // from the memo
	global           // the argument names it
	globalOf         // the two last values name it
	instance         // as global, and up to the last mark
	extension        // a global by number
	stop             //
)

type opcode struct {
	valid  bool
	arg    argument
	effect effect
}

// opcodes are those of protocols 0 to 5 (Python's Lib/pickletools.py).
var opcodes = [256]opcode{
	// values
	'N': {true, none, push}, 0x88: {true, none, push}, 0x89: {true, none, push},
	'I': {true, line, push}, 'L': {true, line, push}, 'F': {true, line, push},
	'J': {true, fixed4, push}, 'K': {true, fixed1, push}, 'M': {true, fixed2, push}, 'G': {true, fixed8, push},
	0x8a: {true, sized1, push}, 0x8b: {true, sized4, push},
	'B': {true, sized4, push}, 'C': {true, sized1, push}, 0x8e: {true, sized8, push}, 0x96: {true, sized8, push}, 0x97: {true, none, push}, 0x98: {true, none, nothing},
	// texts
	'S': {true, quoted, pushText}, 'T': {true, sized4, pushText}, 'U': {true, sized1, pushText},
	'V': {true, line, pushText}, 'X': {true, sized4, pushText}, 0x8c: {true, sized1, pushText}, 0x8d: {true, sized8, pushText},
	// containers
	']': {true, none, push}, '}': {true, none, push}, ')': {true, none, push}, 0x8f: {true, none, push},
	'(': {true, none, pushMark}, 'l': {true, none, markPush}, 'd': {true, none, markPush}, 't': {true, none, markPush}, 0x91: {true, none, markPush},
	0x85: {true, none, take1}, 0x86: {true, none, take2}, 0x87: {true, none, take3},
	'a': {true, none, pop}, 's': {true, none, pop2}, 'e': {true, none, popMark}, 'u': {true, none, popMark}, 0x90: {true, none, popMark},
	// the stack and the memo
	'0': {true, none, pop}, '1': {true, none, popMark}, '2': {true, none, double},
	'p': {true, indexLine, store}, 'q': {true, index1, store}, 'r': {true, index4, store}, 0x94: {true, none, storeNext},
	'g': {true, indexLine, fetch}, 'h': {true, index1, fetch}, 'j': {true, index4, fetch},
	// imports and calls
	'c': {true, twoLines, global}, 0x93: {true, none, globalOf}, 'i': {true, twoLines, instance},
	0x82: {true, fixed1, extension}, 0x83: {true, fixed2, extension}, 0x84: {true, fixed4, extension},
	'R': {true, none, take2}, 0x81: {true, none, take2}, 0x92: {true, none, take3}, 'o': {true, none, markPush}, 'b': {true, none, pop},
	'P': {true, line, push}, 'Q': {true, none, take1},
	// framing
	0x80: {true, fixed1, nothing}, 0x95: {true, fixed8, nothing}, '.': {true, none, stop},
}

// pops is how many values an effect takes.
var pops = [stop + 1]int{pop: 1, pop2: 2, take1: 1, take2: 2, take3: 3, globalOf: 2, stop: 1}
