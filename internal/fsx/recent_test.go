package fsx

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What was read last of a disk is at hand for whoever asks next, and no more of
// it than was asked for.
func TestRecent(t *testing.T) {
	root := t.TempDir()
	texts := map[string]string{"small": strings.Repeat("s", 100), "page": strings.Repeat("p", ahead), "long": strings.Repeat("l", maxRecent+1)}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	disk, err := OpenDir(root)
	if err != nil {
		t.Fatal(err)
	}
	tree := Cache(disk)
	read := func(name string, n int) {
		t.Helper()
		text := texts[name]
		got, whole, err := tree.AppendHead([]byte("x"), name, n)
		if want := text[:min(n, len(text))]; err != nil || string(got) != "x"+want || whole != (n > len(text)) {
			t.Errorf("%s, %d bytes: %d, whole %v, %v", name, n, len(got)-1, whole, err)
		}
		if len(got) > 0 {
			clear(got[:cap(got)]) // what a caller does with it is its own affair
		}
	}
	for _, name := range []string{"small", "page", "long"} {
		for _, n := range []int{1, 99, 100, 101, ahead - 1, ahead, ahead + 1, maxRecent, maxRecent + 1, maxRecent + 2, 10} {
			read(name, n)
		}
	}
	read("small", 10)
	if err := os.Remove(filepath.Join(root, "small")); err != nil {
		t.Fatal(err)
	}
	read("small", 200)
	if got, err := tree.ReadFile("small", 100); err != nil || string(got) != texts["small"] {
		t.Errorf("ReadFile: %q, %v", got, err)
	}
	if _, err := tree.ReadFile("small", 99); err == nil {
		t.Error("ReadFile gives more than its limit")
	}
	read("page", 10)
	if _, _, err := tree.AppendHead(nil, "small", 1); err == nil {
		t.Error("a file that was not read last is still at hand")
	}
}
