package lex

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// split returns the words of a text and what they were in it, as "word=source".
func split(text string) []string {
	var l Lexer
	l.Reset([]byte(text))
	var list []string
	for {
		w, lo, hi, ok := l.Next()
		if !ok {
			return list
		}
		list = append(list, string(w)+"="+text[lo:hi])
	}
}

func TestNext(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{" -- \n", ""},
		{"The Software, 2nd", "the=The software=Software 2nd=2nd"},
		{"is are it them they the these this those copy copies",
			"is=is is=are it=it it=them it=they the=the the=these the=this the=those copy=copy copy=copies"},
		{"HTTPS://a.b http", "http=HTTPS a=a b=b http=http"},
		{"(c) (C) c) (c ©2020 &copy; &COPY;", "copyright=(c) copyright=(C) c=c c=c copyright=© 2020=2020 copyright=&copy;"},
		{"a©b", "a=a copyright=© b=b"},
		{"notice(s) copie(s) http(s) notice(x)", "notices=notice(s) copy=copie(s) http=http(s) notice=notice x=x"},
		{"Énergie Québec ÅΩ åω ſK Жж", "energie=Énergie quebec=Québec ÅΩ=ÅΩ åω=åω sk=ſK ЖЖ=Жж"}, // not lower case
		{"àéíóú ÀÉÌÓÙ", "aeiou=àéíóú aeiou=ÀÉÌÓÙ"},
		{"e\u0301 \u0301e", "e\u0301=e\u0301 e=e"},
		{"a\xffb 許可", "a=a b=b 許可=許可"},
		{"a<b>c</b> <br/>d", "a=a c=c d=d"},
		{"<a@b> <a b@c> <http://x> <a href=http://x>y", "a=a b=b http=http x=x y=y"},
		{"<a\n\nb> <a\n\n\nb> 1<2 <a<b>", "a=a b=b 1=1 2=2 a=a"},
		{"<a", "a=a"},
		{"&nbsp;a&#12;b&#x1f;c&d &#; &#xg; &;e", "a=a b=b c=c d=d xg=xg e=e"},
		{"# Head {#head} {#a b} {#", "head=Head a=a b=b"},
		{"{# {#a}b {#c\n}", "b=b c=c"},
		{"[a](http://x/y) [b](#c) [d](e) [f](https://g h) [i](mailto:j", "a=a b=b d=d e=e f=f http=https g=g h=h i=i mailto=mailto j=j"},
	} {
		got := strings.Join(split(tt.text), " ")
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: -want +got\n%s", tt.text, diff)
		}
	}
}

// TestReset: a Lexer that was used before gives what a new one gives.
func TestReset(t *testing.T) {
	var l Lexer
	l.Reset([]byte("{#a ](#b " + strings.Repeat("x", 3*maxKept)))
	for ok := true; ok; {
		_, _, _, ok = l.Next()
	}
	l.Reset([]byte("{#a} {#b} [c](#d)"))
	if w, _, _, ok := l.Next(); string(w) != "c" || !ok {
		t.Errorf("word %q, %v, want c", w, ok)
	}
}

// FuzzNext: words lie in the text, in order, and are what folding makes of
// them unless a rule rewrites them.
func FuzzNext(f *testing.F) {
	for _, s := range []string{"a (c) © &copy; notice(s)", "<a>{#b}[c](http://d)", "É\u0301ſ\xff&#x1;", "((c(s)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var l Lexer
		l.Reset([]byte(text))
		last := 0
		for {
			w, lo, hi, ok := l.Next()
			if !ok {
				break
			}
			if lo < last || hi <= lo || hi > len(text) || len(w) == 0 {
				t.Fatalf("word %q at %d:%d after %d", w, lo, hi, last)
			}
			last = hi
			folded := string(AppendFold(nil, []byte(text[lo:hi])))
			if string(canonical([]byte(folded))) != string(w) && string(w) != Copyright {
				t.Fatalf("word %q from %q", w, text[lo:hi])
			}
		}
	})
}
