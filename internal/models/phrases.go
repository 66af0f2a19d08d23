package models

import (
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Line is a fixed line that a license orders to be shown.
type Line struct {
	Text string   // as the rule has it: "Built with Qwen"
	Or   []string // other wordings that the clause lets stand in its place
}

// Lines lists the fixed lines that the licenses of an expression order in cards,
// notices or products, sorted: "Built with Llama".
func Lines(base *rulebase.Base, expression string) []Line {
	e, err := spdx.ParseLax(expression)
	if err != nil {
		return nil
	}
	var out []Line
	for _, leaf := range spdx.Leaves(e) {
		l, err := base.License(leaf.ID)
		if err != nil {
			continue
		}
		for _, o := range l.Obligations {
			if (o.Type == "attribution-display" || o.Type == "include-notice-file") && o.Class == "do" && o.Strength == "must" && o.Value != "" {
				out = append(out, Line{o.Value, o.How})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Line) int { return strings.Compare(a.Text, b.Text) })
	return slices.CompactFunc(out, func(a, b Line) bool { return a.Text == b.Text })
}

// In reports whether a text holds the line or what may stand in its place.
func (l Line) In(text Plain) bool {
	return text.carries(l.Text) || slices.ContainsFunc(l.Or, text.carries)
}

// Plain is a text that lines are looked for in: without what they may differ in.
type Plain string

// NewPlain prepares a text.
func NewPlain(text string) Plain { return Plain(plain(text)) }

// marks are written in several ways that mean the same.
var marks = strings.NewReplacer("©", "(c)", "“", `"`, "”", `"`, "’", "'", "‘", "'", "**", "", "__", "", "`", "")

// maxFilled is the longest that stands for a placeholder of a line, in bytes.
const maxFilled = 40

// carries reports whether a text holds a line, whatever its line breaks, case,
// quotation marks and emphasis. What the line leaves to be filled in, several
// words in brackets such as "[applicable year]", may be anything short.
func (p Plain) carries(line string) bool {
	text, pieces := string(p), fixed(plain(line))
	for {
		at := strings.Index(text, pieces[0])
		if at < 0 || pieces[0] == "" {
			return false
		}
		text = text[at+len(pieces[0]):]
		if follows(text, pieces[1:]) {
			return true
		}
	}
}

// follows reports whether a text goes on with the pieces, with something short
// before each.
func follows(text string, pieces []string) bool {
	for _, p := range pieces {
		at := strings.Index(text[:min(len(text), maxFilled+len(p))], p)
		if at < 0 {
			return false
		}
		text = text[at+len(p):]
	}
	return true
}

// fixed cuts a line at what it leaves to be filled in.
func fixed(line string) []string {
	var out []string
	rest := line
	for from := 0; ; {
		open := strings.IndexByte(rest[from:], '[')
		if open < 0 {
			return append(out, rest)
		}
		open += from
		end := strings.IndexByte(rest[open:], ']')
		if end < 0 {
			return append(out, rest)
		}
		if end += open; !strings.Contains(rest[open:end], " ") {
			from = end // a word in brackets is a part of a name: FLUX.1 [dev]
			continue
		}
		out, rest, from = append(out, rest[:open]), rest[end+1:], 0
	}
}

func plain(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(marks.Replace(s))), " ")
}
