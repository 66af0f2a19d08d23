package card

import (
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// value is what a card and the Hub's API have in common: the values of the keys
// that this package knows.
type value struct {
	text  string
	line  int
	list  bool
	items []value // of a list
	pairs []pair  // of a map
	empty bool    // null, or nothing behind the key
	over  int     // items that were left out, past maxItems
}

type pair struct {
	key   string
	value value
}

// The limits of a value that is kept: no field of a card is a longer list or a
// deeper one.
const (
	maxItems = 10_000
	maxLevel = 4
)

// get returns the first value of a key of a map.
func (v value) get(keys ...string) value {
	for _, key := range keys {
		for _, p := range v.pairs {
			if p.key == key {
				return p.value
			}
		}
	}
	return value{empty: true}
}

// many yields the items of a list, or the value itself.
func (v value) many() []value {
	switch {
	case v.empty:
		return nil
	case v.list:
		var out []value
		for _, item := range v.items {
			out = append(out, item.many()...)
		}
		return out
	}
	return []value{v}
}

// name is a scalar's text, or what a map names itself with.
func (v value) name() string {
	if v.pairs != nil {
		return v.get("id", "name", "repo", "path", "url").text
	}
	return v.text
}

// fromYAML copies the keys that a card has; above is the number of lines above
// the document.
func fromYAML(n yamlpos.Node, above, level int) value {
	v := value{line: above + n.Pos().Line}
	switch n.Kind() {
	case yamlpos.Scalar:
		v.text = strings.TrimSpace(n.Text())
		v.empty = v.text == ""
	case yamlpos.List:
		v.list = true
		for item := range n.Items() {
			if len(v.items) >= maxItems || level >= maxLevel {
				v.over++
				continue
			}
			v.items = append(v.items, fromYAML(item, above, level+1))
		}
	case yamlpos.Map:
		for key, m := range n.Pairs() {
			if level > 0 && level < maxLevel || level == 0 && isKnown(key.Text()) {
				p := pair{key.Text(), fromYAML(m, above, level+1)}
				p.value.line = max(p.value.line, above+key.Pos().Line)
				v.pairs = append(v.pairs, p)
			}
		}
	default:
		v.empty = true
	}
	return v
}

// fromJSON is fromYAML for an answer of the API.
func fromJSON(n jsonpos.Value, level int) value {
	v := value{line: n.Line()}
	switch n.Kind() {
	case jsonpos.String, jsonpos.Number, jsonpos.Bool:
		v.text = strings.TrimSpace(n.Text())
		v.empty = v.text == ""
	case jsonpos.Array:
		v.list = true
		for item := range n.Items() {
			if len(v.items) >= maxItems || level >= maxLevel {
				v.over++
				continue
			}
			v.items = append(v.items, fromJSON(item, level+1))
		}
	case jsonpos.Object:
		for key, m := range n.Pairs() {
			if len(v.pairs) >= maxItems || level >= maxLevel {
				v.over++
				continue
			}
			if level > 0 || isKnown(key.Text()) {
				v.pairs = append(v.pairs, pair{key.Text(), fromJSON(m, level+1)})
			}
		}
	default:
		v.empty = true
	}
	return v
}
