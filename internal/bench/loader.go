//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/pprof"

	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
)

// benchLoader measures the loader alone against the go command.
func benchLoader(w io.Writer, n int, dir string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	runs, err := measure(n, abs, []string{self, "-child", "."}, listing)
	if err != nil {
		return err
	}
	header(w, abs, n)
	runs[0].print(w, "loader")
	runs[1].print(w, "go list -deps")
	return ratio(w, "loader/list", runs[0], runs[1])
}

// load does what a scan does before it looks for licenses.
func load(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	env := gomod.ReadEnv(os.Getenv)
	f := &discover.Finder{
		Cwd: abs, Open: fsx.OpenDir, Stat: func(abs string) (fs.FileInfo, error) { return os.Stat(abs) },
		NoWork: env["GOWORK"] == "off", Uses: gomod.WorkUses,
	}
	found, err := f.Find([]string{"."})
	if err != nil {
		return err
	}
	modules := 0
	for _, u := range found.Units {
		r := gomod.Load(context.Background(), gomod.Config{
			Tree: u.Tree, Dir: u.Dir, Abs: u.Abs, Patterns: u.Patterns, Open: fsx.OpenDir, Env: env,
		})
		modules += len(r.Modules)
	}
	if modules == 0 {
		return errors.New("no modules")
	}
	fmt.Println(modules, "modules")
	return nil
}

// profiled writes a CPU profile of n loads.
func profiled(file string, n int, dir string) error {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	for range n {
		if err := load(dir); err != nil {
			return err
		}
	}
	pprof.StopCPUProfile()
	return out.Close()
}
