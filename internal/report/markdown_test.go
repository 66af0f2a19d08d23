package report

import (
	"slices"
	"strings"
	"testing"
)

// A comment fits GitHub's limit, and nothing in it becomes markup, a mention,
// a link or a reference.
func TestMarkdown(t *testing.T) {
	for name, r := range samples() {
		out := render(t, format(t, "markdown"), r, Options{})
		if len(out) > maxMarkdown {
			t.Errorf("%s: %d bytes", name, len(out))
		}
		if !strings.HasPrefix(out, markdownMark+"\n### ") || !strings.Contains(out, mdText(Disclaimer)) {
			t.Errorf("%s: head or foot is missing", name)
		}
		for _, row := range slices.Collect(strings.Lines(out)) {
			if cells := strings.Count(strings.ReplaceAll(row, `\|`, ""), "|"); strings.HasPrefix(row, "| ") && strings.Contains(row, "&nbsp;") && cells != 4 {
				t.Errorf("%s: a row with %d bars: %s", name, cells, row)
			}
		}
	}
	for in, want := range map[string]string{
		"a*b_c`d":             "a\\*b\\_c\\`d",
		"<script>":            "&lt;script&gt;",
		"@all see #1":         "@<!-- -->all see #<!-- -->1",
		"https://x www.y":     "https:<!-- -->//x www<!-- -->.y",
		"[a](b) ![i](j)":      `\[a\](b) \!\[i\](j)`,
		"line\nbreak":         `line\\u{000a}break`,
		"a | b & c ~~d~~ $e$": `a \| b &amp; c \~\~d\~\~ \$e\$`,
	} {
		if got := mdText(in); got != want {
			t.Errorf("mdText(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"a": "`a`", "": "", "a`b": "`` a`b ``", "``": "``` `` ```", "a|b": "`a|b`"} {
		if got := mdCode(in); got != want {
			t.Errorf("mdCode(%q) = %q, want %q", in, got, want)
		}
	}
}
