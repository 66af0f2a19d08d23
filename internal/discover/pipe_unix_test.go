//go:build unix

package discover

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// TestPipe: a pipe is no target, and among the files of one nobody waits for
// it.
func TestPipe(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pipe", "model.lines"} {
		if err := syscall.Mkfifo(filepath.Join(dir, name), 0o644); err != nil {
			t.Skip(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	f := &Finder{
		Cwd: dir, Open: fsx.OpenDir, Stat: func(abs string) (fs.FileInfo, error) { return os.Stat(abs) }, Uses: uses, NoWork: true,
		Readers: []artifact.Reader{lines{}}, Wants: func(string) bool { return true },
	}
	if _, err := f.Find([]string{"pipe"}); !errors.Is(err, fsx.ErrNotRegular) {
		t.Errorf("a pipe as target: %v, want %v", err, fsx.ErrNotRegular)
	}
	if diff := cmp.Diff("go-module in "+dir+": dir . (target .)\n", dump(f.Find([]string{"."}))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
