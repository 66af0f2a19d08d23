package sbom

import (
	"errors"
	"iter"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// yamlNode is a YAML value as the reader of SPDX asks it.
type yamlNode struct{ yamlpos.Node }

func (n yamlNode) Get(key string) yamlNode { return yamlNode{n.Node.Get(key)} }
func (n yamlNode) Line() int               { return n.Pos().Line }

// Text of null is nothing, as in JSON.
func (n yamlNode) Text() string {
	if n.Kind() != yamlpos.Scalar {
		return ""
	}
	return n.Node.Text()
}

func (n yamlNode) Items() iter.Seq[yamlNode] {
	return func(yield func(yamlNode) bool) {
		for m := range n.Node.Items() {
			if !yield(yamlNode{m}) {
				return
			}
		}
	}
}

func (n yamlNode) Pairs() iter.Seq2[yamlNode, yamlNode] {
	return func(yield func(key, value yamlNode) bool) {
		for k, m := range n.Node.Pairs() {
			if !yield(yamlNode{k}, yamlNode{m}) {
				return
			}
		}
	}
}

// yaml reads SPDX 2.x as YAML, which has the names of the JSON form.
func (b *bom) yaml(data []byte) {
	root, err := yamlpos.Parse(b.file.Shown(), data)
	if err != nil {
		b.yamlFaults(err)
		return
	}
	v := yamlNode{root}
	version := v.Get("spdxVersion")
	if version.Kind() == yamlpos.Absent {
		b.foreign = true
		return
	}
	b.version("SPDX", strings.TrimPrefix(version.Text(), "SPDX-"), version.Line(), "2.")
	spdx2(b, v)
}

func (b *bom) yamlFaults(err error) {
	var faults yamlpos.Faults
	if !errors.As(err, &faults) {
		b.res.Problems = append(b.res.Problems, b.file.Problem(diag.Malformed, 0, yamlHelp, "%v", err))
		return
	}
	for _, f := range faults {
		p := b.file.Problem(diag.Malformed, max(f.Pos.Line, 1), yamlHelp, "%s", f.Message)
		if strings.Contains(f.Message, "over the limit") || strings.Contains(f.Message, "exceeded max") {
			p.Kind, p.Help = diag.Limit, "write the document as SPDX JSON, which may be longer"
		}
		b.res.Problems = append(b.res.Problems, p)
	}
}

const yamlHelp = "mend the file, or write it again with the tool that made it"
