package scan

import (
	"os"
	"path/filepath"
	"testing"
)

// Places are told as seen from the repository; what lies outside it is not told.
func TestRootOf(t *testing.T) {
	top := t.TempDir()
	repo := filepath.Join(top, "repo")
	for _, dir := range []string{"repo/.git", "repo/services/api/cmd", "repo/tools", "beside"} {
		if err := os.MkdirAll(filepath.Join(top, filepath.FromSlash(dir)), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	cwd := filepath.Join(repo, "services", "api")
	if got := repository(cwd); got != repo {
		t.Errorf("repository of %s is %s", cwd, got)
	}
	if got := below(repo, cwd); got != "services/api" {
		t.Errorf("the working directory is %q", got)
	}
	for abs, want := range map[string]string{
		cwd: ".", filepath.Join(cwd, "cmd"): "cmd", repo: "../..", filepath.Join(repo, "tools"): "../../tools",
		top: "", filepath.Join(top, "beside"): "", filepath.Join(top, "repo2"): "",
	} {
		if got := rootOf(repo, cwd, abs); got != want {
			t.Errorf("root of %s: %q, want %q", abs, got, want)
		}
	}
}
