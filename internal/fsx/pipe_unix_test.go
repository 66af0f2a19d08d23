//go:build unix

package fsx

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestPipe: nobody waits for a writer that never comes.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "LICENSE"), 0o644); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink("LICENSE", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	tree, err := OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, name := range []string{"LICENSE", "link"} {
			if _, err := tree.ReadFile(name, 10); !errors.Is(err, ErrNotRegular) {
				t.Errorf("ReadFile(%s): %v, want %v", name, err, ErrNotRegular)
			}
			f, err := OpenFolder(tree, ".")
			if err != nil {
				t.Error(err)
				return
			}
			list, err := f.List()
			if err != nil || len(list) != 2 {
				t.Errorf("%v %v", list, err)
			}
			for _, e := range list {
				if _, err := f.Head(nil, e, 10, func([]byte, bool) int { return 0 }); !errors.Is(err, ErrNotRegular) {
					t.Errorf("Head(%s): %v, want %v", e.Name, err, ErrNotRegular)
				}
			}
			f.Close()
		}
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("still waiting for the pipe")
	}
}
