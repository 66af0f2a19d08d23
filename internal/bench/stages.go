//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/rulebase"
	"github.com/rukhsa/rukhsa/internal/scan"
	"github.com/rukhsa/rukhsa/rules"
)

// stage is what one stage of a scan took; Peak is what it added to the most
// memory that the process had before.
type stage struct {
	CPU, Wall time.Duration
	Peak      int64 // bytes
}

// stagesOf reads a project once and prints two stages: all up to the end of the
// build list, the start of the process included, and the detection.
func stagesOf(w io.Writer, dir string) error {
	var out [2]stage
	var u syscall.Rusage
	lap := func(s *stage, since time.Time, before stage) error {
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return err
		}
		*s = stage{CPU: time.Duration(u.Utime.Nano()+u.Stime.Nano()) - before.CPU, Wall: time.Since(since), Peak: peak(&u) - before.Peak}
		return nil
	}
	start := time.Now()
	modules, err := load(dir)
	if err != nil {
		return err
	}
	if err := lap(&out[0], start, stage{}); err != nil {
		return err
	}
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		return err
	}
	var ready stage
	if err := lap(&ready, start, stage{}); err != nil {
		return err
	}
	start = time.Now()
	if err := search(base, modules); err != nil {
		return err
	}
	if err := lap(&out[1], start, ready); err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(out)
}

// load finds the modules that a scan looks at.
func load(dir string) ([]*gomod.Module, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	env := gomod.ReadEnv(os.Getenv)
	f := &discover.Finder{
		Cwd: abs, Open: fsx.OpenDir, Stat: func(abs string) (fs.FileInfo, error) { return os.Stat(abs) },
		NoWork: env["GOWORK"] == "off", Uses: gomod.WorkUses,
	}
	found, err := f.Find([]string{"."})
	if err != nil {
		return nil, err
	}
	var modules []*gomod.Module
	for _, u := range found.Units {
		r := gomod.Load(context.Background(), gomod.Config{
			Tree: u.Tree, Dir: u.Dir, Abs: u.Abs, Patterns: u.Patterns, Open: fsx.OpenDir, Env: env,
		})
		modules = append(append(modules, r.Mains...), r.Modules...)
	}
	if len(modules) == 0 {
		return nil, fmt.Errorf("%s: no modules", dir)
	}
	return modules, nil
}

// search looks for the licenses of modules, on all processors as a scan does.
func search(base *rulebase.Base, modules []*gomod.Module) error {
	s, err := detect.New(base, rules.FS, detect.Engines[0])
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(modules); i = int(next.Add(1)) - 1 {
				if m := modules[i]; m.Tree != nil {
					s.Tree(scan.TreeInput(m))
				}
			}
		})
	}
	wg.Wait()
	return nil
}

// profiled writes a CPU profile of n loads and detections. What a process does
// only once weighs less in it than in a scan.
func profiled(file string, n int, dir string) error {
	base, err := rulebase.Load(rules.FS)
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(out); err != nil {
		return err
	}
	for range n {
		modules, err := load(dir)
		if err != nil {
			return err
		}
		if err := search(base, modules); err != nil {
			return err
		}
	}
	pprof.StopCPUProfile()
	return out.Close()
}
