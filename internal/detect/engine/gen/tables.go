package main

import (
	"encoding/binary"
	"fmt"
	"maps"
	"slices"

	"github.com/google/licensecheck"

	"github.com/rukhsa/rukhsa/internal/detect/engine/format"
	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
)

// A writer collects the sections of a table file.
type writer struct {
	section [format.Sections][]byte
	text    map[string]uint32 // offset of strings already in section Text
}

func (w *writer) u16(section int, v uint16) {
	w.section[section] = binary.LittleEndian.AppendUint16(w.section[section], v)
}

func (w *writer) u32(section int, list ...uint32) {
	for _, v := range list {
		w.section[section] = binary.LittleEndian.AppendUint32(w.section[section], v)
	}
}

// str appends the place of s in section Text to the section.
func (w *writer) str(section int, s string) {
	off, ok := w.text[s]
	if !ok {
		off = uint32(len(w.section[format.Text]))
		w.section[format.Text] = append(w.section[format.Text], s...)
		w.text[s] = off
	}
	w.u32(section, off, uint32(len(s)))
}

// bytes returns the whole file.
func (w *writer) bytes() []byte {
	out := []byte(format.Magic)
	off := format.HeaderSize
	for _, s := range w.section {
		out = binary.LittleEndian.AppendUint32(out, uint32(off))
		out = binary.LittleEndian.AppendUint32(out, uint32(len(s)))
		off += len(s)
	}
	for _, s := range w.section {
		out = append(out, s...)
	}
	return out
}

// build returns the table file for the licenses.
func build(licenses []licensecheck.License) ([]byte, error) {
	w := &writer{text: map[string]uint32{}}
	d := &dict{}
	d.insert(lex.Copyright) // licensecheck numbers these two first
	d.insert("http")

	var progs [][]inst
	var phrases []phrase
	urls := map[string]licensecheck.License{}
	for _, l := range licenses {
		if l.URL != "" {
			urls[l.URL] = l
		}
		if l.LRE == "" {
			continue
		}
		prog, lead, err := pattern(d, l.LRE)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", l.ID, err)
		}
		progs = append(progs, prog)
		phrases = append(phrases, lead...)
		w.str(format.License, l.ID)
		w.u32(format.License, uint32(l.Type))
	}
	for _, url := range slices.Sorted(maps.Keys(urls)) {
		w.str(format.URL, url)
		w.str(format.URL, urls[url].ID)
		w.u32(format.URL, uint32(urls[url].Type))
	}
	prog := link(progs)
	first, err := start(prog)
	if err != nil {
		return nil, err
	}
	w.u32(format.Start, first...)
	if err := w.program(prog); err != nil {
		return nil, err
	}
	if err := w.dictionary(d.words); err != nil {
		return nil, err
	}
	w.phrases(phrases, len(d.words))
	return w.bytes(), nil
}

// pattern parses and compiles one license regular expression.
func pattern(d *dict, lre string) ([]inst, []phrase, error) {
	n, err := parse(d, lre)
	if err != nil {
		return nil, nil, err
	}
	lead := leading(n)
	for _, p := range lead {
		if err := checkPhrase(p); err != nil {
			return nil, nil, err
		}
	}
	prog, err := compile(n)
	return prog, lead, err
}

func (w *writer) program(prog []inst) error {
	for _, in := range prog {
		if in.op == format.OpCut {
			in.arg = -in.arg
		}
		if in.arg < 0 || in.arg > format.MaxArg {
			return fmt.Errorf("argument %d of operation %d does not fit into %d bits", in.arg, in.op, format.OpShift)
		}
		w.u16(format.Prog, uint16(in.op)<<format.OpShift|uint16(in.arg))
	}
	return nil
}

func (w *writer) dictionary(list []string) error {
	if len(list) > format.MaxArg {
		return fmt.Errorf("%d words do not fit into %d bits", len(list), format.OpShift)
	}
	w.u32(format.WordOffset, 0)
	for _, word := range list {
		w.section[format.WordText] = append(w.section[format.WordText], word...)
		w.u32(format.WordOffset, uint32(len(w.section[format.WordText])))
	}
	size := 1
	for size < 4*len(list) {
		size *= 2
	}
	slots := make([]uint16, size)
	for id, word := range list {
		i := int(lex.Hash([]byte(word)) & uint64(size-1))
		for slots[i] != 0 {
			i = (i + 1) & (size - 1)
		}
		slots[i] = uint16(id + 1)
	}
	for _, v := range slots {
		w.u16(format.WordHash, v)
	}
	return nil
}

func (w *writer) phrases(list []phrase, words int) {
	slices.SortFunc(list, func(a, b phrase) int { return slices.Compare(a[:], b[:]) })
	list = slices.Compact(list)
	n := 0
	for word := range int32(words) {
		w.u16(format.PhraseIndex, uint16(n))
		for n < len(list) && list[n][0] == word {
			w.u16(format.Phrase, uint16(list[n][1]))
			n++
		}
	}
	w.u16(format.PhraseIndex, uint16(n))
}
