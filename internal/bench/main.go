//go:build unix

// Bench runs a scan and the go command's listing of the same project in turn,
// as whole processes, and prints what they cost: CPU seconds from the
// operating system's accounting, wall time and peak memory, and the median of
// the ratios pair by pair. It is a tool of the developers and not shipped.
//
//	go run ./internal/bench [-n 20] RUKHSA DIR
//	go run ./internal/bench [-n 20] -loader [-profile FILE] DIR
//
// The reference is `go list -deps` with five fields for one platform; the scan
// reads six. With -loader only the build list and the import graph are read, by
// a process that does nothing else.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	n := flag.Int("n", 20, "pairs")
	loader := flag.Bool("loader", false, "measure the native loader alone")
	profile := flag.String("profile", "", "with -loader: write a CPU profile of N loads in one process")
	child := flag.Bool("child", false, "load DIR once; what -loader runs")
	flag.Parse()
	var err error
	switch args := flag.Args(); {
	case *child && len(args) == 1:
		err = load(args[0])
	case *profile != "" && len(args) == 1:
		err = profiled(*profile, *n, args[0])
	case *loader && len(args) == 1:
		err = benchLoader(os.Stdout, *n, args[0])
	case !*loader && len(args) == 2:
		var program string
		if program, err = filepath.Abs(args[0]); err == nil {
			err = benchScan(os.Stdout, *n, program, args[1])
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: bench [-n PAIRS] RUKHSA DIR, or bench [-n PAIRS] -loader [-profile FILE] DIR")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}
