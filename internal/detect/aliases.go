package detect

import (
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/detect/engine/lex"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// aliases finds the names of licenses in sentences.
type aliases struct {
	base *rulebase.Base
	mu   sync.RWMutex
	from map[string][]*alias // by first word; nil for words that no name begins with
}

// alias is one name of a license.
type alias struct {
	id    string
	words []string
}

// lonely reports whether a name is one word, which may mean something else.
func (a *alias) lonely() bool { return len(a.words) == 1 }

// maxFirsts bounds the words of which it is remembered what begins with them.
const maxFirsts = 1 << 14

// starting lists the names that begin with a word.
func (a *aliases) starting(word string) []*alias {
	a.mu.RLock()
	list, ok := a.from[word]
	a.mu.RUnlock()
	if ok {
		return list
	}
	for name, id := range a.base.NamesFrom(word) {
		list = append(list, &alias{id: id, words: lexed(name)})
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.from == nil {
		a.from = map[string][]*alias{}
	}
	if len(a.from) < maxFirsts {
		a.from[strings.Clone(word)] = list
	}
	return list
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
