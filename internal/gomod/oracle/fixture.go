package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb/dirhash"
)

// fixture is a generated tree, written as a txtar archive. Files below
// "proxy/PATH@VERSION/" are modules that a proxy serves; all others are the
// tree. The lines before the first file are comments ("# …") or settings:
//
//	tags: a,b            build tags asked for
//	env: GOWORK=off      for both loaders
//	patterns: ./cmd/x    instead of ./...
//	dir: sub             where the loaders start
//	run: mod vendor      a go command, after the files are written
//	forget: PATH@VERSION taken out of the module cache again, zip and folder
//	nosum: PATH@VERSION  left out of go.sum; its go.mod stays
//	lost: PATH           not compared with go list, which does not say of which
//	                     module a package is that is not to be had
//	gosum: sub/go.sum    where the sums go besides go.sum
//	problem: TEXT        the native loader must report a problem with this text,
//	                     and none that no such line foretells
type fixture struct {
	name     string
	settings map[string][]string
	files    map[string]string
}

func parseFixture(file, text string) (*fixture, error) {
	f := &fixture{name: strings.TrimSuffix(file, ".txtar"), settings: map[string][]string{}, files: map[string]string{}}
	parts := strings.Split("\n"+text, "\n-- ")
	for line := range strings.Lines(parts[0]) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%s: %q is no setting", file, line)
		}
		f.settings[key] = append(f.settings[key], strings.TrimSpace(value))
	}
	for _, p := range parts[1:] {
		name, data, ok := strings.Cut(p+"\n", " --\n")
		if !ok {
			return nil, fmt.Errorf("%s: no file name in %q", file, firstLines(p, 1))
		}
		f.files[name] = data
	}
	return f, nil
}

// write makes the tree and a module cache below dir.
func (f *fixture) write(dir string) (tree, error) {
	root, proxy, cache := filepath.Join(dir, "tree"), filepath.Join(dir, "proxy"), filepath.Join(dir, "cache")
	mods := map[string]map[string]string{} // path@version → files
	for name, data := range f.files {
		rest, ok := strings.CutPrefix(name, "proxy/")
		if !ok {
			if err := writeFile(filepath.Join(root, filepath.FromSlash(name)), data); err != nil {
				return tree{}, err
			}
			continue
		}
		mod, file, _ := cutModule(rest)
		if mods[mod] == nil {
			mods[mod] = map[string]string{}
		}
		mods[mod][file] = data
	}
	sum, err := serve(proxy, mods)
	if err != nil {
		return tree{}, err
	}
	for _, file := range append(f.settings["gosum"], "go.sum") {
		var out strings.Builder
		for _, line := range sum {
			if !slices.ContainsFunc(f.settings["nosum"], func(m string) bool {
				return strings.HasPrefix(line, strings.Replace(m, "@", " ", 1)+" ")
			}) {
				out.WriteString(line)
			}
		}
		if err := writeFile(filepath.Join(root, filepath.FromSlash(file)), out.String()); err != nil {
			return tree{}, err
		}
	}
	t := tree{name: f.name, dir: root, env: []string{"GOMODCACHE=" + cache, "GOWORK=", "GONOSUMDB=*"}, patterns: f.settings["patterns"], generated: true, problems: f.settings["problem"], lost: f.settings["lost"]}
	t.env = append(t.env, f.settings["env"]...)
	if tags := f.settings["tags"]; len(tags) > 0 {
		t.tags = strings.Split(tags[0], ",")
	}
	for _, sub := range f.settings["dir"] {
		t.dir = filepath.Join(root, filepath.FromSlash(sub))
	}
	online := append(slices.Clone(t.env), "GOPROXY=file://"+filepath.ToSlash(proxy), "GOSUMDB=off", "GOTOOLCHAIN=local", "GOFLAGS=-mod=mod -modcacherw")
	if len(mods) > 0 {
		args := append([]string{"mod", "download"}, slices.Sorted(maps.Keys(mods))...)
		if err := runGo(dir, append(slices.Clone(online), "GOWORK=off"), args...); err != nil {
			return tree{}, err
		}
	}
	for _, args := range f.settings["run"] {
		if err := runGo(t.dir, online, strings.Fields(args)...); err != nil {
			return tree{}, err
		}
	}
	for _, m := range f.settings["forget"] {
		if err := forget(cache, m); err != nil {
			return tree{}, err
		}
	}
	return t, nil
}

// cutModule splits "example.com/a@v1.0.0/sub/a.go".
func cutModule(s string) (mod, file string, ok bool) {
	at := strings.Index(s, "@")
	if at < 0 {
		return "", "", false
	}
	slash := strings.Index(s[at:], "/")
	if slash < 0 {
		return s, "", false
	}
	return s[:at+slash], s[at+slash+1:], true
}

func writeFile(name, data string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, []byte(data), 0o644)
}

// serve writes a proxy of files and returns the lines of go.sum for all of it.
func serve(proxy string, mods map[string]map[string]string) ([]string, error) {
	var sums []string
	for _, mod := range slices.Sorted(maps.Keys(mods)) {
		path, version, _ := strings.Cut(mod, "@")
		esc, err := module.EscapePath(path)
		if err != nil {
			return nil, err
		}
		base := filepath.Join(proxy, filepath.FromSlash(esc), "@v", version)
		gomod, ok := mods[mod]["go.mod"]
		if !ok {
			gomod = "module " + path + "\n"
		}
		var buf bytes.Buffer
		w := zip.NewWriter(&buf)
		for _, file := range slices.Sorted(maps.Keys(mods[mod])) {
			if file == "" {
				continue
			}
			e, err := w.Create(mod + "/" + file)
			if err != nil {
				return nil, err
			}
			if _, err := e.Write([]byte(mods[mod][file])); err != nil {
				return nil, err
			}
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		for ext, data := range map[string]string{
			".zip": buf.String(), ".mod": gomod, ".info": fmt.Sprintf(`{"Version":%q,"Time":"2026-01-02T03:04:05Z"}`, version),
		} {
			if err := writeFile(base+ext, data); err != nil {
				return nil, err
			}
		}
		zipSum, err := dirhash.HashZip(base+".zip", dirhash.Hash1)
		if err != nil {
			return nil, err
		}
		modSum, err := hashMod(gomod)
		if err != nil {
			return nil, err
		}
		sums = append(sums, path+" "+version+" "+zipSum+"\n", path+" "+version+"/go.mod "+modSum+"\n")
	}
	return sums, nil
}

func hashMod(data string) (string, error) {
	return dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(data)), nil
	})
}

func runGo(dir string, env []string, args ...string) error {
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w: %s", strings.Join(args, " "), err, firstLines(string(out), 8))
	}
	return nil
}

// forget makes a module one that was never downloaded; its go.mod stays.
func forget(cache, mod string) error {
	path, version, _ := strings.Cut(mod, "@")
	esc, err := module.EscapePath(path)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(cache, filepath.FromSlash(esc)+"@"+version)); err != nil {
		return err
	}
	for _, ext := range []string{".zip", ".ziphash", ".info"} {
		if err := os.Remove(filepath.Join(cache, "cache", "download", filepath.FromSlash(esc), "@v", version+ext)); err != nil {
			return err
		}
	}
	return nil
}
