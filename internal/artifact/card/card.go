// Package card reads what the Hugging Face Hub knows of a model, a dataset or a
// space: cards (README.md with YAML front matter), in all the shapes that people
// write, and saved answers of the Hub's API, which carry the same data as JSON.
//
// A statement under a key or in a place that the Hub itself does not read (a
// misspelt key, a front matter that is not at the start) is passed on as
// Guessed. A README without front matter gives an empty Result: no fact is in it.
package card

import (
	"bytes"
	"errors"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

type reader struct{}

// New returns the reader of model and dataset cards.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "card" }

// Match takes every README in Markdown, and other Markdown files whose front
// matter has a key that only cards have.
func (reader) Match(f *artifact.File) bool {
	base := f.Base()
	if !strings.HasSuffix(base, ".md") && !strings.HasSuffix(base, ".markdown") {
		return base == "readme" && isOpening(f.Head)
	}
	if strings.HasPrefix(base, "readme") || strings.Contains(base, "model_card") || strings.Contains(base, "modelcard") || strings.Contains(base, "datasetcard") {
		return true
	}
	return isOpening(f.Head) && ownKey.Match(f.Head)
}

// isOpening reports whether a file begins with a front matter.
func isOpening(head []byte) bool {
	line, _, _ := bytes.Cut(bytes.TrimLeft(bytes.TrimPrefix(head, bom), " \t\r\n"), []byte{'\n'})
	return isFence(line)
}

var (
	bom = []byte("\xEF\xBB\xBF")
	// ownKey is a key at the start of a line that a page of another kind does
	// not have; cardKey one that a card has first of all.
	ownKey  = lazyre.New(`(?im)^(licen[cs]e|base_model|datasets|library_name|pipeline_tag|model-index|task_categories|dataset_info|annotations_creators|source_datasets)[ \t]*:`)
	cardKey = lazyre.New(`(?im)^([-*][ \t]+)?(licen[cs]es?|license_name|license_link|base_models?|base_model_relation|datasets|source_datasets|library_name|pipeline_tag|extra_gated_prompt)[ \t]*:`)
)

// maxHead is how much of a card is read: the front matter's limit and what may
// stand around it, in bytes.
const maxHead = yamlpos.MaxBytes + 64<<10

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	data, _, err := f.Tree.AppendHead(nil, f.Path, int(min(f.Size+1, maxHead)))
	if err != nil {
		return nil, err
	}
	res := &artifact.Result{}
	if bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")) {
		res.Problems = append(res.Problems, f.Problem(diag.Unsupported, 1, "save the file as UTF-8", "the card is UTF-16 text"))
		return res, nil
	}
	fm, found := findFront(data)
	switch {
	case !found:
		return res, nil
	case fm.open:
		readOpen(f, res, fm, len(data) == maxHead)
		return res, nil
	}
	readFront(f, res, fm)
	if res.Role == artifact.Card && res.Kind != inventory.Dataset {
		prose(res, data)
	}
	return res, nil
}

// readOpen reports a front matter without an end, where it is one: a rule above
// prose looks the same.
func readOpen(f *artifact.File, res *artifact.Result, fm front, cut bool) {
	first, _, _ := bytes.Cut(fm.text, []byte("\n\n"))
	if !cardKey.Match(first) {
		return
	}
	res.Role = artifact.Card
	p := f.Problem(diag.Malformed, fm.line, "end it with a line of three hyphens: ---", "the front matter does not end")
	if cut {
		p = f.Over(fm.line, "bytes without an end of the front matter", maxHead, f.Size)
	}
	res.Problems = append(res.Problems, p)
}

func readFront(f *artifact.File, res *artifact.Result, fm front) {
	root, err := yamlpos.Parse(f.Shown(), fm.text)
	if err != nil {
		if cardKey.Match(fm.text) {
			res.Role = artifact.Card
			res.Problems = append(res.Problems, yamlProblem(f, err, fm.line)...)
		}
		return
	}
	c := collector{file: f, res: res, source: "card", guess: fm.late}
	switch root.Kind() {
	case yamlpos.Map:
		c.fields(fromYAML(root, fm.line, 0))
	case yamlpos.List:
		c.list(fromYAML(root, fm.line, 0))
	}
	if c.known == 0 {
		return
	}
	res.Role = artifact.Card
	if fm.late {
		res.Property("front_matter", "line "+strconv.Itoa(fm.line))
	}
	c.finish()
}

// tuned is the sentence that training libraries write into cards.
var tuned = lazyre.New(`(?i)\bfine-?tuned (?:version|variant|checkpoint) of (?:the )?\[([^\]\n]{1,200})\]\((?:https://(?:huggingface\.co|hf\.co)/)([^)\s]{1,200})\)`)

// prose takes from the text of a card what it was tuned from, as a guess.
func prose(res *artifact.Result, data []byte) {
	if !bytes.Contains(data, []byte("](")) || !containsFold(data, "tuned ") {
		return // as in most cards: the expression takes long over a text
	}
	if m := tuned.FindSubmatchIndex(data); m != nil {
		res.Lineage = append(res.Lineage, artifact.Link{
			Relation: "finetune", ID: string(data[m[4]:m[5]]), Field: "text", Line: 1 + bytes.Count(data[:m[0]], []byte("\n")), Guessed: true,
		})
	}
}

// containsFold reports whether data holds a word of ASCII in any case. Its first
// letter is a small one.
func containsFold(data []byte, word string) bool {
	for i := 0; i+len(word) <= len(data); i++ {
		if data[i]|0x20 == word[0] && strings.EqualFold(string(data[i:i+len(word)]), word) {
			return true
		}
	}
	return false
}

// yamlProblem turns faults of the front matter into Problems with the lines of
// the file; above is the line of the opening ---.
func yamlProblem(f *artifact.File, err error, above int) []diag.Problem {
	const help = "mend the front matter; it is YAML between two lines of three hyphens"
	var faults yamlpos.Faults
	if !errors.As(err, &faults) {
		return []diag.Problem{f.Problem(diag.Malformed, above, help, "front matter: %v", err)}
	}
	var out []diag.Problem
	for _, fault := range faults {
		p := f.Problem(diag.Malformed, above+max(fault.Pos.Line, 1), help, "front matter: %s", fault.Message)
		if strings.Contains(fault.Message, "over the limit") || strings.Contains(fault.Message, "exceeded max") {
			p.Kind = diag.Limit
		}
		out = append(out, p)
	}
	return out
}
