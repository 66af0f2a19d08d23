package yamlpos

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Kind is the kind of a node.
type Kind uint8

// The kinds of nodes. Absent is the zero Node.
const (
	Absent Kind = iota
	Null
	Scalar
	List
	Map
)

func (k Kind) String() string {
	return [...]string{"nothing", "nothing", "text", "a list", "a map"}[k]
}

// Node is a value of a parsed document; the zero Node is an absent one. Aliases
// are followed.
type Node struct {
	n   *yaml.Node
	doc *document
}

type document struct {
	file  string
	lines *lines
}

// Parse reads one document. An empty one gives the zero Node. Duplicate keys
// and tags are left to the caller; the error is a Faults.
func Parse(file string, data []byte) (Node, error) {
	doc := &document{file: file}
	if len(data) > MaxBytes {
		return Node{}, doc.fail(Pos{}, "%d bytes, over the limit of %d", len(data), MaxBytes)
	}
	data = bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF"))
	doc.lines = newLines(data)
	if off := invalid(data); off >= 0 {
		return Node{}, doc.fail(doc.lines.at(off), "not UTF-8 text")
	}
	if separators(data) > 2*MaxNodes {
		return Node{}, doc.fail(Pos{}, "over the limit of %d nodes", MaxNodes)
	}
	root, err := compose(data)
	if err != nil {
		return Node{}, doc.syntax(err)
	}
	if root == nil || len(root.Content) == 0 {
		return Node{}, nil
	}
	c := checker{doc: doc, open: map[*yaml.Node]bool{}}
	c.check(root.Content[0], 1)
	if c.fault != nil {
		return Node{}, Faults{*c.fault}
	}
	return Node{root.Content[0], doc}, nil
}

// separators counts the characters one of which stands between any two nodes:
// a bound on the number of nodes that is known before any is made.
func separators(data []byte) int {
	n := 0
	for _, b := range data {
		switch b {
		case ',', ':', '[', '{', '-', '?', '\n', '\r':
			n++
		}
	}
	return n
}

// invalid returns the offset of the first byte that is not UTF-8, or -1.
func invalid(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for off := 0; off < len(data); {
		r, size := utf8.DecodeRune(data[off:])
		if r == utf8.RuneError && size == 1 {
			return off
		}
		off += size
	}
	return -1
}

// compose runs the library. A panic of it is turned into an error: the text
// comes from strangers.
func compose(data []byte) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the YAML reader stopped: %v", r)
		}
	}()
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	root = new(yaml.Node)
	limits := loaderlimits.New(loaderlimits.DepthValue(MaxDepth), loaderlimits.AliasValue(MaxAliases))
	if err := yaml.Load(data, root, yaml.WithPlugin(limits)); err != nil {
		return nil, err
	}
	return root, nil
}

func (d *document) fail(pos Pos, format string, args ...any) Faults {
	return Faults{{File: d.file, Pos: pos, Message: fmt.Sprintf(format, args...)}}
}

// syntax turns an error of the library into a fault.
func (d *document) syntax(err error) Faults {
	var load *yaml.LoadError
	if errors.As(err, &load) {
		msg := load.Message
		if load.ContextMsg != "" {
			msg = load.ContextMsg + ": " + msg
		}
		return d.fail(d.lines.pos(load.Mark.Line, load.Mark.Column), "not YAML: %s", msg)
	}
	return d.fail(Pos{1, 1}, "not YAML: %s", err)
}

// checker walks a document once, aliases included, and stops at the first
// limit: what it lets through can be walked in full.
type checker struct {
	doc            *document
	nodes, aliases int
	open           map[*yaml.Node]bool // aliased nodes that the walk is inside of
	fault          *Fault
}

func (c *checker) fail(n *yaml.Node, format string, args ...any) {
	f := c.doc.fail(c.doc.lines.pos(n.Line, n.Column), format, args...)[0]
	c.fault = &f
}

func (c *checker) check(n *yaml.Node, depth int) {
	if c.fault != nil {
		return
	}
	if c.nodes++; c.nodes > MaxNodes {
		c.fail(n, "over the limit of %d nodes", MaxNodes)
		return
	}
	if depth > MaxDepth {
		c.fail(n, "over the limit of %d levels", MaxDepth)
		return
	}
	if n.Kind == yaml.AliasNode {
		c.alias(n, depth)
		return
	}
	if n.Kind == yaml.MappingNode && len(n.Content)/2 > MaxKeys {
		c.fail(n, "%d keys in one map, over the limit of %d", len(n.Content)/2, MaxKeys)
		return
	}
	for i, m := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && m.ShortTag() == "!!merge" {
			c.fail(m, "merge keys (<<) are not allowed: write the keys out")
			return
		}
		c.check(m, depth+1)
	}
}

func (c *checker) alias(n *yaml.Node, depth int) {
	if c.aliases++; c.aliases > MaxAliases {
		c.fail(n, "over the limit of %d aliases", MaxAliases)
		return
	}
	if n.Alias == nil || c.open[n.Alias] || inside(n.Alias, n) {
		c.fail(n, "alias *%s contains itself", n.Value)
		return
	}
	c.open[n.Alias] = true
	c.check(n.Alias, depth)
	delete(c.open, n.Alias)
}

// inside reports whether alias stands inside the node that it names.
func inside(n, alias *yaml.Node) bool {
	for _, m := range n.Content {
		if m == alias || inside(m, alias) {
			return true
		}
	}
	return false
}

func (n Node) real() *yaml.Node {
	if n.n != nil && n.n.Kind == yaml.AliasNode {
		return n.n.Alias
	}
	return n.n
}

// Kind tells what the node is.
func (n Node) Kind() Kind {
	r := n.real()
	switch {
	case r == nil:
		return Absent
	case r.Kind == yaml.SequenceNode:
		return List
	case r.Kind == yaml.MappingNode:
		return Map
	case r.ShortTag() == "!!null":
		return Null
	}
	return Scalar
}

// Pos is where the node stands; an alias, where it is used.
func (n Node) Pos() Pos {
	if n.n == nil {
		return Pos{}
	}
	return n.doc.lines.pos(n.n.Line, n.n.Column)
}

// Text is the text of a scalar as it was written, without quotes; "" for
// everything else.
func (n Node) Text() string {
	if n.Kind() != Scalar {
		return ""
	}
	return n.real().Value
}

// Tag is the resolved short tag: !!str, !!int, !!bool, !!float, !!timestamp …
func (n Node) Tag() string {
	if r := n.real(); r != nil {
		return r.ShortTag()
	}
	return ""
}

// Get returns the value of a map's key, of several equal keys the first; the
// zero Node when there is none or n is not a map.
func (n Node) Get(key string) Node {
	for k, v := range n.Pairs() {
		if k.Text() == key {
			return v
		}
	}
	return Node{}
}

// Items yields the items of a list.
func (n Node) Items() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.Kind() != List {
			return
		}
		for _, m := range n.real().Content {
			if !yield(Node{m, n.doc}) {
				return
			}
		}
	}
}

// Pairs yields the keys and values of a map in the order of the file.
func (n Node) Pairs() iter.Seq2[Node, Node] {
	return func(yield func(Node, Node) bool) {
		if n.Kind() != Map {
			return
		}
		c := n.real().Content
		for i := 0; i+1 < len(c); i += 2 {
			if !yield(Node{c[i], n.doc}, Node{c[i+1], n.doc}) {
				return
			}
		}
	}
}
