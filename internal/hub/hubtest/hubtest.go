// Package hubtest is a server for tests that answers as the Hugging Face Hub
// does, with a second one in the place of its content delivery network.
package hubtest

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // git's own digest of a file
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Repo is a repository of the server.
type Repo struct {
	Dataset bool
	ID      string
	Commit  string            // 40 hex digits
	Files   map[string]string // those of more than 1000 bytes are LFS files, on the other server
	Gated   bool              // files are for the token alone; the answer and the card are not
	Answer  map[string]any    // more fields of the answer
}

// Request is one that a server got.
type Request struct {
	CDN                         bool
	Path, Authorization, Ranges string
}

// Server is a Hub on the loopback interface.
type Server struct {
	URL string
	// Token is what may read gated repositories.
	Token string
	// Hook answers in place of the server where it returns true.
	Hook func(w http.ResponseWriter, r *http.Request, cdn bool) bool

	cdn   *httptest.Server
	repos []Repo
	mu    sync.Mutex
	got   []Request
}

// lfsSize is where a file is one of LFS, in bytes.
const lfsSize = 1000

// New starts both servers, until the test ends.
func New(t *testing.T, repos ...Repo) *Server {
	t.Helper()
	s := &Server{repos: repos}
	hub := httptest.NewServer(http.HandlerFunc(s.hub))
	s.cdn = httptest.NewServer(http.HandlerFunc(s.content))
	t.Cleanup(hub.Close)
	t.Cleanup(s.cdn.Close)
	s.URL = hub.URL
	return s
}

// Requests are those that both servers got so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.got)
}

func (s *Server) note(w http.ResponseWriter, r *http.Request, cdn bool) bool {
	s.mu.Lock()
	s.got = append(s.got, Request{cdn, r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Range")})
	s.mu.Unlock()
	return s.Hook != nil && s.Hook(w, r, cdn)
}

func fail(w http.ResponseWriter, status int, code string) {
	w.Header().Set("X-Error-Code", code)
	w.WriteHeader(status)
}

func (s *Server) hub(w http.ResponseWriter, r *http.Request) {
	if s.note(w, r, false) {
		return
	}
	for _, repo := range s.repos {
		kind, prefix := "models", ""
		if repo.Dataset {
			kind, prefix = "datasets", "datasets/"
		}
		api := "/api/" + kind + "/" + repo.ID
		switch rest, ok := strings.CutPrefix(r.URL.Path, "/"+prefix+repo.ID+"/resolve/"); {
		case r.URL.Path == api || r.URL.Path == api+"/revision/main" || r.URL.Path == api+"/revision/"+repo.Commit:
			s.answer(w, &repo)
			return
		case strings.HasPrefix(r.URL.Path, api+"/revision/"):
			fail(w, http.StatusNotFound, "RevisionNotFound")
			return
		case ok:
			commit, name, _ := strings.Cut(rest, "/")
			if commit != repo.Commit {
				fail(w, http.StatusNotFound, "RevisionNotFound")
				return
			}
			s.resolve(w, r, &repo, name)
			return
		}
	}
	// The Hub does not say whether a repository is private or not there.
	fail(w, http.StatusUnauthorized, "RepoNotFound")
}

func (s *Server) answer(w http.ResponseWriter, repo *Repo) {
	a := map[string]any{"_id": "1", "id": repo.ID, "sha": repo.Commit, "author": strings.Split(repo.ID, "/")[0], "tags": []string{}, "gated": false}
	if !repo.Dataset {
		a["modelId"] = repo.ID
	}
	if repo.Gated {
		a["gated"] = "manual"
	}
	files := []map[string]any{}
	for name, content := range repo.Files {
		f := map[string]any{"rfilename": name, "size": len(content), "blobId": Blob(content)}
		if len(content) > lfsSize {
			f["blobId"] = Blob("pointer")
			f["lfs"] = map[string]any{"sha256": Sum(content), "size": len(content), "pointerSize": 134}
		}
		files = append(files, f)
	}
	slices.SortFunc(files, func(a, b map[string]any) int {
		return strings.Compare(fmt.Sprint(a["rfilename"]), fmt.Sprint(b["rfilename"]))
	})
	a["siblings"] = files
	for k, v := range repo.Answer {
		a[k] = v
	}
	_ = json.NewEncoder(w).Encode(a)
}

func (s *Server) resolve(w http.ResponseWriter, r *http.Request, repo *Repo, name string) {
	content, ok := repo.Files[name]
	if !ok {
		fail(w, http.StatusNotFound, "EntryNotFound")
		return
	}
	if repo.Gated && name != "README.md" && (s.Token == "" || r.Header.Get("Authorization") != "Bearer "+s.Token) {
		fail(w, http.StatusUnauthorized, "GatedRepo")
		return
	}
	w.Header().Set("X-Repo-Commit", repo.Commit)
	if len(content) <= lfsSize {
		w.Header().Set("Etag", `"`+Blob(content)+`"`)
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(content))
		return
	}
	w.Header().Set("X-Linked-Size", fmt.Sprint(len(content)))
	w.Header().Set("X-Linked-Etag", `"`+Sum(content)+`"`)
	w.Header().Set("Location", s.cdn.URL+"/"+repo.ID+"/"+name+"?signature=secret")
	w.WriteHeader(http.StatusFound)
}

func (s *Server) content(w http.ResponseWriter, r *http.Request) {
	if s.note(w, r, true) {
		return
	}
	for _, repo := range s.repos {
		if name, ok := strings.CutPrefix(r.URL.Path, "/"+repo.ID+"/"); ok && r.Header.Get("Authorization") == "" {
			w.Header().Set("Etag", `"of-the-cdn"`)
			http.ServeContent(w, r, "", time.Time{}, bytes.NewReader([]byte(repo.Files[name])))
			return
		}
	}
	w.WriteHeader(http.StatusBadRequest)
}

// Blob is git's digest of a file.
func Blob(content string) string {
	sum := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(content), content)) //nolint:gosec // git's own
	return hex.EncodeToString(sum[:])
}

// Sum is the sha256 digest of a file.
func Sum(content string) string {
	sum := sha256.Sum256([]byte(content))
	return hex.EncodeToString(sum[:])
}
