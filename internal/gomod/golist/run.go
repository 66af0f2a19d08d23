package golist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/rukhsa/rukhsa/internal/gomod"
)

const (
	maxStderr = 16 << 10  // bytes kept of what the go command complains
	maxStdout = 512 << 20 // bytes; the largest list known (1,900 packages with tests) is 9 MB
	grace     = 2 * time.Second
)

// build is one way in which the programs are built.
type build struct {
	platform gomod.Platform
	cgo      bool
}

func (b build) env() []string {
	cgo := "CGO_ENABLED=0"
	if b.cgo {
		cgo = "CGO_ENABLED=1"
	}
	return []string{"GOOS=" + b.platform.OS, "GOARCH=" + b.platform.Arch, cgo}
}

// command starts go in one folder with one environment.
type command struct {
	exe, dir string
	env      []string
	tags     []string
}

// newCommand finds go. given are the variables that the caller read; the
// process's own environment stands below them, what keeps go offline above.
func newCommand(dir string, given map[string]string, tags []string) (*command, error) {
	exe, err := exec.LookPath("go")
	if err != nil {
		return nil, fmt.Errorf("finding the go command: %w", err)
	}
	env := os.Environ()
	for _, k := range sortedKeys(given) {
		if strings.HasPrefix(k, "GO") || strings.HasPrefix(k, "CGO") {
			env = append(env, k+"="+given[k])
		}
	}
	flags := strings.Fields(lookup(env, "GOFLAGS"))
	if len(tags) == 0 {
		tags = flagTags(flags)
	}
	env = append(env, "GOTOOLCHAIN=local", "GOPROXY=off", "GOVCS=*:off", "GOFLAGS="+keepFlags(flags), "GO111MODULE=on", "PWD="+dir)
	return &command{exe: exe, dir: dir, env: env, tags: tags}, nil
}

// lookup returns the last value of a variable.
func lookup(env []string, key string) string {
	for _, kv := range slices.Backward(env) {
		if v, ok := strings.CutPrefix(kv, key+"="); ok {
			return v
		}
	}
	return ""
}

// flagTags are the -tags of GOFLAGS.
func flagTags(flags []string) []string {
	var tags []string
	for _, f := range flags {
		if v, ok := strings.CutPrefix(strings.TrimLeft(f, "-"), "tags="); ok {
			tags = split(v)
		}
	}
	return tags
}

func split(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
}

// keepFlags keeps what changes the build list and drops what would let go
// change files: -mod is vendor where that was asked for, else left to go, whose
// rule is readonly, or vendor where vendor/ is to be used.
func keepFlags(flags []string) string {
	var keep []string
	for _, f := range flags {
		name := "-" + strings.TrimLeft(f, "-")
		if name == "-mod=vendor" || name == "-mod=readonly" || strings.HasPrefix(name, "-modfile=") {
			keep = append(keep, name)
		}
	}
	return strings.Join(append(keep, "-buildvcs=false"), " ")
}

// tail keeps the first bytes that are written to it and drops the rest.
type tail struct{ b bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.b.Write(p[:min(len(p), maxStderr-t.b.Len())])
	return len(p), nil
}

// failure is a run of go that ended with an error.
type failure struct {
	args   []string
	stderr string
	cause  error
}

func (f *failure) Error() string {
	return fmt.Sprintf("go %s: %v: %s", strings.Join(f.args, " "), f.cause, strings.TrimSpace(f.stderr))
}

func (f *failure) Unwrap() error { return f.cause }

// decode runs go and hands each JSON value of its output to fn. The error is a
// *failure where go ended with one; what it had written until then was handed
// over.
func decode[T any](ctx context.Context, c *command, env []string, args []string, fn func(*T)) error {
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(run, c.exe, args...)
	cmd.Dir, cmd.WaitDelay = c.dir, grace
	cmd.Env = append(slices.Clone(c.env), env...)
	var stderr tail
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return &failure{args: args, cause: err}
	}
	in := &io.LimitedReader{R: out, N: maxStdout}
	dec := json.NewDecoder(in)
	var parseErr error
	for parseErr == nil {
		v := new(T)
		if parseErr = dec.Decode(v); parseErr == nil {
			fn(v)
		}
	}
	over := in.N == 0
	if errors.Is(parseErr, io.EOF) {
		parseErr = nil
	}
	if parseErr != nil || over {
		cancel() // do not wait for a process whose output nobody reads
	}
	err = cmd.Wait()
	switch {
	case over:
		return &failure{args: args, cause: fmt.Errorf("more than %d bytes of output", maxStdout)}
	case ctx.Err() != nil:
		return &failure{args: args, stderr: stderr.b.String(), cause: ctx.Err()}
	case err != nil && parseErr == nil:
		return &failure{args: args, stderr: stderr.b.String(), cause: err}
	case parseErr != nil:
		return &failure{args: args, stderr: stderr.b.String(), cause: fmt.Errorf("reading its output: %w", parseErr)}
	}
	return nil
}
