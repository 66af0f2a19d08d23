package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/conclude"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// known says what weights are that a table knows by their content: it is
// hashed only where the size is that of a row.
func (b *builder) known(t *discover.Thing, r *discover.Read, c *inventory.Component) (conclude.TextOf, bool) {
	if r.Role != artifact.Weights || r.File.Tree == nil || !b.o.Scanner.SizeOfWeights(r.File.Size) {
		return conclude.TextOf{}, false
	}
	digest, err := sum(&r.File)
	if err != nil {
		b.inv.Errors = append(b.inv.Errors, diag.Problem{
			Path: path.Join(t.Target, r.File.Shown()), Kind: diag.Unreadable, Message: "reading it whole: " + err.Error(), Help: "make the file readable",
		})
		return conclude.TextOf{}, false
	}
	w, ok := b.o.Scanner.KnownWeights(digest)
	if !ok {
		return conclude.TextOf{}, false
	}
	c.Properties = append(c.Properties,
		inventory.Property{Name: inventory.SameAs, Value: w.String()},
		inventory.Property{Name: inventory.SameTerms, Value: w.Expression},
		inventory.Property{Name: "same_from", Value: w.From})
	return conclude.TextOf{Path: r.File.Shown(), Source: "model-file", Role: "code", Digest: "sha256:" + digest, Known: w.Expression}, true
}

func sum(f *artifact.File) (string, error) {
	body, closer, err := f.Section(f.Size)
	if err != nil {
		return "", err
	}
	defer closer.Close()
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// upstream adds to a license that was not found what is known of the files of
// the repository that are not here.
func upstream(c *inventory.Component, l *inventory.License) {
	if l.Status != inventory.None {
		return
	}
	var has, here []string
	none := false
	for _, p := range c.Properties {
		switch {
		case p.Name == "not_downloaded":
			here = append(here, p.Value)
		case p.Name == "upstream_license" && p.Value == "none":
			none = true
		case p.Name == "upstream_license":
			has = append(has, p.Value)
		}
	}
	switch {
	case len(here) > 0:
		l.Reason = "no license found in what was downloaded; the repository has more: " + strings.Join(here, ", ")
	case len(has) > 0:
		l.Reason = "no license found here; the repository has " + strings.Join(has, ", ")
	case none:
		l.Reason = "no license found, and the repository has no license file"
	}
}

// around notes the license of the package that a thing lies in. It is no
// statement about the thing: whoever packs up the weights of others puts a
// license on the whole.
func around(t *discover.Thing, c *inventory.Component, l *inventory.License) {
	if t.Around == nil || len(t.Around.Licenses) == 0 {
		return
	}
	var all []string
	for _, s := range t.Around.Licenses {
		all = append(all, s.Value)
	}
	said := strings.Join(all, " AND ")
	c.Properties = append(c.Properties,
		inventory.Property{Name: inventory.PackageLicense, Value: said},
		inventory.Property{Name: "package_file", Value: t.Around.File.Path})
	if l.Status == inventory.None {
		l.Reason = fmt.Sprintf("no license found for the weights; %s says %s of the package around them", t.Around.File.Path, said)
	}
}
