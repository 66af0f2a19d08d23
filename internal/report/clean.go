package report

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// complete makes the document below v, a pointer, what its JSON can hold: no
// list or element of one is null, and every string is valid UTF-8. Names, paths and messages show
// an invalid byte as \xNN. The words of a text (its content and its copyright
// lines) are decoded instead, so that the © of an old file survives.
func complete(v any) { walk(reflect.ValueOf(v).Elem(), escaped) }

func walk(v reflect.Value, valid func(string) string) {
	switch v.Kind() {
	case reflect.String:
		if s := v.String(); !utf8.ValidString(s) {
			v.SetString(valid(s))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			how := valid
			switch v.Type().Field(i).Name {
			case "Content", "Copyrights":
				how = decoded
			}
			walk(v.Field(i), how)
		}
	case reflect.Slice:
		if v.IsNil() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			if e := v.Index(i); e.Kind() == reflect.Pointer && e.IsNil() {
				e.Set(reflect.New(e.Type().Elem()))
			}
			walk(v.Index(i), valid)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			walk(v.Elem(), valid)
		}
	}
}

// escaped writes every invalid byte of s as \xNN.
func escaped(s string) string {
	return replaceInvalid(s, func(b *strings.Builder, c byte) { fmt.Fprintf(b, `\x%02x`, c) })
}

// decoded reads the bytes of a text file: UTF-16 with a byte order mark, else
// UTF-8 in which every invalid byte is one of Windows-1252, which has the
// characters of Latin-1.
func decoded(s string) string {
	switch {
	case strings.HasPrefix(s, "\xff\xfe"):
		return decode16([]byte(s[2:]), binary.LittleEndian)
	case strings.HasPrefix(s, "\xfe\xff"):
		return decode16([]byte(s[2:]), binary.BigEndian)
	}
	return replaceInvalid(s, func(b *strings.Builder, c byte) {
		if c >= 0x80 && int(c) < 0x80+len(windows1252) {
			b.WriteRune(windows1252[c-0x80])
			return
		}
		b.WriteRune(rune(c))
	})
}

// windows1252 are the characters of the bytes from 0x80 to 0x9f; the others are
// those of Latin-1.
var windows1252 = [...]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8d, 'Ž', 0x8f,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9d, 'ž', 'Ÿ',
}

func decode16(b []byte, order binary.ByteOrder) string {
	units := make([]uint16, 0, len(b)/2)
	for ; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	return string(utf16.Decode(units))
}

func replaceInvalid(s string, write func(*strings.Builder, byte)) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			write(&b, s[i])
		} else {
			b.WriteString(s[i : i+n])
		}
		i += n
	}
	return b.String()
}
