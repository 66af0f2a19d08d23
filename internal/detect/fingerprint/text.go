package fingerprint

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// header is the first line of an entry as text; its number changes with the
// format and with what is computed.
const header = "rukhsa fingerprint 1"

// lineBytes is the number of bytes in a line of base64: 76 letters.
const lineBytes = 57

// MarshalText returns the entry as lines: the header, then a key and a value in
// each. Equal entries have equal texts.
func (e Entry) MarshalText() ([]byte, error) {
	var b bytes.Buffer
	line := func(key string, value any) { fmt.Fprintf(&b, "%s %v\n", key, value) }
	fmt.Fprintln(&b, header)
	line("id", e.ID)
	line("kind", e.Kind)
	for _, id := range e.Of {
		line("of", id)
	}
	for _, id := range e.Twins {
		line("twin", id)
	}
	line("sum", strconv.FormatUint(e.sum, 16))
	for _, p := range e.parts {
		key := "required"
		if p.optional {
			key = "optional"
		}
		line(key, p.end)
	}
	var hashes []byte
	for _, k := range e.blocks {
		hashes = binary.LittleEndian.AppendUint64(hashes, k.hash)
	}
	for chunk := range slices.Chunk(e.checks, lineBytes) {
		line("words", base64.StdEncoding.EncodeToString(chunk))
	}
	for chunk := range slices.Chunk(hashes, lineBytes) {
		line("blocks", base64.StdEncoding.EncodeToString(chunk))
	}
	return b.Bytes(), nil
}

// UnmarshalText reads what MarshalText wrote. The error names the line that is
// wrong, and what a file is that is none.
func (e *Entry) UnmarshalText(text []byte) error {
	var out Entry
	var hashes []byte
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if n == 1 {
			if line != header {
				return fmt.Errorf("not a fingerprint: the first line is not %q; make it anew from the license text", header)
			}
			continue
		}
		if line == "" {
			continue
		}
		key, value, _ := strings.Cut(line, " ")
		if err := out.set(key, value, &hashes); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if err := out.complete(hashes); err != nil {
		return err
	}
	*e = out
	return nil
}

// set sets what a line says.
func (e *Entry) set(key, value string, hashes *[]byte) (err error) {
	var data []byte
	switch key {
	case "id":
		e.ID = value
	case "kind":
		e.Kind = value
		if !slices.Contains(Kinds, value) {
			return fmt.Errorf("kind %q is none of %s", value, strings.Join(Kinds, ", "))
		}
	case "of":
		e.Of = append(e.Of, value)
	case "twin":
		e.Twins = append(e.Twins, value)
	case "sum":
		e.sum, err = strconv.ParseUint(value, 16, 64)
	case "required", "optional":
		p := part{optional: key == "optional"}
		if n := len(e.parts); n > 0 {
			p.start = e.parts[n-1].end
		}
		if p.end, err = strconv.Atoi(value); err == nil && (p.end <= p.start || p.end > MaxWords) {
			return fmt.Errorf("%s %s: the part has to end after word %d and before %d", key, value, p.start, MaxWords+1)
		}
		e.parts = append(e.parts, p)
	case "words":
		data, err = base64.StdEncoding.DecodeString(value)
		e.checks = append(e.checks, data...)
	case "blocks":
		data, err = base64.StdEncoding.DecodeString(value)
		*hashes = append(*hashes, data...)
	default:
		return fmt.Errorf("unknown key %q", key)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// complete checks that nothing is missing and sets the blocks.
func (e *Entry) complete(hashes []byte) error {
	words := 0
	for _, p := range e.parts {
		words = p.end
		e.blocks = append(e.blocks, blocksOf(p.start, p.end)...)
	}
	switch {
	case e.ID == "":
		return errors.New("no id")
	case strings.Contains(e.ID, listMark) || slices.ContainsFunc(append(e.Of, e.Twins...), func(id string) bool { return strings.Contains(id, listMark) }):
		return fmt.Errorf("an id has a %q in it", listMark)
	case e.Kind == "":
		return errors.New("no kind")
	case len(e.checks) != words || len(hashes) != 8*len(e.blocks):
		return fmt.Errorf("%d words and %d blocks; its parts have %d words and %d blocks: it was cut or changed", len(e.checks), len(hashes)/8, words, len(e.blocks))
	case e.Required() < BlockWords:
		return fmt.Errorf("%d words that must be there; at least %d are needed", e.Required(), BlockWords)
	}
	for i := range e.blocks {
		e.blocks[i].hash = binary.LittleEndian.Uint64(hashes[8*i:])
	}
	return nil
}
