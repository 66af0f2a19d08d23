package conclude

import (
	"slices"
	"strings"
	"unicode"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/spdx"
)

// sources makes one entry of the C and assembly sources with the same header,
// unless the tree or a folder around them names the same holders and license.
func sources(files []*detect.File, tree *Result) []Bundled {
	var out []Bundled
	at := map[string]int{}
	for _, f := range files {
		around := tree
		for i := range tree.Bundled {
			if b := &tree.Bundled[i]; strings.HasPrefix(f.Path, b.Dir+"/") {
				around = &b.Result
			}
		}
		if covered(f, around) {
			continue
		}
		key := f.Text.Expr.String() + "\x00" + strings.Join(f.Text.Copyrights, "\x00")
		i, ok := at[key]
		if !ok {
			i = len(out)
			at[key] = i
			c := f.Text.Code.String()
			out = append(out, Bundled{Dir: f.Path, Result: Result{
				License:    inventory.License{Detected: c, Concluded: c, Status: inventory.OK, Basis: "text"},
				Copyrights: f.Text.Copyrights, Texts: []string{f.Text.Digest},
			}})
		}
		e := evidence(f)
		e.Source = detect.FromHeader
		out[i].Evidence = append(out[i].Evidence, e)
	}
	return out
}

// covered reports whether a file's header says nothing that is not said of the
// tree around it: the same license, and holders that it names too.
func covered(f *detect.File, around *Result) bool {
	e, err := spdx.ParseLax(around.License.Concluded)
	if err != nil || !coversAll(e, []spdx.Expr{f.Text.Code}) {
		return false
	}
	for _, c := range f.Text.Copyrights {
		if !slices.ContainsFunc(around.Copyrights, func(o string) bool { return holder(o) == holder(c) }) {
			return false
		}
	}
	return true
}

// holder is a copyright line without its years and signs.
func holder(line string) string {
	words := strings.FieldsFunc(strings.ToLower(line), func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(w string) bool {
		return w == "copyright" || w == "c" || w == "all" || w == "rights" || w == "reserved"
	})
	return strings.Join(words, " ")
}
