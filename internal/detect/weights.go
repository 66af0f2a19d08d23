package detect

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// Weights are weights that are known by their content.
type Weights struct {
	Size       int64  // bytes
	Name       string // publisher/name
	Release    string // which of the publisher's files it is
	Expression string // their license
	From       string // where that stands: a URL
}

// String names the file as its publisher does.
func (w Weights) String() string { return w.Name + " (" + w.Release + ")" }

// SizeOfWeights reports whether weights of that size are known: hashing a file
// of any other size tells nothing.
func (s *Scanner) SizeOfWeights(size int64) bool { return s.weights().sizes[size] }

// KnownWeights returns what is known of a file by its digest, sha256 in hex.
func (s *Scanner) KnownWeights(digest string) (Weights, bool) {
	w, ok := s.weights().byDigest[digest]
	return w, ok
}

type weightsTable struct {
	sizes    map[int64]bool
	byDigest map[string]Weights
}

func readWeights(rules fs.FS) (*weightsTable, error) {
	t := &weightsTable{map[int64]bool{}, map[string]Weights{}}
	err := rulebase.Rows(rules, "detect/weights.tsv", 6, func(c []string) error {
		size, err := strconv.ParseInt(c[0], 10, 64)
		if err != nil || size <= 0 || len(c[1]) != 64 || strings.Trim(c[1], "0123456789abcdef") != "" {
			return fmt.Errorf("no size and digest: %q, %q", c[0], c[1])
		}
		t.sizes[size] = true
		t.byDigest[c[1]] = Weights{size, c[2], c[3], c[4], c[5]}
		return nil
	})
	return t, err
}
