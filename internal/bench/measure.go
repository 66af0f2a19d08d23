//go:build unix

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// listing is what a scan is compared with.
var listing = []string{"go", "list", "-deps", "-json=ImportPath,Dir,Module,Standard,DepOnly", "./..."}

// benchScan measures a scan and the start of the program.
func benchScan(w io.Writer, n int, program, dir string) error {
	runs, err := measure(n, dir, []string{program, "scan", "."}, listing, []string{program, "--version"})
	if err != nil {
		return err
	}
	header(w, dir, n)
	runs[0].print(w, "rukhsa scan .")
	runs[1].print(w, "go list -deps")
	runs[2].print(w, "rukhsa --version")
	return ratio(w, "scan/list", runs[0], runs[1])
}

// cost is what one process took.
type cost struct {
	cpu, wall time.Duration
	rss       int64 // bytes at the peak
	code      int
}

type costs []cost

// measure runs the commands in turn, n times and once before to warm the
// caches, and returns the costs of each.
func measure(n int, dir string, commands ...[]string) ([]costs, error) {
	runs := make([]costs, len(commands))
	for i := range n + 1 {
		for j, args := range commands {
			c, err := once(dir, args)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				runs[j] = append(runs[j], c)
			}
		}
	}
	return runs, nil
}

func once(dir string, args []string) (cost, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod", "GOPROXY=off")
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if cmd.ProcessState == nil {
		return cost{}, err
	}
	c := cost{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: wall, code: cmd.ProcessState.ExitCode()}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.rss = int64(u.Maxrss)
		if runtime.GOOS != "darwin" {
			c.rss *= 1024 // kilobytes everywhere else
		}
	}
	return c, nil
}

func header(w io.Writer, dir string, n int) {
	fmt.Fprintf(w, "%s, %d pairs, %d processors, medians\n", filepath.Base(dir), n, runtime.NumCPU())
}

func (cs costs) print(w io.Writer, name string) {
	fmt.Fprintf(w, "%-17s exit %d   cpu %6.3f s   wall %6.3f s   peak %6.1f MB\n", name, cs[0].code,
		cs.median(func(c cost) float64 { return c.cpu.Seconds() }), cs.median(func(c cost) float64 { return c.wall.Seconds() }),
		cs.median(func(c cost) float64 { return float64(c.rss) / 1e6 }))
}

func (cs costs) median(of func(cost) float64) float64 {
	xs := make([]float64, len(cs))
	for i, c := range cs {
		xs[i] = of(c)
	}
	slices.Sort(xs)
	return xs[len(xs)/2]
}

// ratio prints the CPU time of a divided by that of b, pair by pair.
func ratio(w io.Writer, name string, a, b costs) error {
	rs := make([]float64, len(a))
	for i := range rs {
		rs[i] = a[i].cpu.Seconds() / b[i].cpu.Seconds()
	}
	slices.Sort(rs)
	_, err := fmt.Fprintf(w, "cpu ratio %s: median %.2f, min %.2f, max %.2f\n", name, rs[len(rs)/2], rs[0], rs[len(rs)-1])
	return err
}
