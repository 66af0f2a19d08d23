package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"
	"go.yaml.in/yaml/v4"

	"github.com/rukhsa/rukhsa/internal/report"
)

// This file runs the files that other programs start rukhsa with as those
// programs would: action.yml, .pre-commit-hooks.yaml and .gitlab/rukhsa.yml.

// workflow is what of an action or a GitLab job matters here.
type workflow struct {
	Inputs map[string]struct {
		Default string
	}
	Outputs map[string]struct {
		Value string
	}
	Runs struct {
		Using string
		Steps []step
	}
}

type step struct {
	Name, ID, If, Uses, Shell, Run string
	Dir                            string `yaml:"working-directory"`
	Env, With                      map[string]string
}

func fromYAML(t *testing.T, name string, v any) string {
	t.Helper()
	body, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(body, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(body)
}

// TestGlue builds the program by the action's own step and runs everything that
// starts it.
func TestGlue(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil || testing.Short() {
		t.Skip("no bash, or no time to build the program")
	}
	var w workflow
	fromYAML(t, "action.yml", &w)
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	build, dir := w.Runs.Steps[0], t.TempDir()
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", build.Run)
	cmd.Env = append(os.Environ(), "GITHUB_ACTION_PATH="+root, "RUNNER_TEMP="+dir)
	for k, v := range build.Env {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	bin := filepath.Join(dir, "rukhsa-bin")
	t.Run("action", func(t *testing.T) { testAction(t, bin) })
	t.Run("base", func(t *testing.T) { testActionBase(t, bin) })
	t.Run("pre-commit", func(t *testing.T) { testPreCommit(t, bin) })
	t.Run("gitlab", func(t *testing.T) { testGitLab(t, bin) })
	t.Run("dependency-track", func(t *testing.T) { testDependencyTrack(t, bin) })
}

// runner is one job: the inputs, what steps put out, and the files they write.
type runner struct {
	t               *testing.T
	w               workflow
	dir, temp       string
	inputs, outputs map[string]string
	summary, log    string
	uploaded        string
}

var expression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// expand replaces the expressions of a value, as the runner does before a step.
func (r *runner) expand(s string) string {
	return expression.ReplaceAllStringFunc(s, func(m string) string {
		return r.lookup(expression.FindStringSubmatch(m)[1])
	})
}

func (r *runner) lookup(name string) string {
	if in, ok := strings.CutPrefix(name, "inputs."); ok {
		def, ok := r.w.Inputs[in]
		if !ok {
			r.t.Errorf("no input %q", in)
		}
		if v, ok := r.inputs[in]; ok {
			return v
		}
		return def.Default
	}
	out, ok := strings.CutPrefix(name, "steps.scan.outputs.")
	if !ok {
		r.t.Errorf("expression %q is not understood", name)
	}
	return r.outputs[out]
}

var equation = regexp.MustCompile(`^(\S+) (==|!=) '(.*)'$`)

// wanted evaluates the condition of a step.
func (r *runner) wanted(s step) bool {
	for _, part := range strings.Split(s.If, " && ") {
		if part == "" || part == "always()" {
			continue
		}
		m := equation.FindStringSubmatch(part)
		if m == nil {
			r.t.Fatalf("condition %q is not understood", part)
		}
		if (r.lookup(m[1]) == m[3]) != (m[2] == "==") {
			return false
		}
	}
	return true
}

// run runs the steps after the build and returns the exit code of the job.
func (r *runner) run(env ...string) int {
	r.t.Helper()
	r.outputs = map[string]string{}
	code := 0
	for _, s := range r.w.Runs.Steps[1:] {
		if code != 0 && !strings.Contains(s.If, "always()") || !r.wanted(s) {
			continue
		}
		if s.Uses != "" {
			r.uploaded = r.expand(s.With["sarif_file"])
			continue
		}
		if got := r.step(s, env); got != 0 && code == 0 {
			code = got
		}
	}
	return code
}

func (r *runner) step(s step, env []string) int {
	r.t.Helper()
	files := map[string]string{}
	for _, name := range []string{"GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"} {
		f, err := os.CreateTemp(r.temp, "file with space")
		if err != nil {
			r.t.Fatal(err)
		}
		f.Close()
		files[name] = f.Name()
	}
	script := filepath.Join(r.temp, "script.sh")
	if err := os.WriteFile(script, []byte(s.Run), 0o666); err != nil {
		r.t.Fatal(err)
	}
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	cmd.Dir = filepath.Join(r.dir, filepath.FromSlash(r.expand(s.Dir)))
	cmd.Env = append(os.Environ(), "RUNNER_TEMP="+r.temp, "GITHUB_ACTIONS=true", "GOPROXY=off", "GOFLAGS=", "GOWORK=off", "GOENV=off")
	for k, v := range files {
		cmd.Env = append(cmd.Env, k+"="+v)
	}
	cmd.Env = append(cmd.Env, env...)
	for k, v := range s.Env {
		cmd.Env = append(cmd.Env, k+"="+r.expand(v))
	}
	out, err := cmd.CombinedOutput()
	r.log += string(out)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		r.t.Fatal(err)
	}
	r.summary += read(r.t, files["GITHUB_STEP_SUMMARY"])
	for line := range strings.Lines(read(r.t, files["GITHUB_OUTPUT"])) {
		k, v, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if s.ID == "scan" {
			r.outputs[k] = v
		}
	}
	return cmd.ProcessState.ExitCode()
}

func read(t *testing.T, name string) string {
	t.Helper()
	body, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func write(t *testing.T, name, body string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(body), 0o666); err != nil {
		t.Fatal(err)
	}
}

// action prepares a job in the project of the README, with more to scan beside.
func action(t *testing.T, bin string, inputs map[string]string) (*runner, []string) {
	t.Helper()
	r := &runner{t: t, inputs: inputs, dir: readmeProject(t), temp: filepath.Join(t.TempDir(), "runner temp")}
	fromYAML(t, "action.yml", &r.w)
	if err := os.MkdirAll(r.temp, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(bin, filepath.Join(r.temp, "rukhsa-bin")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(r.dir, "app", "two words", "go.mod"), "module example.com/words\n\ngo 1.26\n")
	write(t, filepath.Join(r.dir, "app", "two words", "a.go"), "package words\n")
	write(t, filepath.Join(r.dir, "incomplete", "go.mod"), "module example.com/incomplete\n\ngo 1.26\n\nrequire example.com/absent v1.0.0\n")
	write(t, filepath.Join(r.dir, "incomplete", "main.go"), "package main\n\nimport _ \"example.com/absent\"\n\nfunc main() {}\n")
	write(t, filepath.Join(r.dir, "nothing", "readme.txt"), "no module\n")
	return r, []string{"GOMODCACHE=" + filepath.Join(r.dir, "mod")}
}

// testAction runs the action with every outcome and with inputs that try to be
// shell.
func testAction(t *testing.T, bin string) {
	const app, hostile = "app", "$(touch hacked)\n`touch hacked`;touch hacked\n\"; touch hacked; \"\n--policy=x"
	for name, tt := range map[string]struct {
		inputs   map[string]string
		code     int
		complete string
		log      string
	}{
		"violated":      {map[string]string{"working-directory": app}, exitViolated, "true", "::error "},
		"reports":       {map[string]string{"working-directory": app, "fail-on": "never", "upload-sarif": "true"}, exitOK, "true", "::error "},
		"words":         {map[string]string{"working-directory": app, "targets": "two words\r\n\n"}, exitOK, "true", "example.com/words"},
		"several":       {map[string]string{"working-directory": app, "targets": "two words\ncmd/cli"}, exitViolated, "true", "example.com/nolic"},
		"incomplete":    {map[string]string{"working-directory": "incomplete"}, exitIncomplete, "false", "go mod download failed"},
		"nothing":       {map[string]string{"working-directory": "nothing"}, exitNothing, "false", ""},
		"no target":     {map[string]string{"working-directory": app, "targets": ""}, exitViolated, "true", "::error "},
		"hostile":       {map[string]string{"working-directory": app, "targets": hostile}, exitUsage, "false", "touch hacked"},
		"hostile rest":  {map[string]string{"working-directory": app, "policy": "$(touch hacked)", "base": "$(touch hacked)"}, exitUsage, "false", "$(touch hacked)"},
		"hostile words": {map[string]string{"working-directory": app, "fail-on": "$(touch hacked)"}, exitUsage, "false", "is none of"},
		"hostile base":  {map[string]string{"working-directory": app, "base": "--output=hacked"}, exitUsage, "true", "--output=hacked"},
		"wrong use":     {map[string]string{"working-directory": app, "use": "nosuch"}, exitUsage, "false", `--use: unknown context "nosuch"`},
	} {
		t.Run(name, func(t *testing.T) {
			r, env := action(t, bin, tt.inputs)
			code := r.run(env...)
			if code != tt.code || r.outputs["exit-code"] != strconv.Itoa(tt.code) || r.outputs["complete"] != tt.complete || !strings.Contains(r.log, tt.log) {
				t.Errorf("exit code %d, want %d; outputs %v, want complete=%s; log:\n%s", code, tt.code, r.outputs, tt.complete, r.log)
			}
			scanned := tt.complete == "true" || tt.code == exitIncomplete
			for _, out := range []string{"result-json", "sarif"} {
				if file := r.outputs[out]; (file != "") != scanned || scanned && !strings.HasPrefix(read(t, file), "{") {
					t.Errorf("%s is %q", out, file)
				}
			}
			if (r.summary != "") != scanned || r.uploaded != "" != (tt.inputs["upload-sarif"] == "true") {
				t.Errorf("summary %q, uploaded %q", r.summary, r.uploaded)
			}
			if made, _ := filepath.Glob(filepath.Join(r.dir, "*", "hacked")); len(made) > 0 {
				t.Errorf("an input was run: %v", made)
			}
		})
	}
}

// testActionBase: with a base only what is new fails, and nothing that diff
// prints is a command to the runner.
func testActionBase(t *testing.T, bin string) {
	r, env := action(t, bin, map[string]string{"working-directory": "app", "base": "HEAD"})
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@example.com", "-C", filepath.Join(r.dir, "app")}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "-q")
	git("add", ".")
	git("commit", "-q", "-m", "start")
	if code := r.run(env...); code != exitOK || r.outputs["complete"] != "true" {
		t.Errorf("nothing new: exit code %d\n%s", code, r.log)
	}
	write(t, filepath.Join(r.dir, "app", "rukhsa.yaml"), "version: 1\ndeny:\n  - MIT\n")
	r.log = ""
	if code := r.run(env...); code != exitViolated || r.outputs["exit-code"] != "1" {
		t.Errorf("new: exit code %d, outputs %v\n%s", code, r.outputs, r.log)
	}
	m := regexp.MustCompile(`(?s)::stop-commands::(\S+)\n(.*)\n::(\S+)::\n`).FindStringSubmatch(r.log)
	if m == nil || m[1] != m[3] || !strings.Contains(m[2], "RKH1004") {
		t.Errorf("the difference is not between two marks:\n%s", r.log)
	}
}

func formatNames() []string {
	var out []string
	for _, f := range report.Formats() {
		out = append(out, f.Name)
	}
	return out
}

// TestGlueIsSafe: no script takes an expression, what is used is pinned, and
// everything that reaches the program is one of its flags.
func TestGlueIsSafe(t *testing.T) {
	var w workflow
	text := fromYAML(t, "action.yml", &w)
	if w.Runs.Using != "composite" {
		t.Errorf("runs using %q", w.Runs.Using)
	}
	scan, _, err := (&app{}).root().Find([]string{"scan"})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	scan.LocalFlags().VisitAll(func(f *pflag.Flag) { known[environmentName(f.Name)] = true })
	used := map[string]bool{}
	for _, s := range w.Runs.Steps {
		if strings.Contains(s.Run, "${{") {
			t.Errorf("%s: an expression in a script", s.Name)
		}
		if s.Run != "" && s.Shell != "bash" {
			t.Errorf("%s: shell %q", s.Name, s.Shell)
		}
		if s.Uses != "" && !regexp.MustCompile(`uses: `+regexp.QuoteMeta(s.Uses)+` # v\d+\.\d+\.\d+\n`).MatchString(text) ||
			s.Uses != "" && !regexp.MustCompile(`@[0-9a-f]{40}$`).MatchString(s.Uses) {
			t.Errorf("%s: %s is not pinned by its commit with a comment of its version", s.Name, s.Uses)
		}
		for k, v := range s.Env {
			if strings.HasPrefix(k, "RUKHSA_") && !known[k] {
				t.Errorf("%s stands for no flag of scan", k)
			}
			if m := expression.FindStringSubmatch(v); m != nil {
				used[strings.TrimPrefix(m[1], "inputs.")] = true
			}
		}
		checkCommands(t, s.Name, s.Run)
	}
	for in := range w.Inputs {
		if !used[in] && !strings.Contains(text, "inputs."+in+" ") {
			t.Errorf("input %s is not used", in)
		}
	}
}

var commandLine = regexp.MustCompile(`(?m)^\s*(?:.*\()?(?:"\$rukhsa"|rukhsa) ((?:.*\\\n)*.*)$`)

// checkCommands reads the command lines of a script as the program would.
func checkCommands(t *testing.T, name, script string) {
	t.Helper()
	for _, m := range commandLine.FindAllStringSubmatch(script, -1) {
		line, _, _ := strings.Cut(strings.ReplaceAll(m[1], "\\\n", " "), "||")
		line, _, _ = strings.Cut(line, " -- ")
		words := slices.DeleteFunc(strings.Fields(strings.ReplaceAll(line, `"`, "")), func(w string) bool { return strings.HasPrefix(w, "${flags") })
		c, args, err := (&app{}).root().Find(words)
		if err == nil {
			err = c.ParseFlags(args)
		}
		if err != nil {
			t.Errorf("%s: %s: %v", name, strings.Join(words, " "), err)
			continue
		}
		values, _ := c.Flags().GetStringArray("output")
		for _, v := range values {
			form, _, _ := strings.Cut(v, "=")
			form, _, _ = strings.Cut(form, ":")
			if !slices.Contains(formatNames(), form) {
				t.Errorf("%s: no format %s", name, form)
			}
		}
	}
}

// TestReadmeCI reads the examples for CI: what they use is there, and is pinned.
func TestReadmeCI(t *testing.T) {
	var w workflow
	fromYAML(t, "action.yml", &w)
	var hooks []struct{ ID string }
	fromYAML(t, ".pre-commit-hooks.yaml", &hooks)
	seen := 0
	for _, block := range blocks(readme(t), "yaml") {
		var doc struct {
			Jobs map[string]struct {
				Steps []struct {
					Uses string
					With map[string]any
				}
			}
			Include []struct{ Remote string }
			Repos   []struct {
				Rev   string
				Hooks []struct{ ID string }
			}
		}
		if err := yaml.Unmarshal([]byte(block), &doc); err != nil {
			t.Errorf("%v:\n%s", err, block)
		}
		for _, job := range doc.Jobs {
			for _, s := range job.Steps {
				name, rev, _ := strings.Cut(s.Uses, "@")
				if name != "rukhsa/rukhsa" {
					if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(rev) {
						t.Errorf("%s is not pinned", s.Uses)
					}
					continue
				}
				seen++
				for in := range s.With {
					if _, ok := w.Inputs[in]; !ok {
						t.Errorf("the action has no input %s", in)
					}
				}
			}
		}
		for _, in := range doc.Include {
			seen++
			_, file, _ := strings.Cut(in.Remote, "/REVISION/")
			if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(file))); err != nil || file == "" {
				t.Errorf("%s: %v", in.Remote, err)
			}
		}
		for _, r := range doc.Repos {
			seen++
			if len(r.Hooks) != 1 || r.Hooks[0].ID != hooks[0].ID {
				t.Errorf("hooks %v", r.Hooks)
			}
		}
	}
	if seen != 3 {
		t.Errorf("%d examples, want one each for GitHub, GitLab and pre-commit", seen)
	}
}
