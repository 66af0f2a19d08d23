//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

// listing is what a scan is compared with.
var listing = []string{"go", "list", "-deps", "-json=ImportPath,Dir,Module,Standard,DepOnly", "./..."}

// compare measures a scan by program, the listing, the start of the program and
// the stages of a scan, and reports whether the limits hold that do not depend
// on the machine. Without a program the loader stands for the scan.
func compare(w io.Writer, n int, program, dir string) (ok bool, err error) {
	self, err := os.Executable()
	if err != nil {
		return false, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return false, err
	}
	commands := [][]string{listing, {self, "-child", "."}}
	if program != "" {
		commands = append(commands, []string{program, "scan", "."}, []string{program, "--version"}, []string{"true"})
	}
	runs, err := measure(n, dir, commands)
	if err != nil {
		return false, err
	}
	fmt.Fprintf(w, "%s: medians of %d pairs, %d processors\n", filepath.Base(dir), n, runtime.NumCPU())
	list, stages := runs[0], runs[1]
	list.print(w, "go list -deps")
	loader, detection, err := stages.stages()
	if err != nil {
		return false, err
	}
	loader.print(w, "  build list")
	detection.print(w, "  detection")
	if program != "" {
		runs[2].print(w, "rukhsa scan .")
		runs[3].print(w, "rukhsa --version")
		runs[4].print(w, "true")
	}
	fmt.Fprintln(w, "CPU time as part of the listing's:")
	ratio(w, "build list", loader, list)
	ratio(w, "detection", detection, list)
	if program == "" {
		return true, nil
	}
	median := ratio(w, "scan", runs[2], list)
	fmt.Fprintln(w, "limits:")
	return check(w, []limit{
		{"scan / listing", median, 1, "", true},
		{"peak memory of a scan", runs[2].median(memory), 100, " MB", true},
		{"detection", detection.median(processor), 0.040, " s", false},
		{"memory for detection", detection.median(memory), 30, " MB", false},
		{"--version", runs[3].median(processor), 0.010, " s", false},
	}), nil
}

// limit is the most that something may take. One that must hold does not
// depend on the machine.
type limit struct {
	what      string
	got, most float64
	unit      string
	must      bool
}

func check(w io.Writer, limits []limit) (ok bool) {
	ok = true
	for _, l := range limits {
		verdict := "kept"
		if l.got > l.most {
			verdict = "over"
			ok = ok && !l.must
		}
		fmt.Fprintf(w, "  %-22s %.3g%s, at most %g%s: %s\n", l.what, l.got, l.unit, l.most, l.unit, verdict)
	}
	return ok
}

// cost is what one process took.
type cost struct {
	cpu, wall time.Duration
	rss       int64 // bytes at the peak
	code      int
	out       []byte
}

type costs []cost

func processor(c cost) float64 { return c.cpu.Seconds() }
func clock(c cost) float64     { return c.wall.Seconds() }
func memory(c cost) float64    { return float64(c.rss) / 1e6 }

func (cs costs) print(w io.Writer, name string) {
	fmt.Fprintf(w, "%-18s cpu %6.3f s  wall %6.3f s  peak %6.1f MB", name, cs.median(processor), cs.median(clock), cs.median(memory))
	if code := cs[0].code; code != 0 {
		fmt.Fprintf(w, "  exit %d", code)
	}
	fmt.Fprintln(w)
}

func (cs costs) median(of func(cost) float64) float64 {
	xs := make([]float64, len(cs))
	for i, c := range cs {
		xs[i] = of(c)
	}
	slices.Sort(xs)
	return xs[len(xs)/2]
}

// stages splits what children took: all up to the end of the build list, and
// what detection added.
func (cs costs) stages() (loader, detection costs, err error) {
	for _, c := range cs {
		var s [2]stage
		if err := json.Unmarshal(c.out, &s); err != nil {
			return nil, nil, fmt.Errorf("%q: %w", c.out, err)
		}
		loader = append(loader, cost{cpu: s[0].CPU, wall: s[0].Wall, rss: s[0].Peak})
		detection = append(detection, cost{cpu: s[1].CPU, wall: s[1].Wall, rss: s[1].Peak})
	}
	return loader, detection, nil
}

// ratio prints the CPU time of a divided by that of b, pair by pair, and
// returns the median.
func ratio(w io.Writer, name string, a, b costs) float64 {
	rs := make([]float64, len(a))
	for i := range rs {
		rs[i] = a[i].cpu.Seconds() / b[i].cpu.Seconds()
	}
	slices.Sort(rs)
	fmt.Fprintf(w, "  %-10s median %.2f, from %.2f to %.2f\n", name, rs[len(rs)/2], rs[0], rs[len(rs)-1])
	return rs[len(rs)/2]
}
