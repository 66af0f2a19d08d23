package rulebase

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The reader of clause references: "4(d)(0)", "1.b.iii", "Attachment A (e)",
// "condition 2", "Limitations". It holds a reference against the numbering of a
// text. It is lenient where texts are set out in many ways (markdown, inline
// lists, bullets), and strict where it counts: each label has to stand inside
// the section that the labels before it open.

// mark is an item label in a text: "3.", "(a)", "Section 5", "iv)".
type mark struct {
	label string
	style string // the label's dress: "(x)", "x)", "x.", "x"; items of one list are dressed alike
	at    int
	start bool // stands at the start of a line, or right behind one that does
	in    int  // how far that line is set in
}

type outline struct {
	text  string
	lower string
	marks []mark
}

var (
	lineMark = regexp.MustCompile(`^[\s#>*_~"“-]*(?i:(section|article|clause|art\.|§)\s*)?(\(?)([0-9]+(?:\.[0-9]+)*[a-z]?|[A-Za-z]|[ivx]+|[IVX]+)(\)|\.\)|[.):]|\b)`)
	nextMark = regexp.MustCompile(`^[\s*_]*(\(?)([0-9]+(?:\.[0-9]+)*|[A-Za-z]|[ivx]+|[IVX]+)(\)|\.\)|[.):])`)
	inMark   = regexp.MustCompile(`(?:[\s,;:.“"—–-])(\(?)([0-9]{1,2}|[A-Za-z]|[ivx]+|[IVX]+)(\)|\.)`)
	citation = regexp.MustCompile(`(?i)(sections?|paragraphs?|subsections?|clauses?|articles?|and|or|of|under|in|by) ?$`)
)

func newOutline(text string) *outline {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	o := &outline{text: text, lower: strings.ToLower(text)}
	off := 0
	for line := range strings.Lines(text) {
		o.line(line, off)
		off += len(line)
	}
	starts := map[int]bool{}
	for _, m := range o.marks {
		starts[m.at] = true
	}
	for _, m := range inMark.FindAllStringSubmatchIndex(text, -1) {
		open, label, end := text[m[2]:m[3]], text[m[4]:m[5]], text[m[6]:m[7]]
		if open == "" && (end == "." && len(label) > 1 && label[0] > '9' || end == ")" && citation.MatchString(text[max(0, m[4]-16):m[4]])) {
			continue
		}
		if open == "(" && end != ")" {
			continue
		}
		if !starts[m[4]] {
			o.marks = append(o.marks, mark{label: label, style: open + "x" + end, at: m[4]})
		}
	}
	slices.SortFunc(o.marks, func(a, b mark) int { return a.at - b.at })
	return o
}

// line finds the labels at the start of a line: one, or several in a row.
func (o *outline) line(line string, off int) {
	m := lineMark.FindStringSubmatchIndex(line)
	if m == nil {
		return
	}
	named, open, label, end := m[2] >= 0, line[m[4]:m[5]], line[m[6]:m[7]], line[m[8]:m[9]]
	rest := line[m[1]:]
	digits := label[0] <= '9'
	switch {
	case open == "(" && !strings.HasSuffix(end, ")"):
		return
	case end == "" && !named && !(digits && headingLike(rest)):
		return
	}
	style := open + "x" + end
	if named {
		style = "section"
	}
	wide := strings.ReplaceAll(line, "\t", "    ")
	in := len(wide) - len(strings.TrimLeft(wide, " "))
	o.marks = append(o.marks, mark{label, style, off + m[6], true, in})
	pos := m[1]
	for {
		n := nextMark.FindStringSubmatchIndex(line[pos:])
		if n == nil || line[pos+n[2]:pos+n[3]] == "(" && !strings.HasSuffix(line[pos+n[6]:pos+n[7]], ")") {
			return
		}
		o.marks = append(o.marks, mark{line[pos+n[4] : pos+n[5]], line[pos+n[2]:pos+n[3]] + "x" + line[pos+n[6]:pos+n[7]], off + pos + n[4], true, in})
		pos += n[1]
	}
}

// headingLike: what follows a bare number that numbers a heading.
func headingLike(rest string) bool {
	rest = strings.TrimLeft(rest, " \t-–—.")
	return rest != "" && strings.ToUpper(rest[:1]) == rest[:1] && !(rest[0] <= '9' && rest[0] >= '0')
}

// follows reports whether b comes right after a in a list.
func follows(a, b string) bool {
	if x, err := strconv.Atoi(a); err == nil {
		y, err := strconv.Atoi(b)
		return err == nil && y == x+1
	}
	if x, ok := strings.CutSuffix(a, ".0"); ok {
		y, ok := strings.CutSuffix(b, ".0")
		return ok && follows(x, y)
	}
	if i := strings.LastIndexByte(a, '.'); i > 0 {
		return strings.HasPrefix(b, a[:i+1]) && follows(a[i+1:], b[i+1:])
	}
	if len(a) == 1 && len(b) == 1 && b[0] == a[0]+1 {
		return true
	}
	x, y := roman(a), roman(b)
	return x > 0 && y == x+1 && (a == strings.ToLower(a)) == (b == strings.ToLower(b))
}

func roman(s string) int {
	value := map[rune]int{'i': 1, 'v': 5, 'x': 10}
	total, last := 0, 0
	for _, r := range strings.ToLower(s) {
		v := value[r]
		if v == 0 {
			return 0
		}
		if v > last {
			total -= 2 * last
		}
		total, last = total+v, v
	}
	return total
}

// has finds a path of labels: each inside the section of the one before, or
// the whole path where the text itself cites it.
func (o *outline) has(path []string) bool {
	if o.within(path, 0, len(o.text)) {
		return true
	}
	for _, word := range []string{"paragraph ", "section ", "clause "} {
		cited := word + strings.ToLower(strings.Join(path, "."))
		if i := strings.Index(o.lower, cited); i >= 0 && len(path) > 1 && !isWord(o.lower[i+len(cited):]) {
			return true
		}
	}
	return false
}

func (o *outline) within(path []string, lo, hi int) bool {
	if len(path) == 0 {
		return true
	}
	if len(path) == 1 && o.bare(path[0], lo, hi) {
		return true
	}
	for n := 1; n <= len(path); n++ {
		label := strings.Join(path[:n], ".")
		if n > 1 && path[n-1][0] > '9' {
			label = strings.Join(path[:n], "")
		}
		for i, m := range o.marks {
			if m.at < lo || m.at >= hi || m.label != label && m.label != label+".0" {
				continue
			}
			if o.within(path[n:], m.at+1, o.end(i, hi)) {
				return true
			}
		}
	}
	return false
}

func isWord(rest string) bool {
	return rest != "" && (rest[0] >= 'a' && rest[0] <= 'z' || rest[0] >= '0' && rest[0] <= '9')
}

// maxBare bounds the items of a list without labels.
const maxBare = 10

// bare: some texts have lost the labels of a list inside a section; its items
// are lines then, which are counted.
func (o *outline) bare(label string, lo, hi int) bool {
	if lo == 0 || label[0] <= '9' && len(label) > 1 || slices.ContainsFunc(o.marks, func(m mark) bool { return m.start && m.at > lo && m.at < hi }) {
		return false
	}
	n, err := strconv.Atoi(label)
	if err != nil && len(label) == 1 {
		n = int(strings.ToLower(label)[0]-'a') + 1
	}
	lines := 0
	for line := range strings.Lines(o.text[lo:hi]) {
		if strings.TrimSpace(line) != "" {
			lines++
		}
	}
	return n > 0 && n < min(lines, maxBare)
}

// end is where the section of a mark stops: at the label that follows it in
// the same dress.
func (o *outline) end(i, hi int) int {
	for _, m := range o.marks[i+1:] {
		if m.at >= hi {
			break
		}
		if m.style == o.marks[i].style && m.start == o.marks[i].start && m.in <= o.marks[i].in+1 && follows(o.marks[i].label, m.label) {
			return m.at
		}
	}
	return hi
}

// phrase reports whether a heading stands in the text.
func (o *outline) phrase(words string) bool {
	lower := strings.ReplaceAll(o.lower, "(s)", "s")
	words = strings.ToLower(strings.Join(strings.Fields(words), " "))
	if def, ok := strings.CutPrefix(words, "definition of "); ok {
		return regexp.MustCompile(`["“'*]` + regexp.QuoteMeta(def) + `["”'*]`).MatchString(lower)
	}
	for line := range strings.Lines(lower) {
		line = strings.Join(strings.Fields(strings.Trim(line, " \t\n#*_=")), " ")
		if _, rest, ok := strings.Cut(line, " "); ok && strings.HasPrefix(strings.TrimLeft(rest, "*_# "), words) {
			return true
		}
		if strings.HasPrefix(line, words) {
			return true
		}
	}
	return strings.Contains(strings.Join(strings.Fields(lower), " "), words)
}

var blankLines = regexp.MustCompile(`\n[ \t>*#/]*\n`)

func (o *outline) paragraphs() int {
	return len(slices.DeleteFunc(blankLines.Split(o.text, -1), func(s string) bool { return strings.TrimSpace(s) == "" }))
}

var (
	sentenceEnd = regexp.MustCompile(`[.;:!?](\s|$)`)
	bullet      = regexp.MustCompile(`(?m)^\s*[-*•o·]\s+\S`)
)

// ordinal checks "condition 2", "paragraph 3": a thing that is counted.
func (o *outline) ordinal(kind string, n int, label string) bool {
	switch kind {
	case "sentence", "sentences":
		return n <= len(sentenceEnd.FindAllString(o.text, -1))
	case "paragraph", "paragraphs", "para":
		return n <= max(o.paragraphs(), len(bullet.FindAllString(o.text, -1)))
	}
	numbered := slices.ContainsFunc(o.marks, func(m mark) bool { return m.start && m.label[0] <= '9' })
	return o.has([]string{label}) || n <= len(bullet.FindAllString(o.text, -1)) || !numbered && n <= o.paragraphs()
}

var (
	splitParts = regexp.MustCompile(`[,;] `)
	pathToken  = regexp.MustCompile(`^\(?([0-9]+[a-z]?|[A-Za-z]|[ivx]+|[IVX]+)\)?([.(]\(?([0-9]+|[A-Za-z]|[ivx]+|[IVX]+)\)?)*[.)]?$`)
	labelParts = regexp.MustCompile(`[0-9]+|[A-Za-z]+`)
	note       = regexp.MustCompile(`^(.*\S) \(([^()]*)\)$`)
	annex      = regexp.MustCompile(`^(?i)(exhibit|attachment|annex|schedule|appendix)$`)
	countable  = regexp.MustCompile(`^(?i)(paragraphs?|para|conditions?|sentences?|items?|cl\.|clause|after)$`)
	structural = regexp.MustCompile(`^(?i)((the )?statement|preamble|introduction|conditions?|(permission|last) (para|paragraph|item)|disclaimers?|copyright line|note)$`)
)

// texts finds the text that a prefix names ("GPL-3.0", "use policy"), or nil.
type texts func(name string) *outline

// checkClause returns what of a clause reference is not in a text.
func checkClause(ref string, own *outline, other texts) []string {
	var missing []string
	depth, from, kind, named := 0, 0, "", own
	ref += ", "
	for i := 0; i < len(ref); i++ {
		switch ref[i] {
		case '(':
			depth++
		case ')':
			depth--
		}
		if depth == 0 && splitParts.MatchString(ref[i:min(i+2, len(ref))]) {
			part := strings.TrimSpace(ref[from:i])
			if _, err := strconv.Atoi(part); err == nil && kind != "" {
				part = kind + " " + part // "paragraphs 1, 4"
			}
			if kind, _, _ = strings.Cut(part, " "); !countable.MatchString(kind) || !strings.HasSuffix(kind, "s") {
				kind = ""
			}
			if part != "" && !checkPart(part, own, other) && !checkPart(part, named, other) {
				missing = append(missing, part)
			}
			if t := other(part); t != nil {
				named = t // "use policy, 1.8"
			}
			from = i + 2
		}
	}
	return missing
}

func checkPart(part string, o *outline, other texts) bool {
	var remarks string
	if m := note.FindStringSubmatch(part); m != nil && !pathToken.MatchString("("+m[2]+")") {
		part, remarks = m[1], m[2]
	}
	words := strings.Fields(part)
	if structural.MatchString(part) {
		return true
	}
	for n := len(words); n > 0; n-- {
		if t := other(strings.Join(words[:n], " ")); t != nil {
			return n == len(words) || checkPart(strings.Join(words[n:], " "), t, other)
		}
	}
	if remarks != "" && !checkRemarks(remarks, o, other) {
		return false
	}
	return o.read(words)
}

// checkRemarks: what stands in brackets behind a label names a heading, another
// text or items of an annex.
func checkRemarks(remarks string, o *outline, other texts) bool {
	first, _, _ := strings.Cut(remarks, ",")
	if other(first) != nil || strings.Contains(remarks, "file") {
		return true
	}
	if labels := splitParts.Split(remarks, -1); pathToken.MatchString(labels[0]) {
		return !slices.ContainsFunc(labels, func(l string) bool { return !o.has(labelParts.FindAllString(l, -1)) })
	}
	return o.phrase(remarks)
}

// read reads the words of a reference from left to right: a heading or an
// annex, then labels or something that is counted.
func (o *outline) read(words []string) bool {
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case annex.MatchString(w) && i+1 < len(words):
			if !o.phrase(w + " " + words[i+1]) {
				return false
			}
			o, i = o.after(w+" "+words[i+1]), i+1
		case w == "last" || w == "or" || countable.MatchString(w) && i+1 == len(words):
		case countable.MatchString(w):
			label := words[i+1]
			if n, err := strconv.Atoi(label); err == nil {
				if !o.ordinal(strings.ToLower(w), n, label) {
					return false
				}
				i++
			}
		case pathToken.MatchString(w):
			path := labelParts.FindAllString(strings.Join(words[i:], " "), -1)
			if j := slices.Index(words[i:], "or"); j > 0 {
				return o.read(words[i:i+j]) && o.read(words[i+j+1:])
			}
			return o.has(path)
		default:
			n := i
			for n < len(words) && !pathToken.MatchString(words[n]) && !countable.MatchString(words[n]) && words[n] != "last" {
				n++
			}
			heading := strings.Join(words[i:n], " ")
			if !o.phrase(heading) {
				return false
			}
			o, i = o.after(heading), n-1
		}
	}
	return true
}

// after is the text from the first place of a phrase on.
func (o *outline) after(words string) *outline {
	at := strings.Index(o.lower, strings.ToLower(words))
	if at < 0 {
		return o
	}
	p := &outline{text: o.text[at:], lower: o.lower[at:]}
	for _, m := range o.marks {
		if m.at >= at {
			m.at -= at
			p.marks = append(p.marks, m)
		}
	}
	return p
}
