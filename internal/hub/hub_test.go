package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/hub/hubtest"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

const canary = "hf_canary"

var commit = strings.Repeat("1a", 20)

// sample is a repository with small files, and one large enough for ranges.
func sample() hubtest.Repo {
	return hubtest.Repo{ID: "org/name", Commit: commit, Files: map[string]string{
		"README.md": "---\nlicense: mit\n---\n", "config.json": "{}", "empty": "",
		"sub/a file.bin": strings.Repeat("x", 2000), "model.gguf": strings.Repeat("0123456789abcdef", 20*window/16),
	}}
}

// client is one for the server that does not sleep; waits collects how long it
// would have.
func client(t *testing.T, s *hubtest.Server, token string) (c *Client, waits *[]time.Duration) {
	t.Helper()
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	waits = new([]time.Duration)
	c = New(Config{Endpoint: u, Token: token, Agent: "test"})
	c.wait = func(_ context.Context, d time.Duration) error {
		*waits = append(*waits, d)
		return nil
	}
	return c, waits
}

func open(t *testing.T, c *Client, target string) *Tree {
	t.Helper()
	ref, err := ParseRef(target)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := c.Open(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// kindOf is the kind of a problem and its message, "" for no error.
func kindOf(err error) string {
	var p *diag.Problem
	switch {
	case err == nil:
		return ""
	case !errors.As(err, &p):
		return "no problem: " + err.Error()
	case strings.Contains(p.Error(), canary) || strings.Contains(p.Message, "signature"):
		return "a secret is told: " + p.Error()
	}
	return string(p.Kind) + ": " + p.Message
}

func TestParseRef(t *testing.T) {
	for target, want := range map[string]Ref{
		"hf:org/name": {inventory.Model, "org/name", ""}, "hf:gpt2": {inventory.Model, "gpt2", ""}, "hf:datasets/org/name": {inventory.Dataset, "org/name", ""},
		"hf:datasets/squad@v1.0": {inventory.Dataset, "squad", "v1.0"}, "hf:org/name@refs/pr/1": {inventory.Model, "org/name", "refs/pr/1"},
	} {
		if got, err := ParseRef(target); err != nil || got != want {
			t.Errorf("%s: %+v, %v", target, got, err)
		}
	}
	for _, target := range []string{
		"hf:", "hf:a/b/c", "hf:../x", "hf:org/..", "hf:org/na me", "hf:org/name@", "hf:org/name@../x", "hf:org/name@a b", "hf:spaces/org/name", "hf:org/a--b",
		"hf:org/name?x", "hf:org/name#x", "hf:org/name@x?y", "hf:org/" + strings.Repeat("n", 97), "hf://org/name", "hf:@x",
	} {
		if got, err := ParseRef(target); err == nil {
			t.Errorf("%s is read as %+v", target, got)
		}
	}
}

func TestFromEnv(t *testing.T) {
	for _, tt := range []struct {
		endpoint, token, offline string
		want                     string // of the endpoint, or of the error
		isOffline                bool
	}{
		{"", "", "", DefaultEndpoint, false},
		{"https://hub.example/base/", "t", "0", "https://hub.example/base", false},
		{"http://127.0.0.1:8080", "t", "1", "http://127.0.0.1:8080", true},
		{"http://localhost", "t", "true", "http://localhost", true},
		{"http://hub.example", "", "off", "http://hub.example", false},
		{"http://hub.example", "t", "", "HF_TOKEN would travel unencrypted", false},
		{"hub.example", "", "", "HF_ENDPOINT is no address", false},
		{"https://u:p@hub.example", "", "", "HF_ENDPOINT is no address", false},
		{"https://hub.example?x=y", "", "", "HF_ENDPOINT is no address", false},
		{"file:///etc", "", "", "HF_ENDPOINT is no address", false},
		{"", "a\nb", "", "HF_TOKEN holds characters", false},
	} {
		env := map[string]string{"HF_ENDPOINT": tt.endpoint, "HF_TOKEN": tt.token, "HF_HUB_OFFLINE": tt.offline}
		c, err := FromEnv(func(k string) string { return env[k] }, "(devel)")
		got := fmt.Sprint(err)
		if err == nil {
			got = c.Endpoint.String()
		}
		if !strings.HasPrefix(got, tt.want) || c.Offline != tt.isOffline || c.Agent != "rukhsa/devel" {
			t.Errorf("%+v: %s, %+v", tt, got, c)
		}
	}
}

func TestTree(t *testing.T) {
	repo := sample()
	s := hubtest.New(t, repo)
	c, _ := client(t, s, canary)
	tree := open(t, c, "hf:org/name@main")
	if tree.String() != "hf:org/name@"+commit {
		t.Error(tree)
	}
	entries, err := tree.ReadDir(".")
	if diff := cmp.Diff([]string{"README.md", "config.json", "empty", "model.gguf", "sub"}, names(entries)); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for name, want := range repo.Files {
		got, err := tree.ReadFile(name, 4<<20)
		if err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if _, err := tree.ReadFile("model.gguf", 10); !errors.As(err, new(*fsx.LimitError)) {
		t.Error(err)
	}
	for _, name := range []string{"sub", "no", ".git/config"} {
		if _, err := tree.ReadFile(name, 10); err == nil {
			t.Errorf("%s is read", name)
		}
	}
	for _, r := range s.Requests() {
		if r.CDN && r.Authorization != "" || !r.CDN && r.Authorization != "Bearer "+canary {
			t.Errorf("%+v", r)
		}
	}
}

func names(entries []fsx.Entry) (out []string) {
	for _, e := range entries {
		out = append(out, e.Name)
	}
	return out
}

// TestRanges: of a large file no more is fetched than is read, a window more at
// most.
func TestRanges(t *testing.T) {
	repo := sample()
	s := hubtest.New(t, repo)
	c, _ := client(t, s, "")
	tree := open(t, c, "hf:org/name")
	f, err := tree.Open("model.gguf")
	if err != nil {
		t.Fatal(err)
	}
	text := repo.Files["model.gguf"]
	for _, off := range []int64{0, 5, window - 3, 7 * window, f.Size() - 4, 3} {
		p := make([]byte, 10)
		n, err := f.ReadAt(p, off)
		want := text[off:min(off+10, int64(len(text)))]
		if string(p[:n]) != want || (err == io.EOF) != (n < 10) {
			t.Errorf("at %d: %q, %v, want %q", off, p[:n], err, want)
		}
	}
	if spent := MaxBytes - tree.budget.bytes; spent > 6*window {
		t.Errorf("%d bytes were fetched", spent)
	}
	all := make([]byte, len(text))
	if _, err := f.ReadAt(all, 0); err != nil || string(all) != text {
		t.Error("the whole file differs", err)
	}
	head, whole, err := tree.AppendHead(nil, "model.gguf", 3*window)
	if string(head) != text[:3*window] || whole || err != nil {
		t.Error(len(head), whole, err)
	}
}

func TestGated(t *testing.T) {
	repo := sample()
	repo.Gated = true
	s := hubtest.New(t, repo)
	s.Token = canary
	for _, tt := range []struct{ token, want string }{
		{canary, ""}, {"", "unreadable: the repository is gated"}, {"wrong", "unreadable: the repository is gated"},
	} {
		c, _ := client(t, s, tt.token)
		tree := open(t, c, "hf:org/name")
		_, err := tree.ReadFile("config.json", 100)
		if got := kindOf(err); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
			t.Errorf("%q: %s", tt.token, got)
		}
		if _, err := tree.ReadFile("README.md", 100); err != nil {
			t.Error(err)
		}
		if _, err := tree.ReadFile(Answer, 1<<20); err != nil {
			t.Error(err)
		}
	}
}

func TestOffline(t *testing.T) {
	s := hubtest.New(t, sample())
	c, _ := client(t, s, "")
	c.Offline = true
	_, err := c.Open(t.Context(), Ref{ID: "org/name"})
	if got := kindOf(err); !strings.HasPrefix(got, "missing: HF_HUB_OFFLINE is set") || len(s.Requests()) > 0 {
		t.Error(got, s.Requests())
	}
}

// TestAnswers: every way in which a server can fail to answer is one clear
// problem, after a bounded number of requests.
func TestAnswers(t *testing.T) {
	var elsewhere *hubtest.Server
	status := func(code int, header ...string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	body := func(text string, header ...string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			_, _ = io.WriteString(w, text)
		}
	}
	endless := func(w http.ResponseWriter, _ *http.Request) {
		block := make([]byte, 1<<20)
		for {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			conn.Close()
		}
	}
	answer := `{"id": "org/name", "sha": "` + commit + `", "siblings": [%s]}`
	elsewhere = hubtest.New(t, sample())
	for _, tt := range []struct {
		name     string
		path     string // whose answer it is: the end of it
		answer   func(http.ResponseWriter, *http.Request)
		want     string
		requests int // of that path; 0: one
	}{
		{"no repository", "models/org/name", status(401, "X-Error-Code", "RepoNotFound"), "unreadable: no such repository, or one that this token may not read (401", 0},
		{"forbidden", "models/org/name", status(403), "unreadable: no such repository", 0},
		{"no file", "models/org/name", status(404), "missing: the server has nothing", 0},
		{"no revision", "models/org/name", status(404, "X-Error-Code", "RevisionNotFound"), "missing: the repository has no such revision", 0},
		{"teapot", "models/org/name", status(418), "unreadable: the server answers 418", 0},
		{"not built", "models/org/name", status(501), "unreadable: the server answers 501", 0},
		{"busy", "models/org/name", status(503), "unreadable: the server answers 503 Service Unavailable (4 attempts)", Attempts},
		{"too many", "models/org/name", status(429, "Retry-After", "2"), "unreadable: the server answers 429 Too Many Requests (4 attempts)", Attempts},
		{"an hour", "models/org/name", status(429, "Retry-After", "3600"), "unreadable: the server answers 429 Too Many Requests, and asks to wait 1h0m0s", 0},
		{"hangs up", "models/org/name", hangUp, "unreadable: EOF (4 attempts)", Attempts},
		{"no JSON", "models/org/name", body("<html>"), "malformed: the answer is not JSON", 0},
		{"no commit", "models/org/name", body(`{"id": "org/name", "sha": "main"}`), "malformed: the answer names no commit", 0},
		{"no id", "models/org/name", body(`{"id": "../x", "sha": "` + commit + `"}`), "malformed: the answer names no repository", 0},
		{"leads out", "models/org/name", body(fmt.Sprintf(answer, `{"rfilename": "../x", "size": 1}`)), "malformed: a file of a name that git does not allow", 0},
		{"git's own", "models/org/name", body(fmt.Sprintf(answer, `{"rfilename": ".git/answer.json", "size": 1}`)), "malformed: a file of a name that git does not allow", 0},
		{"no size", "models/org/name", body(fmt.Sprintf(answer, `{"rfilename": "x"}`)), "malformed: no size is stated", 0},
		{"endless", "models/org/name", endless, "limit: bytes: over the limit of 16777216", 0},
		{"packed", "models/org/name", body("x", "Content-Encoding", "gzip"), "unsupported: an answer packed", 0},
		{"other server", "models/org/name", status(302, "Location", elsewhere.URL+"/api/models/org/name"), "unsupported: a redirect to another server", 0},
		{"nowhere", "models/org/name", status(302), "malformed: the server answers 302", 0},
		{"a file", "models/org/name", status(302, "Location", "file:///etc/passwd"), "unsupported: a redirect to an address that is not https", 0},
		{"a circle", "models/org/name", status(302, "Location", "/api/models/org/name"), "limit: more than 3 redirects", MaxRedirects + 1},

		{"file gone", "config.json", status(404, "X-Error-Code", "EntryNotFound"), "missing: the server has nothing", 0},
		{"wrong content", "config.json", body("[]"), "mismatch: the content has another digest", 0},
		{"short content", "config.json", body("{"), "mismatch: the content has another digest", 0},
		{"cut content", "config.json", body("{", "Content-Length", "2"), "unreadable: the answer ended too early (4 attempts)", Attempts},
		{"long content", "config.json", body("{} "), "mismatch: the answer is longer than stated", 0},
		{"wrong etag", "config.json", body("{}", "Etag", `"`+strings.Repeat("0", 40)+`"`), "mismatch: the server has a file of another digest", 0},
		{"endless file", "config.json", endless, "mismatch: the answer is longer than stated", 0},
		{"file busy", "config.json", status(500), "unreadable: the server answers 500 Internal Server Error (4 attempts)", Attempts},
		{"back", "config.json", status(302, "Location", elsewhere.URL+"/back"), "unsupported: another server leads back", 0},

		{"wrong linked etag", "model.gguf", status(302, "Location", "/", "X-Linked-Etag", `"`+strings.Repeat("0", 64)+`"`), "mismatch: the server has a file of another digest", 0},
		{"another part", "model.gguf", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 5-9/100")
			w.WriteHeader(206)
		}, "malformed: the server sent another part", 0},
		{"another length", "model.gguf", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Range", "bytes 0-4/5")
			w.WriteHeader(206)
			_, _ = io.WriteString(w, "01234")
		}, "mismatch: the file is 5 bytes long", 0},
		{"endless part", "model.gguf", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-%d/%d", window-1, 20*window))
			w.WriteHeader(206)
			endless(w, r)
		}, "mismatch: the answer is longer than stated", 0},
		{"no ranges", "model.gguf", endless, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := hubtest.New(t, sample())
			var n atomic.Int64 // of requests; a connection that was taken over ends without a word
			s.Hook = func(w http.ResponseWriter, r *http.Request, cdn bool) bool {
				if cdn || !strings.HasSuffix(r.URL.Path, tt.path) {
					return false
				}
				n.Add(1)
				tt.answer(w, r)
				return true
			}
			elsewhere.Hook = func(w http.ResponseWriter, r *http.Request, _ bool) bool {
				w.Header().Set("Location", s.URL+"/x")
				w.WriteHeader(302)
				return true
			}
			c, waits := client(t, s, canary)
			tree, err := c.Open(t.Context(), Ref{Kind: inventory.Model, ID: "org/name"})
			if err == nil {
				_, _, err = tree.AppendHead(nil, tt.path, 100)
			}
			if got := kindOf(err); !strings.HasPrefix(got, tt.want) || tt.want == "" && got != "" {
				t.Errorf("%s, want %s", got, tt.want)
			}
			if n := n.Load(); n != int64(max(tt.requests, 1)) {
				t.Errorf("%d requests", n)
			}
			for _, d := range *waits {
				if d > MaxWait || tt.name == "too many" && d < 2*time.Second {
					t.Errorf("waits %v", *waits)
				}
			}
			for _, r := range elsewhere.Requests() {
				if r.Authorization != "" {
					t.Errorf("another server got a token: %+v", r)
				}
			}
		})
	}
}

// TestAgain: what fails for a moment is asked for again.
func TestAgain(t *testing.T) {
	s := hubtest.New(t, sample())
	n := 0
	s.Hook = func(w http.ResponseWriter, _ *http.Request, cdn bool) bool {
		n++
		switch {
		case cdn && n%2 == 0:
			w.Header().Set("Content-Length", "2000")
			_, _ = io.WriteString(w, "too short")
		case n%2 == 1:
			w.Header().Set("Retry-After", time.Now().Add(3*time.Second).UTC().Format(http.TimeFormat))
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			return false
		}
		return true
	}
	c, waits := client(t, s, "")
	tree := open(t, c, "hf:org/name")
	if got, err := tree.ReadFile("config.json", 10); string(got) != "{}" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	if len(*waits) != 2 {
		t.Errorf("waits %v", *waits)
	}
}

// TestBudgets: a repository costs no more than its limits.
func TestBudgets(t *testing.T) {
	s := hubtest.New(t, sample())
	c, _ := client(t, s, "")
	tree := open(t, c, "hf:org/name")
	tree.budget.requests = 1
	if _, err := tree.ReadFile("sub/a file.bin", 1<<20); !strings.HasPrefix(kindOf(err), "limit: more requests") {
		t.Error(kindOf(err))
	}
	tree = open(t, c, "hf:org/name")
	tree.budget.bytes = 1
	if _, err := tree.ReadFile("config.json", 1<<20); !strings.HasPrefix(kindOf(err), "limit: bytes of one repository") {
		t.Error(kindOf(err))
	}
	ctx, cancel := context.WithCancel(t.Context())
	tree, err := c.Open(ctx, Ref{Kind: inventory.Model, ID: "org/name"})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := tree.ReadFile("config.json", 10); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// FuzzAnswer: whatever a server answers about a repository, no name leads out of
// the tree and nothing panics.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"id": "org/name", "sha": "` + commit + `", "siblings": [{"rfilename": "a/b", "size": 3, "blobId": "x", "lfs": {"sha256": "y"}}, {"rfilename": "a", "size": 1}]}`))
	f.Add([]byte(`{"id": "org/name", "sha": "` + commit + `", "siblings": {"rfilename": 7}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		tree := &Tree{files: map[string]*file{}, dirs: map[string][]fsx.Entry{".": nil}}
		if err := tree.list(body); err != nil {
			if strings.HasPrefix(kindOf(err), "no problem") {
				t.Error(err)
			}
			return
		}
		for name, f := range tree.files {
			if name != Answer && (strings.Contains("/"+name+"/", "/../") || strings.HasPrefix(name, "/")) || f.size < 0 {
				t.Errorf("%q", name)
			}
		}
	})
}
