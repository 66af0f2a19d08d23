package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// whole writes v at once, as encoding/json does.
func whole(t *testing.T, v any, indent bool) string {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if indent {
		enc.SetIndent("", "  ")
	}
	if err := enc.Encode(v); err != nil {
		t.Fatal(err)
	}
	return string(escapeJSON(b.Bytes()))
}

// What is written in parts is what encoding/json writes at once.
func TestStream(t *testing.T) {
	type inner struct {
		Name string   `json:"name"`
		List []string `json:"list,omitempty"`
		Skip int      `json:"-"`
	}
	type outer struct {
		A    string         `json:"a\u00e9"`
		Long []inner        `json:"long"`
		Nil  []int          `json:"nil"`
		No   *inner         `json:"no"`
		Yes  *inner         `json:"yes,omitempty"`
		Map  map[string]int `json:"map,omitempty"`
		In   inner          `json:"in,omitempty"`
		Zero int            `json:"zero,omitempty"`
		Raw  []byte         `json:"raw"`
	}
	long := make([]inner, 2*manyFields)
	for i := range long {
		long[i] = inner{Name: strings.Repeat(`"\`, i%3) + "\u202e\U000e0001é\n<&>" + string(rune(i)), List: make([]string, i%4*20)}
	}
	values := map[string]any{
		"long": outer{Long: long, Yes: &long[1], Raw: make([]byte, 100)}, "pointer": &outer{Long: long}, "list": long, "lists": [][]inner{long, {}, nil},
		"empty": outer{}, "string": "a\x7f", "number": 1, "map": map[string][]inner{"x": long}, "odd end": []string{`\`, `"`, `\\"`, ""},
	}
	for name, r := range samples() {
		values["report "+name] = r
	}
	values["report of many"] = crowd(manyFields + 1)
	for name, v := range values {
		for _, indent := range []bool{false, true} {
			var got bytes.Buffer
			if err := EncodeJSON(&got, v, indent); err != nil {
				t.Fatal(err)
			}
			if want := whole(t, v, indent); got.String() != want {
				t.Errorf("%s, indent %v: got\n%.400q\nwant\n%.400q", name, indent, got.String(), want)
			}
		}
	}
}

// What cannot be written is an error, and so is a value that JSON has no form for.
func TestStreamErrors(t *testing.T) {
	if err := EncodeJSON(failing{}, crowd(50), true); err == nil {
		t.Error("a failing writer is no error")
	}
	if err := EncodeJSON(&bytes.Buffer{}, map[string]any{"f": func() {}}, true); err == nil {
		t.Error("a function has a JSON form")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errFull }

var errFull = errors.New("no space left")
