//go:build unix

// Bench runs a scan and the go command's listing of the same project in turn,
// as whole processes, and prints what they cost: CPU seconds from the
// operating system's accounting, wall time and peak memory, and the median of
// the ratios pair by pair. It is a tool of the developers and not shipped.
//
//	go run ./internal/bench [-n 20] RUKHSA DIR
//	go run ./internal/bench [-n 20] [-profile FILE] DIR
//
// The reference is `go list -deps` with five fields for one platform; the scan
// reads six. What the build list and the detection of licenses take of a scan
// is measured in processes that do nothing else; without RUKHSA, that alone.
// The exit code is 1 where a scan takes more CPU time than the reference, or
// more than 100 MB. The other limits are for a machine with nothing else to do
// on which the reference takes 0.52 s for prometheus; they are printed only.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	n := flag.Int("n", 20, "pairs")
	profile := flag.String("profile", "", "write a CPU profile of N loads and detections in one process")
	child := flag.Bool("child", false, "read DIR once and print what each stage took; what bench runs itself")
	flag.Parse()
	ok, err := true, error(nil)
	switch args := flag.Args(); {
	case *child && len(args) == 1:
		err = stagesOf(os.Stdout, args[0])
	case *profile != "" && len(args) == 1:
		err = profiled(*profile, *n, args[0])
	case *profile == "" && len(args) == 1:
		ok, err = compare(os.Stdout, *n, "", args[0])
	case *profile == "" && len(args) == 2:
		var program string
		if program, err = filepath.Abs(args[0]); err == nil {
			ok, err = compare(os.Stdout, *n, program, args[1])
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: bench [-n PAIRS] RUKHSA DIR, or bench [-n PAIRS] [-profile FILE] DIR")
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}
