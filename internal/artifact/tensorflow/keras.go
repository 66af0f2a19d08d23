package tensorflow

import (
	"maps"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/zipdir"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// maxConfig is the limit of a JSON file in a Keras archive, in bytes.
const maxConfig = 16 << 20

// The entries of an archive of Keras 3 (keras/src/saving/saving_lib.py).
const (
	kerasMeta    = "metadata.json"
	kerasConfig  = "config.json"
	kerasWeights = "model.weights.h5"
)

// ownModules are the packages whose layers Keras loads by itself.
var ownModules = []string{"keras", "keras_hub", "keras_nlp", "keras_cv", "tensorflow", "tf_keras", "builtins"}

func isKeras(f *artifact.File) bool { return f.Has(".keras") }

func readKeras(f *artifact.File) (*artifact.Result, error) {
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	res := weights("keras")
	a, err := zipdir.Open(f.Shown(), src, f.Size)
	if err != nil {
		return res, res.Fail(err)
	}
	has := map[string]bool{}
	for _, e := range a.Entries {
		if has[e.Name] {
			res.Problems = append(res.Problems, f.Problem(diag.Malformed, 0, "do not load the file: readers may take either entry", "entry %q is there twice", e.Name))
			break
		}
		has[e.Name] = true
		if e.Name != kerasMeta && e.Name != kerasConfig {
			continue
		}
		v, err := document(f, a, e)
		if err != nil {
			return res, res.Fail(err)
		}
		if e.Name == kerasMeta {
			res.Property("keras_version", v.Get("keras_version").Text())
			stated(res, v, kerasMeta+" ")
		} else {
			layers(res, v)
		}
	}
	if !has[kerasConfig] {
		res.Problems = append(res.Problems, f.Problem(diag.Malformed, 0, "fetch the file again", "not a Keras archive: it has no %s", kerasConfig))
	}
	if has[kerasWeights] {
		res.Parts = append(res.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: kerasWeights})
	}
	return res, nil
}

// document reads an entry that is JSON.
func document(f *artifact.File, a *zipdir.Archive, e zipdir.Entry) (jsonpos.Value, error) {
	r, err := a.Open(e, maxConfig)
	if err != nil {
		return jsonpos.Value{}, err
	}
	text, err := r.Text(uint64(e.Size), maxConfig)
	if err != nil {
		return jsonpos.Value{}, binread.In(err, "entry %q", e.Name)
	}
	v, err := f.ParseJSON([]byte(text))
	return v, binread.In(err, "entry %q", e.Name)
}

// layers looks for layers that run code of the file, and for classes of other
// modules, which loading imports.
func layers(res *artifact.Result, v jsonpos.Value) {
	modules, lambda := map[string]bool{}, false
	var visit func(v jsonpos.Value)
	visit = func(v jsonpos.Value) {
		for k, m := range v.Pairs() {
			switch text := m.Text(); k.Text() {
			case "class_name":
				lambda = lambda || text == "Lambda"
			case "module":
				if first, _, _ := strings.Cut(text, "."); first != "" && !slices.Contains(ownModules, first) && len(modules) < 100 {
					modules[text] = true
				}
			}
			visit(m)
		}
		for m := range v.Items() {
			visit(m)
		}
	}
	visit(v)
	if lambda {
		res.Signals = append(res.Signals, artifact.Signal{Group: "security", Signal: "embedded-code", Evidence: "a Lambda layer: it runs Python code that the file holds"})
	}
	if len(modules) > 0 {
		res.Signals = append(res.Signals, artifact.Signal{Group: "security", Signal: "remote-code",
			Evidence: "loading it imports " + strings.Join(slices.Sorted(maps.Keys(modules)), ", ")})
	}
}
