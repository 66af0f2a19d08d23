package detect

import (
	"sync"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// aliases finds the names of licenses in sentences. Names are split into words
// when a text has their first word.
type aliases struct {
	byFirst map[string][]*alias
	mu      sync.Mutex
	split   map[string][]*alias // of byFirst, with their words
}

// alias is one name of a license.
type alias struct {
	name, id string
	words    []string
}

// lonely reports whether a name is one word, which may mean something else.
func (a *alias) lonely() bool { return len(a.words) == 1 }

func newAliases(base *rulebase.Base) *aliases {
	a := &aliases{byFirst: make(map[string][]*alias, 1024), split: map[string][]*alias{}}
	var l lex.Lexer
	add := func(name, id string) {
		l.Reset([]byte(name))
		if w, _, _, ok := l.Next(); ok {
			first := string(w)
			a.byFirst[first] = append(a.byFirst[first], &alias{name: name, id: id})
		}
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
	list, ok := a.byFirst[word]
	if !ok {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if done, ok := a.split[word]; ok {
		return done
	}
	for _, x := range list {
		x.words = lexed(x.name)
	}
	a.split[word] = list
	return list
}

// textWord is a word of a text and its place in bytes.
type textWord struct {
	word   string
	lo, hi int
}

func textWords(text []byte, base int) []textWord {
	var l lex.Lexer
	l.Reset(text)
	var out []textWord
	for {
		w, lo, hi, ok := l.Next()
		if !ok {
			return out
		}
		out = append(out, textWord{string(w), base + lo, base + hi})
	}
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
