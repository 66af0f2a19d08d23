package cli

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// testPreCommit runs the hook in a project, as pre-commit does after it has
// installed the commands of this module.
func testPreCommit(t *testing.T, bin string) {
	var hooks []struct {
		ID, Name, Entry, Language string
		Pass                      bool `yaml:"pass_filenames"`
	}
	fromYAML(t, ".pre-commit-hooks.yaml", &hooks)
	if len(hooks) != 1 || hooks[0].ID != "rukhsa" || hooks[0].Language != "golang" || hooks[0].Pass {
		t.Fatalf("hooks %+v", hooks)
	}
	dir := readmeProject(t)
	words := strings.Fields(hooks[0].Entry)
	cmd := exec.Command(filepath.Join(bin, words[0]), words[1:]...)
	cmd.Dir = filepath.Join(dir, "app")
	cmd.Env = append(os.Environ(), "GOMODCACHE="+filepath.Join(dir, "mod"), "GOENV=off", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != exitViolated || !strings.Contains(string(out), "RKH1001") {
		t.Errorf("%v\n%s", err, out)
	}
}

// gitlabJob is what of the template is run.
type gitlabJob struct {
	Variables map[string]struct{ Value string }
	Rukhsa    struct {
		Before    []string `yaml:"before_script"`
		Script    []string
		Artifacts struct {
			When    string
			Reports map[string]string
		}
	}
}

// testGitLab runs the job of the template in both shells that runners have.
func testGitLab(t *testing.T, bin string) {
	var job gitlabJob
	fromYAML(t, ".gitlab/rukhsa.yml", &job)
	module := regexp.MustCompile(`(?m)^module (\S+)$`).FindStringSubmatch(read(t, filepath.Join("..", "..", "go.mod")))[1]
	if !strings.Contains(job.Rukhsa.Before[0], module+"/cmd/rukhsa@$RUKHSA_VERSION") {
		t.Errorf("%s is not installed by %s", module, job.Rukhsa.Before[0])
	}
	if job.Rukhsa.Artifacts.When != "always" || len(job.Rukhsa.Artifacts.Reports) != 3 {
		t.Errorf("artifacts %+v", job.Rukhsa.Artifacts)
	}
	script := strings.Join(job.Rukhsa.Script, "\n")
	checkCommands(t, "GitLab", script)
	for _, shell := range []string{"bash", "sh"} {
		for name, tt := range map[string]struct {
			targets, variable string
			code              int
		}{
			"default": {job.Variables["RUKHSA_TARGETS"].Value, "RUKHSA_DETAILS=true", exitViolated},
			"never":   {"two words\ncmd/cli", "RUKHSA_FAIL_ON=never", exitOK},
			"hostile": {"$(touch hacked)\n`touch hacked`\n*", "RUKHSA_POLICY=", exitUsage},
			"flag":    {"--policy=$(touch hacked)", "RUKHSA_POLICY=", exitUsage},
		} {
			r, env := action(t, bin, nil)
			dir := filepath.Join(r.dir, "app")
			cmd := exec.Command(shell, "-e", "-c", script)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "GOENV=off", "GOWORK=off", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "RUKHSA_TARGETS="+tt.targets, "RUKHSA_VERSION=latest", tt.variable)
			cmd.Env = append(cmd.Env, env...)
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			if err := cmd.Run(); cmd.ProcessState.ExitCode() != tt.code {
				t.Errorf("%s, %s: %v, want exit code %d\n%s", shell, name, err, tt.code, out.String())
			}
			for kind, file := range job.Rukhsa.Artifacts.Reports {
				if _, err := os.Stat(filepath.Join(dir, file)); (err == nil) != (tt.code != exitUsage) {
					t.Errorf("%s, %s: %s report: %v", shell, name, kind, err)
				}
			}
			if _, err := os.Stat(filepath.Join(dir, "hacked")); err == nil {
				t.Errorf("%s, %s: a target was run", shell, name)
			}
		}
	}
}

// testDependencyTrack runs the lines of the README against a server that takes
// what Dependency-Track takes.
func testDependencyTrack(t *testing.T, bin string) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("no curl")
	}
	var script string
	for _, b := range blocks(readme(t), "sh") {
		if strings.Contains(b, "/api/v1/bom") {
			script = b
		}
	}
	var got http.Header
	form := map[string]string{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header
		if err := r.ParseMultipartForm(1 << 20); err != nil || r.Method != http.MethodPost || r.URL.Path != "/api/v1/bom" {
			http.Error(w, "no", http.StatusBadRequest)
			return
		}
		for k, v := range r.MultipartForm.Value {
			form[k] = v[0]
		}
		f, _, err := r.FormFile("bom")
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		body, _ := io.ReadAll(f)
		form["bom"] = string(body)
	}))
	defer server.Close()
	r, env := action(t, bin, nil)
	cmd := exec.Command("bash", "-e", "-c", script)
	cmd.Dir = filepath.Join(r.dir, "app")
	cmd.Env = append(os.Environ(), "GOENV=off", "GOWORK=off", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "DTRACK_URL="+server.URL, "DTRACK_KEY=a key", "NO_PROXY=*", "no_proxy=*")
	cmd.Env = append(cmd.Env, env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if got.Get("X-Api-Key") != "a key" || form["autoCreate"] != "true" || form["projectName"] == "" || form["projectVersion"] == "" ||
		!strings.Contains(form["bom"], `"bomFormat": "CycloneDX"`) {
		t.Errorf("the server got %v and %.300v", got, form)
	}
}
