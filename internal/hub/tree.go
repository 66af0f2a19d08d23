package hub

import (
	"bytes"
	"context"
	"crypto/sha1" //nolint:gosec // git's own digest of a file
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
)

// Answer is the name of the Hub's answer about a repository in its tree: one
// that no file of a repository can have, for git keeps .git to itself.
const Answer = ".git/answer.json"

// window is how much of a file is read at first, in bytes; a file that is not
// longer is read whole. maxWindow is how much is read at once of one that is
// read on and on.
const (
	window    = 64 << 10
	maxWindow = 4 << 20
)

// Tree is a repository at one commit. It is an fsx.Tree whose reads ask the
// endpoint, within the limits of one repository.
type Tree struct {
	client *Client
	ctx    context.Context // of the scan, ended after MaxTime
	ref    Ref             // as it was asked for
	id     string          // as the Hub calls it
	commit string
	asked  string // path of the answer below the endpoint, for messages

	files map[string]*file
	dirs  map[string][]fsx.Entry

	mu     sync.Mutex // of budget and the files' heads
	budget budget
}

// file is a file of the repository.
type file struct {
	size   int64  // bytes
	digest string // hex: git's of the file (40 digits), or sha256 (64); "" where none is stated
	head   []byte // its beginning, once it was asked for
	err    error  // asking for it failed: it is not asked again
}

var _ fsx.Tree = (*Tree)(nil)

// Open asks for a repository. Errors are *diag.Problem, but for that of the
// context; the tree lives as long as the context.
func (c *Client) Open(ctx context.Context, ref Ref) (*Tree, error) {
	asked := ref.api()
	if ref.Revision != "" {
		asked += "/revision/" + strings.ReplaceAll(ref.Revision, "/", "%2F")
	}
	if c.Offline {
		return nil, problem(diag.Missing, asked, "unset HF_HUB_OFFLINE, or scan the cache: rukhsa scan ~/.cache/huggingface/hub", "HF_HUB_OFFLINE is set, and nothing was asked of the Hub")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, MaxTime, errTime)
	context.AfterFunc(ctx, cancel)
	t := &Tree{
		client: c, ctx: ctx, ref: ref, asked: asked, files: map[string]*file{}, dirs: map[string][]fsx.Entry{".": nil},
		budget: budget{MaxRequests, MaxBytes},
	}
	u, err := c.address(asked, "blobs=true")
	if err != nil {
		return nil, problem(diag.Malformed, asked, "check the target's name", "%v", err)
	}
	a, err := c.get(ctx, request{what: asked, url: u, limit: MaxBody, budget: &t.budget})
	if err != nil {
		return nil, err
	}
	return t, t.list(a.body)
}

// list reads the Hub's answer: the commit and the files.
func (t *Tree) list(body []byte) error {
	fault := func(format string, args ...any) error {
		return problem(diag.Malformed, t.asked, "check that HF_ENDPOINT is a Hub", format, args...)
	}
	v, err := jsonpos.Parse(body)
	if err != nil {
		return fault("the answer is not JSON: %v", err)
	}
	t.id, t.commit = v.Get("id").Text(), v.Get("sha").Text()
	switch {
	case !validID(t.id):
		return fault("the answer names no repository")
	case len(t.commit) != 40 || !isHex(t.commit):
		return fault("the answer names no commit")
	case isCommit(t.ref.Revision) && t.ref.Revision != t.commit:
		return problem(diag.Mismatch, t.asked, "check that HF_ENDPOINT is a Hub", "the answer is about another commit, %s", t.commit)
	}
	for s := range v.Get("siblings").Items() {
		name := s.Get("rfilename").Text()
		if !fs.ValidPath(name) || name == "." || len(name) > 4096 || strings.HasPrefix(name, ".git/") || strings.ContainsAny(name, "\\\x00") {
			return fault("a file of a name that git does not allow, %.100q", name)
		}
		f := &file{size: -1, digest: s.Get("blobId").Text()}
		if lfs := s.Get("lfs"); lfs.Kind() == jsonpos.Object {
			f.digest = lfs.Get("sha256").Text()
		}
		if _, err := fmt.Sscanf(s.Get("size").Text(), "%d", &f.size); err != nil || f.size < 0 {
			return fault("no size is stated for %.100q", name)
		}
		if (len(f.digest) != 40 && len(f.digest) != 64) || !isHex(f.digest) {
			f.digest = ""
		}
		t.add(name, f)
	}
	for _, entries := range t.dirs {
		slices.SortFunc(entries, func(a, b fsx.Entry) int { return strings.Compare(a.Name, b.Name) })
	}
	t.files[Answer] = &file{size: int64(len(body)), head: body}
	return nil
}

func isCommit(s string) bool { return len(s) == 40 && isHex(s) }

// add puts a file and the folders above it into the tree.
func (t *Tree) add(name string, f *file) {
	if _, twice := t.files[name]; twice {
		return
	}
	t.files[name] = f
	for child, typ := name, fs.FileMode(0); child != "."; child, typ = path.Dir(child), fs.ModeDir {
		dir := path.Dir(child)
		_, known := t.dirs[dir]
		t.dirs[dir] = append(t.dirs[dir], fsx.Entry{Name: path.Base(child), Type: typ})
		if known {
			return
		}
	}
}

// String implements fsx.Tree.
func (t *Tree) String() string { return Scheme + t.ref.prefix() + t.id + "@" + t.commit }

// Asked is the path of the Hub's answer below the endpoint.
func (t *Tree) Asked() string { return t.asked }

// ReadDir implements fsx.Tree.
func (t *Tree) ReadDir(name string) ([]fsx.Entry, error) {
	entries, ok := t.dirs[name]
	if !ok {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: fs.ErrNotExist}
	}
	return entries, nil
}

// Stat implements fsx.Tree.
func (t *Tree) Stat(name string) (fs.FileInfo, error) {
	if f, ok := t.files[name]; ok {
		return fsx.NewInfo(name, f.size, 0o444), nil
	}
	if _, ok := t.dirs[name]; ok {
		return fsx.NewInfo(name, 0, fs.ModeDir|0o555), nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (t *Tree) file(name string) (*file, error) {
	f, ok := t.files[name]
	if ok {
		return f, nil
	}
	err := fs.ErrNotExist
	if _, dir := t.dirs[name]; dir {
		err = fsx.ErrNotRegular
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: err}
}

// ReadFile implements fsx.Tree.
func (t *Tree) ReadFile(name string, limit int64) ([]byte, error) {
	f, err := t.file(name)
	if err != nil {
		return nil, err
	}
	if limit = min(limit, MaxBody); f.size > limit {
		return nil, &fsx.LimitError{Name: name, Limit: limit, Actual: f.size}
	}
	head, err := t.head(name, f)
	if err != nil || int64(len(head)) == f.size {
		return bytes.Clone(head), err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.whole(name, f)
}

// AppendHead implements fsx.Tree.
func (t *Tree) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	f, err := t.file(name)
	if err != nil {
		return buf, false, err
	}
	if n > window && f.size > window {
		h := &handle{tree: t, name: name, f: f}
		part := make([]byte, min(int64(n), f.size))
		if _, err := h.ReadAt(part, 0); err != nil {
			return buf, false, err
		}
		return append(buf, part...), f.size <= int64(n), nil
	}
	head, err := t.head(name, f)
	if err != nil {
		return buf, false, err
	}
	return append(buf, head[:min(n, len(head))]...), f.size <= int64(n), nil
}

// head is the beginning of a file, all of a short one; it is asked for once.
func (t *Tree) head(name string, f *file) ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if f.head != nil || f.err != nil || f.size == 0 {
		return f.head, f.err
	}
	if f.size <= window {
		f.head, f.err = t.whole(name, f)
	} else {
		f.head, f.err = t.part(name, f, 0, window)
	}
	return f.head, f.err
}

// whole fetches a file and holds it against its digest.
func (t *Tree) whole(name string, f *file) ([]byte, error) {
	r, err := t.request(name, f)
	if err != nil {
		return nil, err
	}
	r.limit, r.exact = f.size, true
	a, err := t.client.get(t.ctx, r)
	switch {
	case err != nil:
		return nil, err
	case int64(len(a.body)) != f.size || f.digest != "" && digestOf(a.body, len(f.digest)) != f.digest:
		return nil, problem(diag.Mismatch, name, "scan again; do not use the file before you know why", "the content has another digest than the Hub's list states")
	}
	return a.body, nil
}

// digestOf is the digest of a file that has so many digits: git's, or sha256.
func digestOf(body []byte, digits int) string {
	if digits == sha256.Size*2 {
		sum := sha256.Sum256(body)
		return hex.EncodeToString(sum[:])
	}
	h := sha1.New() //nolint:gosec // git's own digest of a file
	fmt.Fprintf(h, "blob %d\x00", len(body))
	h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// part fetches n bytes of a file from off on, fewer only at its end.
func (t *Tree) part(name string, f *file, off, n int64) ([]byte, error) {
	r, err := t.request(name, f)
	if err != nil {
		return nil, err
	}
	r.first, r.last = off, min(off+n, f.size)-1
	a, err := t.client.get(t.ctx, r)
	switch {
	case err != nil:
		return nil, err
	case a.size >= 0 && a.size != f.size || int64(len(a.body)) != r.last+1-off:
		return nil, problem(diag.Mismatch, name, "scan again; the repository may have changed meanwhile", "the file is %d bytes long, %d are stated", a.size, f.size)
	}
	return a.body, nil
}

func (t *Tree) request(name string, f *file) (request, error) {
	u, err := t.client.address(t.ref.prefix()+t.id+"/resolve/"+t.commit+"/"+escapePath(name), "")
	if err != nil {
		return request{}, problem(diag.Malformed, name, "look at the file by hand", "%v", err)
	}
	return request{what: name, url: u, limit: MaxBody, cross: true, etag: f.digest, budget: &t.budget}, nil
}

// Open implements fsx.Tree.
func (t *Tree) Open(name string) (fsx.File, error) {
	f, err := t.file(name)
	if err != nil {
		return nil, err
	}
	return &handle{tree: t, name: name, f: f}, nil
}

// handle reads a file in windows that grow while they follow each other.
type handle struct {
	tree *Tree
	name string
	f    *file

	mu   sync.Mutex
	at   int64
	data []byte
	next int64 // how much to ask for
}

func (h *handle) Size() int64  { return h.f.size }
func (h *handle) Close() error { return nil }

// ReadAt implements io.ReaderAt. Past the end it is io.EOF; what the server
// does wrong is a *diag.Problem.
func (h *handle) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, errors.New("a negative offset")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for n < len(p) {
		if off+int64(n) >= h.f.size {
			return n, io.EOF
		}
		if err := h.fill(off+int64(n), int64(len(p)-n)); err != nil {
			return n, err
		}
		n += copy(p[n:], h.data[off+int64(n)-h.at:])
	}
	return n, nil
}

// fill makes the byte at off available, and what follows if it must be asked
// for.
func (h *handle) fill(off, want int64) error {
	if end := h.at + int64(len(h.data)); h.data != nil && off >= h.at && off < end {
		return nil
	} else if off == end && h.data != nil {
		h.next = min(2*h.next, maxWindow)
	} else {
		h.next = window
	}
	if off < window {
		head, err := h.tree.head(h.name, h.f)
		h.at, h.data = 0, head
		return err
	}
	h.tree.mu.Lock()
	defer h.tree.mu.Unlock()
	data, err := h.tree.part(h.name, h.f, off, min(max(want, h.next), maxWindow))
	h.at, h.data = off, data
	return err
}
