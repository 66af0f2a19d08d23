package detect

import (
	"sync"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// aliases finds the names of licenses in sentences. Names are split into words
// when a text has their first word.
type aliases struct {
	list    []alias
	byFirst map[string]chain // of list
	mu      sync.Mutex
	split   map[string][]*alias // of byFirst, with their words
}

// chain is a list of names with the same first word: places in aliases.list.
type chain struct{ first, last int32 }

// alias is one name of a license.
type alias struct {
	name, id string
	words    []string
	next     int32 // the next one of its chain, 0 for none
}

// lonely reports whether a name is one word, which may mean something else.
func (a *alias) lonely() bool { return len(a.words) == 1 }

// About how many names there are, and first words of them.
const (
	manyNames  = 4096
	manyFirsts = 1024
)

func newAliases(base *rulebase.Base) *aliases {
	a := &aliases{byFirst: make(map[string]chain, manyFirsts), list: make([]alias, 0, manyNames), split: map[string][]*alias{}}
	var l lex.Lexer
	var buf []byte
	add := func(name, id string) {
		buf = append(buf[:0], name...)
		l.Reset(buf)
		w, _, _, ok := l.Next()
		if !ok {
			return
		}
		n := int32(len(a.list))
		a.list = append(a.list, alias{name: name, id: id})
		c, known := a.byFirst[string(w)]
		if known {
			a.list[c.last].next = n
		} else {
			c.first = n
		}
		c.last = n
		a.byFirst[string(w)] = c
	}
	for h := range base.Heads() {
		if h.Exception || h.Deprecated && h.Replacement == "" {
			continue
		}
		id := h.ID
		if h.Deprecated {
			id = h.Replacement
		}
		add(h.ID, id)
		add(h.Name, id)
		for _, n := range h.Aliases {
			add(n, id)
		}
	}
	return a
}

// starting lists the names that begin with a word.
func (a *aliases) starting(word string) []*alias {
	c, ok := a.byFirst[word]
	if !ok {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if done, ok := a.split[word]; ok {
		return done
	}
	var list []*alias
	for i := c.first; ; i = a.list[i].next {
		x := &a.list[i]
		x.words = lexed(x.name)
		if list = append(list, x); i == c.last {
			a.split[word] = list
			return list
		}
	}
}

// textWord is a word of a text and its place in bytes.
type textWord struct {
	word   string
	lo, hi int
}

// textWords splits a text; base is added to the places.
func textWords(text []byte, base int) []textWord {
	var l lex.Lexer
	l.Reset(text)
	out := make([]textWord, 0, len(text)/5+1)
	ends := make([]int, 0, cap(out)) // of the words in all
	all := make([]byte, 0, len(text))
	for {
		w, lo, hi, ok := l.Next()
		if !ok {
			break
		}
		all = append(all, w...)
		ends = append(ends, len(all))
		out = append(out, textWord{lo: base + lo, hi: base + hi})
	}
	words, from := string(all), 0
	for i, end := range ends {
		out[i].word, from = words[from:end], end
	}
	return out
}

// at returns the name that begins at words[i:], the longest.
func (a *aliases) at(words []textWord, i int) (best *alias) {
	for _, x := range a.starting(words[i].word) {
		if len(x.words) > len(words)-i || best != nil && len(x.words) <= len(best.words) {
			continue
		}
		same := true
		for k, w := range x.words {
			same = same && words[i+k].word == w
		}
		if same {
			best = x
		}
	}
	return best
}

func lexed(s string) []string {
	var l lex.Lexer
	l.Reset([]byte(s))
	var out []string
	for {
		w, _, _, ok := l.Next()
		if !ok {
			return out
		}
		out = append(out, string(w))
	}
}
