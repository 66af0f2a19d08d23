package artifacttest

import (
	"testing"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Offer offers a file of any tree as the walk does.
func Offer(t testing.TB, tree fsx.Tree, name string) *artifact.File {
	t.Helper()
	fi, err := tree.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	head, _, err := tree.AppendHead(nil, name, artifact.HeadSize)
	if err != nil {
		t.Fatal(err)
	}
	return &artifact.File{Tree: tree, Path: name, Size: fi.Size(), Head: head}
}
