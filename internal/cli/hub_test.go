package cli

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"strings"
	"testing"

	"github.com/rukhsa/rukhsa/internal/detect/lctest"
	"github.com/rukhsa/rukhsa/internal/hub/hubtest"
	"github.com/rukhsa/rukhsa/internal/report"
)

const (
	hubToken  = "hf_canary"
	hubCommit = "1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a"
)

// onHub runs rukhsa in an empty folder with an environment.
func onHub(t *testing.T, env map[string]string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	code = Main(args, Streams{
		In: strings.NewReader(""), Out: &out, Err: &errs,
		Getenv: func(k string) string { return env[k] },
		Getwd:  func() (string, error) { return dir, nil },
	})
	if strings.Contains(out.String()+errs.String(), hubToken) {
		t.Errorf("%v tells the token", args)
	}
	return out.String(), errs.String(), code
}

// weights is a small safetensors file whose header states a license, "" for
// none.
func weights(license string) string {
	header := `{"w": {"dtype": "F32", "shape": [1000], "data_offsets": [0, 4000]}}`
	if license != "" {
		header = `{"__metadata__": {"modelspec.license": "` + license + `"}, ` + header[1:]
	}
	return string(binary.LittleEndian.AppendUint64(nil, uint64(len(header)))) + header + strings.Repeat("\x00", 4000)
}

func hubRepos(t *testing.T) []hubtest.Repo {
	mit := string(lctest.Text(t, "MIT.t1").Body)
	return []hubtest.Repo{
		{ID: "org/good", Commit: hubCommit, Files: map[string]string{
			"README.md": "---\nlicense: mit\nbase_model: org/base\n---\n# Good\n", "LICENSE": mit, "model.safetensors": weights("MIT"),
			"config.json": `{"architectures": ["X"], "model_type": "x"}`,
		}},
		{ID: "org/liar", Commit: hubCommit, Files: map[string]string{
			"README.md": "---\nlicense: mit\n---\n", "model.safetensors": weights("cc-by-nc-4.0"),
		}},
		{ID: "org/data", Dataset: true, Commit: hubCommit, Files: map[string]string{"README.md": "---\nlicense: cc-by-4.0\n---\n", "train.csv": "a,b"}},
		{ID: "org/gated", Commit: hubCommit, Gated: true, Files: map[string]string{
			"README.md": "---\nlicense: apache-2.0\n---\n", "LICENSE": mit, "config.json": "{}",
		}, Answer: map[string]any{"cardData": map[string]any{"license": "apache-2.0"}}},
	}
}

func TestHub(t *testing.T) {
	s := hubtest.New(t, hubRepos(t)...)
	s.Token = hubToken
	env := map[string]string{"HF_ENDPOINT": s.URL, "HF_TOKEN": hubToken}
	without := map[string]string{"HF_ENDPOINT": s.URL}
	for _, tt := range []struct {
		name string
		env  map[string]string
		args []string
		code int
		want []string // in stdout or stderr
	}{
		{"not asked for", env, []string{"scan", "hf:org/good"}, exitUsage, []string{"only --hub lets rukhsa ask the network", "hint: rukhsa scan --hub hf:org/good"}},
		{"no name", env, []string{"scan", "--hub", "hf:org/good@"}, exitUsage, []string{"no revision behind @"}},
		{"bad endpoint", map[string]string{"HF_ENDPOINT": "x"}, []string{"scan", "--hub", "hf:org/good"}, exitUsage, []string{"HF_ENDPOINT is no address"}},
		{"good", env, []string{"scan", "--hub", "-o", "json", "hf:org/good"}, exitOK, []string{
			`"id": "pkg:huggingface/org/good@` + hubCommit + `"`, `"concluded": "MIT"`, `"id": "pkg:huggingface/org/base"`, `"source": "license-file"`, `"source": "model-file"`,
		}},
		{"pinned", env, []string{"scan", "--hub", "hf:org/good@" + hubCommit}, exitOK, []string{"complete"}},
		{"by variable", map[string]string{"HF_ENDPOINT": s.URL, "RUKHSA_HUB": "true"}, []string{"scan", "hf:org/good"}, exitOK, []string{"complete"}},
		{"weights say another thing", env, []string{"scan", "--hub", "hf:org/liar"}, exitViolated, []string{"RKH1203", "model.safetensors"}},
		{"dataset", env, []string{"scan", "--hub", "-o", "json", "hf:datasets/org/data"}, exitOK, []string{
			`"id": "pkg:huggingface/org/data@` + hubCommit + `?type=dataset"`, `"concluded": "CC-BY-4.0"`, `"kind": "dataset"`,
		}},
		{"gated, with a token", env, []string{"scan", "--hub", "hf:org/gated"}, exitViolated, []string{"RKH1203"}},
		{"gated, without", without, []string{"scan", "--hub", "hf:org/gated"}, exitIncomplete, []string{"gated", "NOT COMPLETE", "gated/LICENSE: the repository is gated"}},
		{"not there", env, []string{"scan", "--hub", "hf:org/nothing"}, exitIncomplete, []string{"hf:org/nothing", "no such repository"}},
		{"no revision", env, []string{"scan", "--hub", "hf:org/good@v9"}, exitIncomplete, []string{"no such revision"}},
		{"a dataset is no model", env, []string{"scan", "--hub", "hf:org/data"}, exitIncomplete, []string{"no such repository"}},
		{"one of two", env, []string{"scan", "--hub", "-o", "json", "hf:org/nothing", "hf:org/good"}, exitIncomplete, []string{`"complete": false`, `"path": "hf:org/nothing"`, "org/good@"}},
		{"offline", map[string]string{"HF_ENDPOINT": s.URL, "HF_HUB_OFFLINE": "1"}, []string{"scan", "--hub", "hf:org/good"}, exitIncomplete, []string{"HF_HUB_OFFLINE is set"}},
		{"explain", env, []string{"explain", "--hub", "org/good", "hf:org/good"}, exitOK, []string{"License: MIT"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := len(s.Requests())
			stdout, stderr, code := onHub(t, tt.env, tt.args...)
			if code != tt.code {
				t.Errorf("exit code %d, want %d\n%s%s", code, tt.code, stdout, stderr)
			}
			for _, want := range tt.want {
				if !strings.Contains(stdout+stderr, want) {
					t.Errorf("no %q in\n%s%s", want, stdout, stderr)
				}
			}
			if asked := len(s.Requests()) > before; asked != (code != exitUsage && tt.name != "offline") {
				t.Errorf("the server was asked: %v", asked)
			}
			if tt.name == "good" {
				convertible(t, stdout)
			}
		})
	}
}

// convertible holds a report of the Hub to what every report promises: it
// decodes, and every format writes it.
func convertible(t *testing.T, out string) {
	t.Helper()
	r, err := report.Decode(strings.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range report.Formats() {
		if f.Arg != "" {
			continue
		}
		var b bytes.Buffer
		if err := f.Write(&b, r, report.Options{}); err != nil || b.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", f.Name, b.Len(), err)
		}
	}
}

// TestHubNetwork: a server that is not there is an error of the report.
func TestHubNetwork(t *testing.T) {
	s := hubtest.New(t)
	s.Hook = func(w http.ResponseWriter, _ *http.Request, _ bool) bool {
		w.Header().Set("Retry-After", "86400")
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	stdout, stderr, code := onHub(t, map[string]string{"HF_ENDPOINT": s.URL}, "scan", "--hub", "-o", "json", "hf:org/name")
	if code != exitIncomplete || !strings.Contains(stdout, "asks to wait 24h") {
		t.Error(code, stdout, stderr)
	}
}
