package vcs

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rukhsa/rukhsa/internal/fsx"
)

const (
	maxStderr = 4 << 10 // bytes kept of what git complains
	maxAnswer = 1 << 20 // bytes of an answer of rev-parse
	// maxObject bounds a commit or a folder, in bytes; a folder of 100,000 files
	// has 4 MB.
	maxObject = 64 << 20
	// maxDrain is how much of an unwanted rest is read over, in bytes; past it
	// git is started again.
	maxDrain = 4 << 20
	grace    = 2 * time.Second
)

// command is git in a folder, kept from everything but reading objects: no
// fetching of missing ones, no replaced ones, no locks, no program that the
// repository's configuration names.
func command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	safe := []string{
		"--no-replace-objects", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
		"-c", "core.pager=cat", "-c", "gc.auto=0", "-c", "maintenance.auto=false",
	}
	cmd := exec.CommandContext(ctx, "git", append(safe, args...)...)
	cmd.Dir, cmd.WaitDelay, cmd.Env = dir, grace, environment(os.Environ())
	return cmd
}

// environment drops what would lead git to another repository than that of the
// folder, and what would make it talk to anybody.
func environment(given []string) []string {
	var env []string
	for _, kv := range given {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case name == "GIT_OBJECT_DIRECTORY", name == "GIT_ALTERNATE_OBJECT_DIRECTORIES", name == "GIT_QUARANTINE_PATH":
		case strings.HasPrefix(name, "GIT_CONFIG_"): // such as safe.directory of a CI
		case strings.HasPrefix(name, "GIT_"), name == "LC_ALL", name == "LANGUAGE":
			continue
		}
		env = append(env, kv)
	}
	return append(env, "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_LAZY_FETCH=1", "LC_ALL=C")
}

// head keeps the first bytes that are written to it and drops the rest.
type head struct {
	bytes.Buffer
	most int
}

func (h *head) Write(p []byte) (int, error) {
	h.Buffer.Write(p[:min(len(p), h.most-h.Len())])
	return len(p), nil
}

// run returns what a git command prints.
func run(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := command(ctx, dir, args...)
	out, stderr := head{most: maxAnswer}, head{most: maxStderr}
	cmd.Stdout, cmd.Stderr = &out, &stderr
	if err := cmd.Run(); err != nil {
		return "", complaint(err, stderr.String())
	}
	return strings.TrimSuffix(out.String(), "\n"), nil
}

// complaint is what git says went wrong, in one line.
func complaint(err error, stderr string) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("the git command was not found")
	}
	line, _, _ := strings.Cut(strings.TrimSpace(stderr), "\n")
	if line = strings.TrimPrefix(line, "fatal: "); line != "" {
		return errors.New("git: " + line)
	}
	return fmt.Errorf("git: %w", err)
}

// objects reads objects from one git process, which it starts when it is needed
// and again when too much of an answer is not wanted. It is safe for concurrent
// use.
type objects struct {
	ctx context.Context
	dir string

	mu     sync.Mutex
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	stderr *head
	closed bool
}

func (o *objects) begin() error {
	if o.cmd != nil {
		return nil
	}
	if o.closed {
		return errors.New("the revision is closed")
	}
	cmd := command(o.ctx, o.dir, "cat-file", "--batch")
	stderr := &head{most: maxStderr}
	cmd.Stderr = stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return complaint(err, "")
	}
	o.cmd, o.in, o.out, o.stderr = cmd, in, bufio.NewReaderSize(out, 64<<10), stderr
	return nil
}

// stop ends the process, with what it may still have to say unread.
func (o *objects) stop() {
	if o.cmd == nil {
		return
	}
	o.in.Close()
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait()
	o.cmd = nil
}

func (o *objects) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.stop()
	return nil
}

// read asks for an object and hands the start of it, at most most bytes, to buf.
func (o *objects) read(id, kind string, buf []byte, most int64) (out []byte, size int64, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.ask(id + "\n"); err != nil {
		return buf, 0, err
	}
	return o.answer(id, kind, buf, most)
}

// maxTogether is how many objects are asked for at once: their ids fit into a
// pipe that nobody reads yet.
const maxTogether = 256

// start is the start of an object.
type start struct {
	body  []byte
	whole bool
}

// readAll reads the starts of several objects in one go. What is not there is
// left out of the answer.
func (o *objects) readAll(ids []string, kind string, most int64) (map[string]start, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := make(map[string]start, len(ids))
	for part := range slices.Chunk(ids, maxTogether) {
		if err := o.ask(strings.Join(part, "\n") + "\n"); err != nil {
			return nil, err
		}
		for _, id := range part {
			body, size, err := o.answer(id, kind, nil, most)
			switch {
			case err == nil:
				out[id] = start{body, size <= most}
			case !errors.Is(err, errMissing):
				return nil, err
			}
			if o.cmd == nil {
				return out, nil // it was too much: the rest was asked in vain
			}
		}
	}
	return out, nil
}

// ask sends a request.
func (o *objects) ask(line string) error {
	if err := o.begin(); err != nil {
		return err
	}
	if _, err := io.WriteString(o.in, line); err != nil {
		return o.failed(err)
	}
	return nil
}

var errMissing = errors.New("it is not in the repository")

// answer reads the answer to one request.
func (o *objects) answer(id, kind string, buf []byte, most int64) (out []byte, size int64, err error) {
	line, err := o.out.ReadString('\n')
	if err != nil {
		return buf, 0, o.failed(err)
	}
	words := strings.Fields(line)
	if len(words) == 2 && words[1] == "missing" {
		return buf, 0, fmt.Errorf("object %s: %w", id, errMissing)
	}
	if len(words) == 3 {
		size, err = strconv.ParseInt(words[2], 10, 64)
	}
	if len(words) != 3 || err != nil || size < 0 {
		o.stop() // nobody knows where its answer ends
		return buf, 0, fmt.Errorf("git cat-file answered %q", line)
	}
	n := min(size, most)
	if words[1] != kind {
		n = 0
	}
	begin := len(buf)
	buf = append(buf, make([]byte, n)...)
	if _, err := io.ReadFull(o.out, buf[begin:]); err != nil {
		return buf[:begin], size, o.failed(err)
	}
	// After the object comes a line end.
	if rest := size - n + 1; rest > maxDrain {
		o.stop()
	} else if _, err := o.out.Discard(int(rest)); err != nil {
		return buf[:begin], size, o.failed(err)
	}
	if words[1] != kind {
		return buf[:begin], size, fmt.Errorf("object %s is a %s, not a %s", id, words[1], kind)
	}
	return buf, size, nil
}

func (o *objects) failed(err error) error {
	if o.ctx.Err() != nil {
		return context.Cause(o.ctx)
	}
	o.in.Close()
	_ = o.cmd.Process.Kill()
	_ = o.cmd.Wait() // so that all that it complained of is there
	o.cmd = nil
	return complaint(err, o.stderr.String())
}

// all reads an object whole.
func (o *objects) all(id, kind string, limit int64) ([]byte, error) {
	body, size, err := o.read(id, kind, nil, limit)
	if err == nil && size > limit {
		return nil, &fsx.LimitError{Name: kind + " " + id, Limit: limit, Actual: size}
	}
	return body, err
}

// commitInfo is what a commit says of itself.
type commitInfo struct{ tree, date string }

func (o *objects) commit(id string) (commitInfo, error) {
	body, err := o.all(id, "commit", maxObject)
	if err != nil {
		return commitInfo{}, err
	}
	var c commitInfo
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" {
			break
		}
		key, value, _ := strings.Cut(line, " ")
		switch key {
		case "tree":
			c.tree = value
		case "committer":
			if words := strings.Fields(value); len(words) > 1 {
				if sec, err := strconv.ParseInt(words[len(words)-2], 10, 64); err == nil {
					c.date = time.Unix(sec, 0).UTC().Format(time.DateOnly)
				}
			}
		}
	}
	if _, err := hex.DecodeString(c.tree); err != nil || c.tree == "" || c.date == "" {
		return c, fmt.Errorf("commit %s is not as it must be", id)
	}
	return c, nil
}
