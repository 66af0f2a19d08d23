package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// maxStdText bounds Go's LICENSE file, in bytes; it has 1.5 kB.
const maxStdText = 64 << 10

// std gives the standard library its license. What it is under stands in the
// rules; its text is looked for only where the report carries texts, and then
// taken only when its digest is a known one.
func (b *builder) stdLicense() {
	var mine []*inventory.Component
	for i := range b.inv.Components {
		if b.inv.Components[i].Name == "std" {
			mine = append(mine, &b.inv.Components[i])
		}
	}
	if len(mine) == 0 {
		return
	}
	std, err := b.o.Base.Std()
	if err != nil {
		b.inv.Errors = append(b.inv.Errors, diag.Problem{Path: "std", Kind: diag.Internal, Message: err.Error()})
		return
	}
	text := std.Texts[0]
	if b.o.Texts {
		found, content, ok := b.stdText(std)
		if ok {
			text = found
			b.inv.Texts[text.Digest] = content
		} else {
			b.inv.Errors = append(b.inv.Errors, diag.Problem{
				Path: "std", Kind: diag.Missing, Message: "the license text of the Go standard library was not found on this machine",
				Help: "set GOROOT, or go mod download " + std.Modules[0] + "@latest",
			})
		}
	}
	for _, c := range mine {
		c.License = inventory.License{Declared: std.License, Concluded: std.License, Status: inventory.OK, Basis: "declared"}
		c.Evidence = []inventory.Evidence{{
			Source: "registry", Path: "LICENSE", Line: 1, Method: "digest", Expression: std.License, Coverage: 1, Digest: text.Digest, Role: "code",
		}}
		c.Copyrights = []string{text.Copyright}
		c.Texts = []string{text.Digest}
	}
}

// stdText looks for a text with a known digest: among the texts read already,
// in the modules of the cache that carry the same file, in a Go distribution.
func (b *builder) stdText(std rulebase.Std) (rulebase.StdText, string, bool) {
	for _, t := range std.Texts {
		if content, ok := b.inv.Texts[t.Digest]; ok {
			return t, content, true
		}
	}
	for _, file := range b.stdFiles(std) {
		tree, err := fsx.OpenDir(filepath.Dir(file))
		if err != nil {
			continue
		}
		body, err := tree.ReadFile(filepath.Base(file), maxStdText)
		if err != nil {
			continue
		}
		sum := sha256.Sum256(body)
		digest := "sha256:" + hex.EncodeToString(sum[:])
		if i := slices.IndexFunc(std.Texts, func(t rulebase.StdText) bool { return t.Digest == digest }); i >= 0 {
			return std.Texts[i], string(body), true
		}
	}
	return rulebase.StdText{}, "", false
}

// stdFiles are the places where the text may be, the likeliest first.
func (b *builder) stdFiles(std rulebase.Std) []string {
	var files []string
	if cache := b.o.Env["GOMODCACHE"]; cache != "" {
		for _, m := range append(slices.Clone(std.Modules), "golang.org/toolchain") {
			dir, name := filepath.Split(filepath.FromSlash(m))
			entries, err := os.ReadDir(filepath.Join(cache, dir))
			if err != nil {
				continue
			}
			for _, e := range slices.Backward(entries) {
				if strings.HasPrefix(e.Name(), name+"@") {
					files = append(files, filepath.Join(cache, dir, e.Name(), "LICENSE"))
				}
			}
		}
	}
	roots := []string{b.o.Env["GOROOT"]}
	for _, dir := range filepath.SplitList(b.o.Env["PATH"]) {
		if strings.EqualFold(filepath.Base(dir), "bin") {
			roots = append(roots, filepath.Dir(dir))
		}
	}
	roots = append(roots, "/usr/local/go", "/usr/lib/go", "/usr/lib/golang", "/opt/homebrew/opt/go/libexec")
	for _, r := range roots {
		if r != "" && filepath.IsAbs(r) {
			files = append(files, filepath.Join(r, "LICENSE"))
		}
	}
	return files
}
