package detect

import (
	"io/fs"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// KnownDigest returns the expression of a text that is known by its digest
// (sha256:…) alone, "" for any other.
func (s *Scanner) KnownDigest(digest string) string { return s.digests()[strings.ToLower(digest)] }

func readDigests(rules fs.FS) map[string]string {
	out := map[string]string{}
	// A table that cannot be read knows nothing: tests read it.
	_ = rulebase.Rows(rules, "detect/digests.tsv", 3, func(c []string) error {
		out[c[0]] = c[2]
		return nil
	})
	return out
}

// OffersArtifact reports by a base name in lower case whether a file is offered
// to the readers of models, datasets and bills of materials.
func (s *Scanner) OffersArtifact(base string) bool {
	return s.offer(base) == "yes" || s.offer(base) == "package"
}

// MarksProject reports by a base name in lower case whether a file makes its
// folder that of a program.
func (s *Scanner) MarksProject(base string) bool {
	return s.offer(base) == "project" || s.offer(base) == "package"
}

func (s *Scanner) offer(base string) string { return s.offered().role(base) }

// readOffered reads which files are offered to the readers of artifacts. A table
// that cannot be read offers nothing: tests read it.
func readOffered(rules fs.FS) *fileNames {
	n, _ := readFileNames(rules, "detect/artifacts.tsv")
	return n
}
