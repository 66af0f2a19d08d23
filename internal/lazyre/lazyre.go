// Package lazyre has regular expressions that are compiled when they are first
// used: a program that is run many times a minute does not pay for those that
// it has no use for.
package lazyre

import (
	"regexp"
	"sync"
)

// RE is a regular expression of package regexp. It is safe for concurrent use.
type RE struct {
	compiled func() *regexp.Regexp
}

// New takes an expression in the syntax of package regexp. One that is wrong
// panics at its first use, so that a test has to use each.
func New(expr string) *RE {
	return &RE{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })}
}

// Match is that of regexp.Regexp, as are the other methods.
func (r *RE) Match(b []byte) bool { return r.compiled().Match(b) }

func (r *RE) MatchString(s string) bool { return r.compiled().MatchString(s) }

func (r *RE) FindString(s string) string { return r.compiled().FindString(s) }

func (r *RE) FindStringSubmatch(s string) []string { return r.compiled().FindStringSubmatch(s) }

func (r *RE) ReplaceAllString(s, with string) string { return r.compiled().ReplaceAllString(s, with) }

func (r *RE) FindSubmatchIndex(b []byte) []int { return r.compiled().FindSubmatchIndex(b) }

func (r *RE) FindAllStringSubmatch(s string, n int) [][]string {
	return r.compiled().FindAllStringSubmatch(s, n)
}
