package hub

import (
	"errors"
	"net/url"
	"strings"

	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// Scheme begins the name of a repository of the Hub among targets.
const Scheme = "hf:"

// Ref names a repository of the Hub: hf:ORG/NAME for a model,
// hf:datasets/ORG/NAME for a dataset, as paths of the Hub do, and @REVISION
// behind it for a branch, a tag or a commit.
type Ref struct {
	Kind     inventory.Kind // model or dataset
	ID       string         // ORG/NAME, or NAME alone
	Revision string         // "" for the default branch
}

// Is reports whether a target names a repository of the Hub.
func Is(target string) bool { return strings.HasPrefix(target, Scheme) }

var (
	// repoID is what the Hub lets a repository be called: huggingface_hub's
	// validate_repo_id, at most 96 characters a part.
	repoID = lazyre.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,95}(/[A-Za-z0-9_][A-Za-z0-9_.-]{0,95})?$`)
	// revision is what a git reference can be called, as far as anybody does.
	revision = lazyre.New(`^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,249}$`)
)

// ParseRef reads a target that begins with Scheme.
func ParseRef(target string) (Ref, error) {
	id, rev, pinned := strings.Cut(strings.TrimPrefix(target, Scheme), "@")
	r := Ref{Kind: inventory.Model, ID: id, Revision: rev}
	if rest, ok := strings.CutPrefix(id, "datasets/"); ok {
		r.Kind, r.ID = inventory.Dataset, rest
	}
	switch {
	case strings.HasPrefix(id, "spaces/"):
		return r, errors.New("a space is a program: clone it, and scan the folder")
	case !validID(r.ID):
		return r, errors.New("no name of a repository: hf:ORG/NAME for a model, hf:datasets/ORG/NAME for a dataset")
	case pinned && (!revision.MatchString(rev) || strings.Contains(rev, "..")):
		return r, errors.New("no revision behind @: write a branch, a tag or a commit")
	}
	return r, nil
}

func validID(id string) bool {
	return repoID.MatchString(id) && !strings.Contains(id, "--") && !strings.Contains(id, "..")
}

// prefix comes before the id in the paths of files; api is the path of the
// answer about the repository.
func (r Ref) prefix() string {
	if r.Kind == inventory.Dataset {
		return "datasets/"
	}
	return ""
}

func (r Ref) api() string {
	if r.Kind == inventory.Dataset {
		return "api/datasets/" + r.ID
	}
	return "api/models/" + r.ID
}

// escapePath writes a path of a repository as a part of a URL.
func escapePath(name string) string {
	parts := strings.Split(name, "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return strings.Join(parts, "/")
}
