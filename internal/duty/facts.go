package duty

import (
	"math/big"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// truth is the answer of a condition.
type truth int

const (
	no truth = iota
	unknown
	yes
)

// conditions evaluates a list of which all must hold, and names the facts that
// are missing where that leaves the answer open.
func conditions(list []rulebase.Condition, s Setting) (truth, []string) {
	all := yes
	var missing []string
	for _, c := range list {
		switch t := condition(c, s.known(c)); t {
		case no:
			return no, nil
		case unknown:
			all = unknown
			if !slices.Contains(missing, c.Fact) {
				missing = append(missing, c.Fact)
			}
		}
	}
	return all, missing
}

// made names the joins that make a fact true: a changed work is a modified one,
// and so are parameters in another form or precision, which are no better for
// it. Whether they are is not to be seen from a conversion.
var made = map[string][]string{
	"modified": {"modify", "quantize-convert"},
	"improved": {"modify"},
}

// known returns what is known of a condition's fact, from the joins too; they
// never speak against what is asked of the unchanged work.
func (s Setting) known(c rulebase.Condition) string {
	if c.Op != "not" && slices.ContainsFunc(made[c.Fact], func(j string) bool { return slices.Contains(s.Joins, j) }) {
		return "yes"
	}
	if s.Fact == nil {
		return ""
	}
	return strings.TrimSpace(s.Fact(c.Fact))
}

func condition(c rulebase.Condition, value string) truth {
	if value == "" {
		return unknown
	}
	list := c.Value
	if c.Reach != "" {
		list = c.Reach
	}
	switch c.Op {
	case ">", ">=", "<", "<=":
		return compareNumbers(value, c.Op, c.Value)
	case "in":
		return truthOf(intersects(value, list))
	case "not":
		if c.Value == "" {
			return truthOf(!sameWord(value, "yes"))
		}
		return truthOf(!intersects(value, list))
	default:
		want := c.Value
		if want == "" {
			want = "yes"
		}
		return truthOf(sameWord(value, want))
	}
}

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// sameWord compares two values; yes and true mean the same, so do no and false.
func sameWord(a, b string) bool { return canonical(a) == canonical(b) }

func canonical(s string) string {
	switch s = strings.ToLower(strings.TrimSpace(s)); s {
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	return s
}

func intersects(list, want string) bool {
	words := strings.FieldsFunc(want, isComma)
	return slices.ContainsFunc(strings.FieldsFunc(list, isComma), func(a string) bool {
		return slices.ContainsFunc(words, func(b string) bool { return sameWord(a, b) })
	})
}

func isComma(r rune) bool { return r == ',' || r == ' ' || r == '[' || r == ']' }

// maxDigits bounds the numbers that are compared: facts come from a file.
const maxDigits = 40

// compareNumbers compares two decimal numbers, which may carry underscores; a
// value that is no number leaves the answer open.
func compareNumbers(a, op, b string) truth {
	x, ok := number(a)
	y, ok2 := number(b)
	if !ok || !ok2 {
		return unknown
	}
	c := x.Cmp(y)
	switch op {
	case ">":
		return truthOf(c > 0)
	case ">=":
		return truthOf(c >= 0)
	case "<":
		return truthOf(c < 0)
	default:
		return truthOf(c <= 0)
	}
}

func number(s string) (*big.Rat, bool) {
	s = strings.NewReplacer("_", "", ",", "").Replace(strings.TrimSpace(s))
	if len(s) > maxDigits || strings.Trim(s, "0123456789.") != "" {
		return nil, false
	}
	return new(big.Rat).SetString(s)
}

// Conditions prints conditions as a report shows them; "" for none.
func Conditions(list []rulebase.Condition) string {
	var all []string
	for _, c := range list {
		words := []string{c.Fact}
		if c.Op == "not" {
			words = []string{"not", c.Fact}
		} else if c.Op != "" {
			words = append(words, c.Op)
		} else if c.Value != "" {
			words = append(words, "=")
		}
		if c.Value != "" {
			words = append(words, c.Value)
		}
		all = append(all, strings.Join(words, " "))
	}
	return strings.Join(all, ", ")
}
