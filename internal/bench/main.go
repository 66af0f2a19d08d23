//go:build unix

// Bench runs a scan and the go command's listing of the same project in turn,
// as whole processes, and prints what they cost: CPU seconds from the
// operating system's accounting, wall time and peak memory, and the median of
// the ratios pair by pair. It is a tool of the developers and not shipped.
//
//	go run ./internal/bench [-n 20] RUKHSA DIR
//
// The reference is `go list -deps` with five fields for one platform; the scan
// reads six.
package main

import (
	"flag"
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

type cost struct {
	cpu, wall time.Duration
	rss       int64 // bytes
	code      int
}

func main() {
	n := flag.Int("n", 20, "pairs")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: bench [-n PAIRS] RUKHSA DIR")
		os.Exit(2)
	}
	program, err := filepath.Abs(flag.Arg(0))
	if err == nil {
		err = run(os.Stdout, *n, program, flag.Arg(1))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(w io.Writer, n int, program, dir string) error {
	scan := []string{program, "scan", "."}
	list := []string{"go", "list", "-deps", "-json=ImportPath,Dir,Module,Standard,DepOnly", "./..."}
	version := []string{program, "--version"}
	var a, b, v []cost
	for i := range n + 1 {
		for _, x := range []struct {
			args []string
			to   *[]cost
		}{{scan, &a}, {list, &b}, {version, &v}} {
			c, err := once(dir, x.args)
			if err != nil {
				return err
			}
			if i > 0 { // the first pair warms the caches
				*x.to = append(*x.to, c)
			}
		}
	}
	ratios := make([]float64, n)
	for i := range ratios {
		ratios[i] = a[i].cpu.Seconds() / b[i].cpu.Seconds()
	}
	slices.Sort(ratios)
	fmt.Fprintf(w, "%s, %d pairs, %d processors\n", filepath.Base(dir), n, runtime.NumCPU())
	for _, x := range []struct {
		name string
		c    []cost
	}{{"rukhsa scan .", a}, {"go list -deps", b}, {"rukhsa --version", v}} {
		fmt.Fprintf(w, "%-17s exit %d   cpu %6.3f s   wall %6.3f s   peak %6.1f MB   (medians)\n", x.name, x.c[0].code,
			median(x.c, func(c cost) float64 { return c.cpu.Seconds() }), median(x.c, func(c cost) float64 { return c.wall.Seconds() }),
			median(x.c, func(c cost) float64 { return float64(c.rss) / 1e6 }))
	}
	fmt.Fprintf(w, "cpu ratio scan/list: median %.2f, min %.2f, max %.2f\n", ratios[n/2], ratios[0], ratios[n-1])
	return nil
}

func once(dir string, args []string) (cost, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod", "GOPROXY=off")
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
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

func median(cs []cost, of func(cost) float64) float64 {
	xs := make([]float64, len(cs))
	for i, c := range cs {
		xs[i] = of(c)
	}
	slices.Sort(xs)
	return xs[len(xs)/2]
}
