// Package conclude settles one license per component from what the files of its
// tree state. It claims nothing that is not stated: sources that differ, and
// texts that are not fully understood, are NOASSERTION with the reason.
package conclude

import (
	"fmt"
	"path"
	"slices"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// Reader is what a conclusion asks of the reader of license texts beside the
// texts themselves; *detect.Scanner has it.
type Reader interface {
	Refers(license, other string) bool
	OffersChoice(names []string) bool
	Limits(license spdx.Expr) bool
}

// Result is the license part of a component.
type Result struct {
	License    inventory.License
	Evidence   []inventory.Evidence
	Nested     []inventory.Nested
	Copyrights []string
	Texts      []string // digests
	// Bundled are folders whose code counts and has a license file of its own.
	Bundled []Bundled
}

// Bundled is third-party code inside the tree.
type Bundled struct {
	Dir string // relative to the tree's root
	Result
}

// Tree concludes the license of a source tree.
func Tree(res detect.TreeResult, r Reader) Result {
	byDir := map[string][]*detect.File{}
	var dirs []string
	own := map[string]bool{} // digests of the root's texts
	var foreign []*detect.File
	for i := range res.Files {
		f := &res.Files[i]
		d := f.Dir()
		if f.Source == detect.FromSource {
			foreign = append(foreign, f)
			continue
		}
		if f.Source == detect.FromReadme || f.Source == detect.FromHeader || f.Source == detect.FromTag {
			d = "."
		}
		if _, ok := byDir[d]; !ok {
			dirs = append(dirs, d)
		}
		byDir[d] = append(byDir[d], f)
		if d == "." && f.Text.Digest != "" {
			own[f.Text.Digest] = true
		}
	}
	out := folder(byDir["."], res.Contents, r)
	slices.Sort(dirs)
	for _, d := range dirs {
		if d == "." {
			continue
		}
		if counts(byDir[d], own) {
			b := folder(byDir[d], res.Contents, r)
			if b.License.Status != inventory.None {
				out.Bundled = append(out.Bundled, Bundled{d, b})
				continue
			}
		}
		for _, f := range byDir[d] {
			out.Nested = append(out.Nested, inventory.Nested{Path: f.Path, Expression: f.Text.Expr.String(), Digest: f.Text.Digest})
		}
	}
	out.Bundled = append(out.Bundled, sources(foreign, &out)...)
	return out
}

// counts reports whether a folder holds a license of code that counts and that
// is not a copy of the root's.
func counts(files []*detect.File, own map[string]bool) bool {
	return slices.ContainsFunc(files, func(f *detect.File) bool {
		return f.Linked && f.Source == detect.FromFile && f.Role == roleCode && f.Text.Status != detect.None && !own[f.Text.Digest]
	})
}

// The roles of files that a conclusion tells apart.
const (
	roleCode   = "code"
	rolePolicy = "policy"
)

// folder concludes from the statements about one folder; contents are texts by
// their digest.
func folder(files []*detect.File, contents map[string][]byte, r Reader) Result {
	var out Result
	var texts, readme, headers, others []*detect.File
	for _, f := range files {
		out.Evidence = append(out.Evidence, evidence(f))
		if f.Text.Digest != "" && f.Source != detect.FromHeader && f.Source != detect.FromTag && !slices.Contains(out.Texts, f.Text.Digest) {
			out.Texts = append(out.Texts, f.Text.Digest)
		}
		for _, c := range f.Text.Copyrights {
			if (f.Source == detect.FromFile || f.Source == detect.FromNotice) && f.Role != roleThirdParty && !slices.Contains(out.Copyrights, c) {
				out.Copyrights = append(out.Copyrights, c)
			}
		}
		switch {
		case f.Source == detect.FromReadme:
			others = append(others, f)
			if len(f.Text.Matches) > 0 {
				readme = append(readme, f)
			}
		case f.Source == detect.FromHeader || f.Source == detect.FromTag:
			headers = append(headers, f)
		case f.Source == detect.FromFile && (f.Role == rolePolicy || f.Text.Policy):
			others = append(others, f)
		case f.Source == detect.FromFile && f.Role == roleCode && f.Text.Status != detect.None, ported(f):
			texts = append(texts, f)
		case f.Source == detect.FromNotice:
			others = append(others, f)
		}
	}
	slices.Sort(out.Texts)
	c := conclusion{r: r, readme: readme, headers: headers}
	b := beside{files: others, texts: texts, contents: contents}
	out.License = b.limited(c.license(texts), r)
	return out
}

// ported reports whether a NOTICE gives the license of code of the work itself
// that was taken from elsewhere.
func ported(f *detect.File) bool {
	return f.Source == detect.FromNotice && f.Text.Ported && f.Text.Status == detect.Match
}

const roleThirdParty = "third-party"

func evidence(f *detect.File) inventory.Evidence {
	method := f.Text.Method
	if method == "" {
		method = detect.ByText
	}
	return inventory.Evidence{
		Source: f.Source, Path: f.Path, Line: f.Line, Method: method, Expression: f.Text.Expr.String(),
		Coverage: rounded(f.Text.Coverage), Digest: f.Text.Digest, Role: f.Role,
	}
}

// rounded keeps four digits.
func rounded(x float64) float64 { return float64(int(x*1e4+0.5)) / 1e4 }

// conclusion is one conclusion under way.
type conclusion struct {
	r               Reader
	readme, headers []*detect.File
}

func (c *conclusion) license(texts []*detect.File) inventory.License {
	if len(texts) == 0 {
		return c.withoutText()
	}
	for _, f := range texts {
		if f.Text.Status != detect.Match {
			l := inventory.License{Concluded: spdx.NoAssertion{}.String(), Status: inventory.Unknown, Basis: "text", Reason: f.Path + ": " + f.Text.Reason}
			l.Detected = candidates(texts)
			return l
		}
	}
	e, assumed := c.versions(c.joined(texts), texts)
	l := inventory.License{Detected: e.String(), Concluded: e.String(), Status: inventory.OK, Basis: "text"}
	if assumed != "" {
		l.Status, l.Basis, l.Reason = inventory.Assumed, "assumed", assumed
	}
	return l
}

// candidates lists what was found in texts that are not settled.
func candidates(texts []*detect.File) string {
	var all []spdx.Expr
	for _, f := range texts {
		for _, m := range f.Text.Matches {
			if e, err := spdx.ParseLax(m.ID); err == nil {
				all = append(all, e)
			}
		}
	}
	if len(all) == 0 {
		return ""
	}
	return spdx.NewAnd(all...).String()
}

// joined makes one expression of several license files: a choice where the
// README, one of the files or their names offer one, else all of them.
func (c *conclusion) joined(texts []*detect.File) spdx.Expr {
	var all []spdx.Expr
	var names []string
	for _, f := range texts {
		if !slices.ContainsFunc(all, func(e spdx.Expr) bool { return spdx.Same(e, f.Text.Code) }) {
			all = append(all, f.Text.Code)
			names = append(names, f.Path)
		}
	}
	all = slices.DeleteFunc(slices.Clone(all), func(e spdx.Expr) bool {
		return !c.named(e) && slices.ContainsFunc(all, func(o spdx.Expr) bool { return c.refers(o, e) })
	})
	if len(all) == 1 {
		return all[0]
	}
	for _, e := range all {
		if _, ok := e.(spdx.License); !ok && coversAll(e, all) {
			return e // one file explains how the others go together
		}
	}
	for _, f := range c.readme {
		if f.Text.Status == detect.Match && f.Text.Choice && coversAll(f.Text.Code, all) {
			return spdx.NewOr(all...)
		}
	}
	if c.r.OffersChoice(names) {
		return spdx.NewOr(all...)
	}
	return spdx.NewAnd(all...)
}

// named reports whether the README names a license as one of the project's.
func (c *conclusion) named(e spdx.Expr) bool {
	return slices.ContainsFunc(c.readme, func(f *detect.File) bool {
		return slices.ContainsFunc(f.Text.Matches, func(m detect.Found) bool {
			x, err := spdx.ParseLax(m.ID)
			return err == nil && coversAll(x, []spdx.Expr{e})
		})
	})
}

func (c *conclusion) refers(license, other spdx.Expr) bool {
	a, ok := license.(spdx.License)
	b, ok2 := other.(spdx.License)
	return ok && ok2 && c.r.Refers(a.ID, b.ID)
}

// coversAll reports whether an expression names every license of a list.
func coversAll(e spdx.Expr, all []spdx.Expr) bool {
	leaves := spdx.Leaves(e)
	for _, o := range all {
		for _, l := range spdx.Leaves(o) {
			if !slices.ContainsFunc(leaves, func(m spdx.License) bool { return detect.SameVersion(m.ID, l.ID) }) {
				return false
			}
		}
	}
	return true
}

// versions settles which versions of a bare GNU text count: what the README and
// the source headers say; else that version only, which is an assumption.
func (c *conclusion) versions(e spdx.Expr, texts []*detect.File) (spdx.Expr, string) {
	if !slices.ContainsFunc(texts, func(f *detect.File) bool { return f.Text.Bare }) {
		return e, ""
	}
	assumed := ""
	out := spdx.Map(e, func(l spdx.License) spdx.Expr {
		if !detect.Versioned(l.ID) || !bareIn(texts, l.ID) {
			return l
		}
		said := c.said(l.ID)
		if said == "" {
			assumed = fmt.Sprintf("the text of %s stands alone: nothing says whether later versions count", l.ID)
			return l
		}
		l.ID = said
		return l
	})
	return out, assumed
}

func bareIn(texts []*detect.File, id string) bool {
	return slices.ContainsFunc(texts, func(f *detect.File) bool {
		return f.Text.Bare && slices.ContainsFunc(spdx.Leaves(f.Text.Expr), func(l spdx.License) bool { return l.ID == id })
	})
}

// said returns the id that the README or source headers give for a license's
// versions; the narrower where they differ. A name alone ("GPL v3") does not say
// that later versions are excluded.
func (c *conclusion) said(id string) string {
	var found []string
	for _, f := range slices.Concat(c.readme, c.headers) {
		for _, m := range statements(f) {
			e, err := spdx.ParseLax(m.ID)
			if err != nil || f.Text.Bare {
				continue
			}
			for _, l := range spdx.Leaves(e) {
				if detect.SameVersion(l.ID, id) && (l.ID != id || m.Only || m.Method == detect.ByText || m.Method == detect.ByTag) {
					found = append(found, l.ID)
				}
			}
		}
	}
	if len(found) == 0 {
		return ""
	}
	slices.Sort(found)
	if slices.Contains(found, id) {
		return id
	}
	return found[0]
}

// statements are the licenses that a file states, one by one.
func statements(f *detect.File) []detect.Found {
	if len(f.Text.Matches) > 0 {
		return f.Text.Matches
	}
	return []detect.Found{{ID: f.Text.Expr.String(), Method: f.Text.Method}}
}

// withoutText concludes where no license file is: from the README, else from
// source headers.
func (c *conclusion) withoutText() inventory.License {
	if len(c.readme) > 0 {
		f := c.readme[0]
		said := f.Text.Code.String()
		if f.Text.Status == detect.Match {
			return inventory.License{Declared: said, Concluded: said, Status: inventory.OK, Basis: "declared"}
		}
		return inventory.License{
			Declared: candidates(c.readme), Concluded: said, Status: inventory.Unknown, Basis: "declared", Reason: path.Base(f.Path) + ": " + f.Text.Reason,
		}
	}
	var all []spdx.Expr
	for _, f := range c.headers {
		all = append(all, f.Text.Expr)
	}
	if len(all) == 0 {
		return inventory.License{Concluded: spdx.None{}.String(), Status: inventory.None, Basis: "text"}
	}
	e := spdx.NewAnd(all...)
	return inventory.License{Detected: e.String(), Concluded: e.String(), Status: inventory.OK, Basis: "text"}
}
