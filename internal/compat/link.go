package compat

import (
	"fmt"
	"slices"
)

// link: the inbound work keeps its own license inside a combined binary. Where
// the outbound copyleft covers the whole program, that is no different from
// merging: the part is passed on under the outbound license too.
func (c *Comparer) link(out, in side) Verdict {
	in.linked = true
	m := c.merge(out, in)
	if m.Verdict == Yes || out.Text == in.Text {
		return m
	}
	if !in.known() || !out.known() {
		return m
	}
	if v, ok := linkExcepted(out, in); ok {
		return v
	}
	if out.linkScope == scopeProgram {
		return m
	}
	if in.kind == restricted {
		return linkRestricted(m, in)
	}
	if in.kind == copyleft && !in.full() {
		return notKnown(in)
	}
	switch {
	case in.linkScope == scopeNone, in.linkScope == scopeFile, in.kind == free:
		return Verdict{Verdict: Yes, Cause: Fits, Clauses: clause(in.Text, in.License.Copyleft.Clause),
			Reason: fmt.Sprintf("%s stays on its own part; the rest keeps its own terms", in.Text)}
	case linkingOpen(out, in):
		l := in.License.Linking
		return Verdict{Verdict: Check, Cause: Unsettled, Clauses: clause(in.License.ID, l.Clause), Reason: l.Text}
	case in.linkScope == scopeLibrary:
		return linkLibrary(out, in)
	default:
		return m
	}
}

// linkExcepted looks for what the exception of one of the two says of linking
// with works like the other.
func linkExcepted(out, in side) (Verdict, bool) {
	for _, at := range []struct {
		says, other side
		as          string
	}{{out, in, "outbound"}, {in, out, "inbound"}} {
		e := at.says.Exception
		if e == nil || !e.Full {
			continue
		}
		for _, l := range e.Links {
			if (l.As == "" || l.As == at.as) && (len(l.IDs) == 0 || slices.Contains(l.IDs, at.other.License.ID)) && (!l.Open || at.other.License.Openness == openSource) {
				return Verdict{Verdict: Check, Cause: Unsettled, Clauses: clause(e.ID, l.Clause), Reason: l.Text}, true
			}
		}
	}
	return Verdict{}, false
}

// linkingOpen reports whether the inbound text leaves it to a person if a
// program under the outbound terms may link with the work.
func linkingOpen(out, in side) bool {
	l := in.License.Linking
	return l != nil && (l.Program == "any" || out.License.Openness == openSource)
}

// linkLibrary: whoever receives the program must be able to change the library
// and link it again. Published source meets that; a closed program must do more.
func linkLibrary(out, in side) Verdict {
	clauses := clause(in.Text, in.License.Copyleft.Clause)
	for _, o := range in.License.Obligations {
		if o.Type == "relink" {
			clauses = clause(in.Text, o.Clause)
		}
	}
	if out.closed() || out.kind == restricted {
		return Verdict{Verdict: Check, Cause: Relinking, Clauses: clauses,
			Reason: fmt.Sprintf("recipients must be able to relink the %s part, which static linking into a closed program does not give by itself", in.Text)}
	}
	return Verdict{Verdict: Yes, Cause: Fits, Clauses: clauses,
		Reason: fmt.Sprintf("the published source of the program lets recipients relink the %s part", in.Text)}
}

// linkRestricted: keeping its own license does not lift the limits from the
// whole; no where passing on is excluded, or where the terms reach the program.
func linkRestricted(m Verdict, in side) Verdict {
	if m.Verdict == No && (in.linkScope == scopeProgram || in.linkScope == scopeDatabase) {
		return m
	}
	share := in.grant("share")
	if share.Answer == "no" {
		return Verdict{Verdict: No, Cause: Restricted, Clauses: clause(in.Text, share.Clause), Reason: fmt.Sprintf("%s does not let the work be passed on", in.Text)}
	}
	return Verdict{Verdict: Check, Cause: Restricted, Clauses: m.Clauses,
		Reason: fmt.Sprintf("%s keeps its limits on this part, and so on the whole: who may use it, for what, or how it may be changed", in.Text)}
}

// embed: data, weights or fonts carried as files inside a binary. They keep
// their own terms as when linked; where the terms of one of the two do not fit
// those of the other, the line between a collection and one work is a question.
func (c *Comparer) embed(out, in side) Verdict {
	v := c.link(out, in)
	limits := in.kind == restricted && (out.linkScope == scopeProgram || in.grant("share").Answer == "no")
	if v.Verdict != No || in.scope == scopeProgram || limits {
		return v
	}
	reaches := in.Text
	if in.scope == scopeNone {
		reaches = out.Text
	}
	return Verdict{Verdict: Check, Cause: Unsettled, Clauses: v.Clauses,
		Reason: fmt.Sprintf("whether carrying the file makes one work with the program or a collection decides whether %s reaches it", reaches)}
}
