//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// measure runs the commands in turn, n times and once before to warm the
// caches, and returns the costs of each.
func measure(n int, dir string, commands [][]string) ([]costs, error) {
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

// maxKept bounds the output that is kept of a process, in bytes; the rest is
// thrown away.
const maxKept = 4 << 10

type kept struct{ bytes.Buffer }

func (k *kept) Write(p []byte) (int, error) {
	k.Buffer.Write(p[:min(len(p), maxKept-k.Len())])
	return len(p), nil
}

func once(dir string, args []string) (cost, error) {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod", "GOPROXY=off")
	var out kept
	cmd.Stdout = &out
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if cmd.ProcessState == nil {
		return cost{}, err
	}
	c := cost{cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), wall: wall, code: cmd.ProcessState.ExitCode(), out: out.Bytes()}
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		c.rss = peak(u)
	}
	return c, nil
}

// peak is the most memory that a process had, in bytes. Linux counts what bench
// had itself when it started the process: there is nothing below that.
func peak(u *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) * 1024 // kilobytes everywhere else
}
