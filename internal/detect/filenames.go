package detect

import (
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// fileName gives the files that match a pattern of lower-case base names a role.
type fileName struct {
	pattern string
	role    string // "" for names that are no license files after all
	// head and tail are what the pattern begins and ends with before its first
	// and after its last special sign, middle the longest of what stands between
	// two: most names are told by them alone.
	head, middle, tail string
	shape              shape
}

// shape says what decides beside head, middle and tail.
type shape uint8

const (
	mixed    shape = iota // path.Match
	literal               // the name is the pattern
	oneStar               // head and tail do not overlap
	twoStars              // neither do head, middle and tail, in this order
)

// newFileName prepares a pattern; its error is path.ErrBadPattern.
func newFileName(pattern, role string) (fileName, error) {
	const special = `*?[]\`
	f := fileName{pattern: pattern, role: role, head: pattern, tail: pattern, shape: literal}
	if i := strings.IndexAny(pattern, special); i >= 0 {
		k := strings.LastIndexAny(pattern, special)
		f.head, f.tail, f.shape = pattern[:i], pattern[k+1:], mixed
		if inner := pattern[i : k+1]; !strings.ContainsAny(inner, `[]\`) {
			for _, s := range strings.FieldsFunc(inner, func(r rune) bool { return r == '*' || r == '?' }) {
				if len(s) > len(f.middle) {
					f.middle = s
				}
			}
			switch inner {
			case "*":
				f.shape = oneStar
			case "*" + f.middle + "*":
				f.shape = twoStars
			}
		}
	}
	_, err := path.Match(pattern, "")
	return f, err
}

// fits reports whether a base name in lower case matches the pattern as
// path.Match has it.
func (f *fileName) fits(base string) bool {
	if f.shape == literal {
		return base == f.pattern
	}
	if len(base) < len(f.head)+len(f.tail) || !strings.HasPrefix(base, f.head) || !strings.HasSuffix(base, f.tail) {
		return false
	}
	inner := base[len(f.head) : len(base)-len(f.tail)]
	switch {
	case !strings.Contains(inner, f.middle):
		return false
	case f.shape == mixed:
		ok, _ := path.Match(f.pattern, base)
		return ok
	}
	return true
}

// fileNames is a table of file names: the first that fits decides.
type fileNames struct {
	list []fileName
	// byExt are the patterns that stand for an extension (*.go). Of the others,
	// byFirst holds those that begin with a letter, by their first byte, and free
	// those that do not, each list in the order of the table.
	byExt   map[string]int
	byFirst [256][]int
	free    []int
}

// readFileNames reads a table of patterns and roles; the role "-" is none.
func readFileNames(rules fs.FS, table string) (*fileNames, error) {
	n := &fileNames{}
	err := rulebase.Rows(rules, table, 2, func(c []string) error {
		role := c[1]
		if role == "-" {
			role = ""
		}
		f, err := newFileName(c[0], role)
		n.list = append(n.list, f)
		return err
	})
	n.index()
	return n, err
}

func (n *fileNames) index() {
	n.byExt = map[string]int{}
	for i := range n.list {
		f := &n.list[i]
		if f.shape == oneStar && f.head == "" && strings.LastIndexByte(f.tail, '.') == 0 {
			if _, ok := n.byExt[f.tail]; !ok {
				n.byExt[f.tail] = i
			}
			continue
		}
		if f.head == "" {
			n.free = append(n.free, i)
		} else {
			n.byFirst[f.head[0]] = append(n.byFirst[f.head[0]], i)
		}
	}
}

// role of a base name; "" where none is known. The extension that stands first in
// the table is that of most files.
func (n *fileNames) role(base string) string {
	if base == "" {
		return ""
	}
	if i, ok := n.byExt[path.Ext(base)]; ok && i == 0 {
		return n.list[i].role
	}
	base = strings.ToLower(base)
	first := len(n.list)
	if i, ok := n.byExt[path.Ext(base)]; ok {
		first = i
	}
	for _, list := range [...][]int{n.byFirst[base[0]], n.free} {
		for _, i := range list {
			if i >= first {
				break
			}
			if n.list[i].fits(base) {
				first = i
				break
			}
		}
	}
	if first == len(n.list) {
		return ""
	}
	return n.list[first].role
}

// Role says by its base name what a file speaks of: code, notice, docs, …; "" for
// a name that is not about licenses.
func (s *Scanner) Role(base string) string { return s.role(base) }

// maxBase is the length of a base name up to which it is looked at, in bytes.
const maxBase = 80

// role of a file by its base name; "" for a file that is not about licenses.
func (s *Scanner) role(base string) string {
	if len(base) > maxBase {
		return ""
	}
	return s.files.role(base)
}
