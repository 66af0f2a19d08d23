package fingerprint

import (
	"regexp"
	"sync"
)

// patterns tell what a copy of a license need not have.
type patterns struct {
	copyright   *regexp.Regexp // a line that may say who holds the copyright
	holder      *regexp.Regexp // what it has if it does
	reserved    *regexp.Regexp // a line that belongs to it
	first       *regexp.Regexp // the first line
	sentence    *regexp.Regexp // the end of a line that is no title
	placeholder *regexp.Regexp // a form to fill in
	appendix    *regexp.Regexp // the line from which on a license tells how to use it, or who is no party to it
	preface     *regexp.Regexp // what stands before the license and is not of it
}

// forms compiles the patterns when an entry is computed for the first time.
var forms = sync.OnceValue(func() *patterns {
	return &patterns{
		copyright:   regexp.MustCompile(`(?im)^[^\pL\pN\n(©<\[]*(?:portions )?(?:copyright|\(c\)|©)[^\n]*$`),
		holder:      regexp.MustCompile(`(?i)\(c\)|©|\b(?:19|20)\d\d\b|[<\[{]|\byear\b|yyyy|copyright by `),
		reserved:    regexp.MustCompile(`(?im)^[^\pL\pN\n]*all rights reserved\.?[ \t]*$`),
		first:       regexp.MustCompile(`^\s*([^\n]+)\n`),
		sentence:    regexp.MustCompile(`[.;:!?]\s*$`),
		placeholder: regexp.MustCompile(`(?i)\[(?:[a-z]+ ){0,4}(?:yyyy|year|date|names?|owner|holders?|author|organization|project|fullname)(?: [a-z]+){0,4}\]|\{\{?[^{}\n]{1,60}\}?\}`),
		appendix:    regexp.MustCompile(`(?im)^[^\pL\pN\n]*(?:end of (?:the )?terms and conditions|how to apply (?:these terms|this license|the )|appendix:? how to apply|addendum:? how to use this license|creative commons (?:corporation )?is not a party to)`),
		preface:     regexp.MustCompile(`(?is)\A.{0,300}?creative commons.{0,600}?not a law firm.*?\n[ \t]*(?:license|creative commons [^\n]*public license)[ \t]*\r?\n`),
	}
})

// Lengths up to which a line is a title, or says who holds the copyright, and
// what a text must have below its first line for that to be only a title.
const (
	maxTitleBytes     = 100
	maxCopyrightBytes = 200
	minBelowTitle     = 200
)

// optional lists the byte ranges that a copy of a license need not have: its
// first line if that is a title, copyright lines, forms to fill in, and what
// stands before and after the license to explain it.
func optional(text []byte) [][2]int {
	p := forms()
	var list [][2]int
	if m := p.first.FindSubmatchIndex(text); m != nil && m[3]-m[2] <= maxTitleBytes && len(text)-m[1] >= minBelowTitle && !p.sentence.Match(text[m[2]:m[3]]) {
		list = append(list, [2]int{m[2], m[3]})
	}
	for _, m := range p.copyright.FindAllIndex(text, -1) {
		if m[1]-m[0] <= maxCopyrightBytes && p.holder.Match(text[m[0]:m[1]]) {
			list = append(list, [2]int(m))
		}
	}
	for _, re := range []*regexp.Regexp{p.reserved, p.placeholder} {
		for _, m := range re.FindAllIndex(text, -1) {
			list = append(list, [2]int(m))
		}
	}
	if m := p.preface.FindIndex(text); m != nil && m[1]*2 < len(text) {
		list = append(list, [2]int(m))
	}
	// What stands before the instructions is the license, unless the text
	// only speaks of them at its beginning.
	if m := p.appendix.FindIndex(text); m != nil && m[0]*2 > len(text) {
		list = append(list, [2]int{m[0], len(text)})
	}
	return list
}
