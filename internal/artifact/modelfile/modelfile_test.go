package modelfile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/artifacttest"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

func lines(res *artifact.Result) string {
	var b strings.Builder
	guess := map[bool]string{true: " (guessed)"}
	for _, l := range res.Lineage {
		fmt.Fprintf(&b, "%d %s %s=%s%s\n", l.Line, l.Relation, l.Field, l.ID, guess[l.Guessed])
	}
	for _, s := range res.Licenses {
		fmt.Fprintf(&b, "%d %s %s=%s\n", s.Line, s.Source, s.Field, s.Value)
	}
	for _, x := range res.Texts {
		fmt.Fprintf(&b, "%s %s %q\n", x.Source, x.Name, x.Content)
	}
	for _, p := range res.Problems {
		fmt.Fprintf(&b, "%d %s: %s\n", p.Line, p.Kind, p.Message)
	}
	for _, p := range res.Properties {
		fmt.Fprintf(&b, "%s=%s\n", p.Name, p.Value)
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"all", "# comment LICENSE mit\nFROM llama3.2:1b\nADAPTER ./lora.gguf\nPARAMETER temperature 1\nPARAMETER stop \"\"\"a\nb\"\"\"\nSYSTEM \"\"\"You are\nFROM nobody\n\"\"\"\nLICENSE \"\"\"\nMIT License\n\nCopyright \"x\"\n\"\"\"\nLICENSE Apache-2.0\n",
			"2  FROM=llama3.2:1b\n3 adapter ADAPTER=./lora.gguf\n15 model-file LICENSE=Apache-2.0\nmodel-file Modelfile:10 (LICENSE) \"\\nMIT License\\n\\nCopyright \\\"x\\\"\\n\"\n"},
		{"any case, CRLF, byte order mark", "\uFEFFfrom \"org/name\"\r\nlicense \"\"\"a\r\nb\"\"\"  \r\nLicense mit\r\n",
			"1  FROM=org/name\n4 model-file LICENSE=mit\nmodel-file Modelfile:2 (LICENSE) \"a\\r\\nb\"\n"},
		{"quotes over lines", "FROM x\nLICENSE \"one\ntwo\"\n", "1  FROM=x\nmodel-file Modelfile:2 (LICENSE) \"one\\ntwo\"\n"},
		{"text that ends in a quote", "FROM x\nLICENSE \"\"\"a\n\"b\"\"\"\"\nSYSTEM y", "1  FROM=x\nmodel-file Modelfile:2 (LICENSE) \"a\\n\\\"b\\\"\"\n"},
		{"triple quotes inside", "FROM x\nLICENSE \"\"\"a\n\"\"\"b\n\"\"\"\n", "1  FROM=x\nmodel-file Modelfile:2 (LICENSE) \"a\\n\\\"\\\"\\\"b\\n\"\n"},
		{"paths", "FROM /home/me/x.gguf\nFROM ../x\nADAPTER x/y/z.gguf\nFROM hf.co/a/b:Q4\nDRAFT ./d.gguf\n",
			"1  FROM=/home/me/x.gguf (guessed)\n2  FROM=../x (guessed)\n3 adapter ADAPTER=x/y/z.gguf\n4  FROM=hf.co/a/b:Q4\ndraft=./d.gguf\n"},
		{"no end", "FROM x\nLICENSE \"\"\"a\nb\n", "1  FROM=x\n2 malformed: the quotes of LICENSE do not end\n"},
		{"unknown", "FROM x\nCOPY a b\nLICENSE mit\n", "1  FROM=x\n3 model-file LICENSE=mit\n2 malformed: unknown instruction \"COPY\"\n"},
		{"empty", "FROM x\nLICENSE\nLICENSE \"\"\nMESSAGE user hi\n", "1  FROM=x\n"},
		{"long sentence", "FROM x\nLICENSE " + strings.Repeat("y", 2000) + "\n", "1  FROM=x\nmodel-file LICENSE \"" + strings.Repeat("y", 2000) + "\"\n"},
		{"bytes", "FROM x\nLICENSE \xff\n", "0 malformed: not UTF-8 text\n"},
		{"other", "model: x\n", ""},
	} {
		res := artifacttest.Content(t, New(), "Modelfile", []byte(tt.text))
		if diff := cmp.Diff(tt.want, lines(res)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if (res.Role == artifact.Recipe) != (tt.name != "other") {
			t.Errorf("%s: role %q", tt.name, res.Role)
		}
	}
}

func TestMatch(t *testing.T) {
	tree := fsx.NewMap(map[string]string{"Modelfile": "FROM x", "a/Modelfile.q4": "FROM x", "x.modelfile": "FROM x", "Dockerfile": "FROM x", "modelfiles": "FROM x"})
	for name, want := range map[string]bool{"Modelfile": true, "a/Modelfile.q4": true, "x.modelfile": true, "Dockerfile": false, "modelfiles": false} {
		if got := New().Match(artifacttest.Offer(t, tree, name)); got != want {
			t.Errorf("Match(%s) = %v", name, got)
		}
	}
}

func TestLimits(t *testing.T) {
	tree := artifacttest.NewTree(nil)
	tree.Sparse("Modelfile", []byte("FROM x\n"), maxBytes+1)
	res := artifacttest.Read(t, New(), tree.File("Modelfile"))
	if len(res.Problems) != 1 || res.Problems[0].Kind != diag.Limit || tree.Bytes() != 0 {
		t.Errorf("%+v", res.Problems)
	}
	res = artifacttest.Content(t, New(), "Modelfile", []byte(strings.Repeat("FROM x\nPARAMETER a b\n", 100_000)))
	if len(res.Problems) != 1 || res.Problems[0].Kind != diag.Limit || len(res.Lineage) != maxFacts {
		t.Errorf("%d links, %+v", len(res.Lineage), res.Problems)
	}
	artifacttest.Faults(t, New(), "Modelfile", []byte("FROM x\n"))
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"FROM x\nLICENSE \"\"\"a\nb\"\"\"\n", "from \"a\nlicense b\"\r\n", "FROM x\nLICENSE \"\"\"\"\"\"\"\n# c\rADAPTER \"x\" y\n", "PARAMETER\nMESSAGE user \"\nFROM a"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		artifacttest.Hostile(t, New(), "Modelfile", data, int64(len(data)))
	})
}
