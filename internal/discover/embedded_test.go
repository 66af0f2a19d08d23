package discover

import (
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact/all"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func TestMayEmbed(t *testing.T) {
	f := &Finder{Wants: func(base string) bool { return !strings.HasSuffix(base, ".txt") }}
	for name, want := range map[string]bool{"W.GGUF": true, "model.json": true, "schema.json": false, "README.md": false, "bom.xml": false, "a.txt": false} {
		if got := f.MayEmbed(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if (&Finder{}).MayEmbed("w.gguf") {
		t.Error("nothing is offered to no readers")
	}
}

// Embedded finds what holds parameters among the files, with what stands beside
// it, and nothing else.
func TestEmbedded(t *testing.T) {
	tree := fsx.NewMap(map[string]string{
		"a/w.gguf": weights, "a/README.md": frontMatter, "a/config.json": config, "b/loose.gguf": weights, "b/other.gguf": weights, "c/text.bin": "text", "d/README.md": frontMatter,
	})
	f := &Finder{Readers: all.Readers(), Wants: func(string) bool { return true }}
	res := f.Embedded("mod@v1", tree, []string{"a/w.gguf", "b/loose.gguf", "c/text.bin", "d/README.md", "missing.gguf"})
	if got, want := things(res), "a own README.md config.json w.gguf\nb/loose.gguf own loose.gguf"; got != want || len(res.Problems) > 0 {
		t.Errorf("got:\n%s\nwant:\n%s\n%v", got, want, res.Problems)
	}
}
