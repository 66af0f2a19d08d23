// Package mlmodel reads MLflow's MLmodel, the YAML file in the root of a saved
// model. The format has no field for a license; it tells which model of the Hub
// it was saved from, and whether loading it unpickles a file or runs code.
package mlmodel

import (
	"errors"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// maxFlavors bounds what one file can add to a report.
const maxFlavors = 100

type reader struct{}

// New returns the reader.
func New() artifact.Reader { return reader{} }

func (reader) Format() string { return "mlmodel" }

// Match goes by the name, which is fixed; Read leaves what has no flavors.
// (Core ML's files end in .mlmodel and are binary.)
func (reader) Match(f *artifact.File) bool { return f.Base() == "mlmodel" }

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Role: artifact.Config, Kind: inventory.Model}
	data, err := f.Whole(yamlpos.MaxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	if !strings.Contains(string(data), "flavors") {
		return &artifact.Result{}, nil
	}
	root, err := yamlpos.Parse(f.Shown(), data)
	if err != nil {
		res.Problems = append(res.Problems, problem(f, err))
		return res, nil
	}
	flavors := root.Get("flavors")
	if flavors.Kind() != yamlpos.Map {
		return &artifact.Result{}, nil
	}
	c := &facts{res}
	for _, key := range []string{"mlflow_version", "model_uuid", "run_id", "model_id", "artifact_path"} {
		res.Property(key, root.Get(key).Text())
	}
	c.metadata(root.Get("metadata"))
	n := 0
	for name, flavor := range flavors.Pairs() {
		if n++; n > maxFlavors {
			res.Problems = append(res.Problems, f.Over(name.Pos().Line, "flavors", maxFlavors, int64(n)))
			break
		}
		res.Property("flavor", name.Text())
		c.flavor(name.Text(), flavor)
	}
	return res, nil
}

// problem is the first fault of a file that is no YAML.
func problem(f *artifact.File, err error) diag.Problem {
	const help = "save the model again with MLflow"
	var faults yamlpos.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		return f.Problem(diag.Malformed, 0, help, "%v", err)
	}
	p := f.Problem(diag.Malformed, faults[0].Pos.Line, help, "%s", faults[0].Message)
	if strings.Contains(p.Message, "over the limit") || strings.Contains(p.Message, "exceeded max") {
		p.Kind = diag.Limit
	}
	return p
}

type facts struct{ res *artifact.Result }

// metadata is a map that people fill as they like.
func (c *facts) metadata(v yamlpos.Node) {
	for _, key := range []string{"license", "license_name"} {
		if l := v.Get(key); l.Text() != "" {
			c.res.State(artifact.Statement{Source: "model-file", Field: "metadata." + key, Value: l.Text(), Line: l.Pos().Line, Guessed: true})
		}
	}
	c.link("metadata.base_model", v.Get("base_model"), "")
}

// flavor reads one way to load the model.
func (c *facts) flavor(name string, v yamlpos.Node) {
	field := "flavors." + name + "."
	relation := ""
	if v.Get("peft_adaptor").Kind() == yamlpos.Scalar {
		relation = "adapter"
	}
	source := v.Get("source_model_name")
	c.link(field+"source_model_name", source, relation)
	for _, part := range []string{"tokenizer", "feature_extractor", "image_processor", "processor"} {
		if n := v.Get(part + "_name"); n.Text() != source.Text() {
			c.link(field+part+"_name", n, "")
		}
	}
	// Of openai, langchain and others: the service or model that is called.
	if m := v.Get("model"); m.Kind() == yamlpos.Scalar && v.Get("source_model_name").Kind() == yamlpos.Absent && name == "openai" {
		c.res.Property("service_model", m.Text())
	}
	c.revision(source, v)
	if code := v.Get("code"); code.Text() != "" {
		c.signal("security", "remote-code", field+"code: "+code.Text())
	}
	c.pickle(field, v)
}

// revision notes a source whose weights are not saved here and whose version is
// not held.
func (c *facts) revision(source, v yamlpos.Node) {
	revision := v.Get("source_model_revision").Text()
	switch {
	case names.Commit(revision):
		c.res.Property("base_revision", revision)
	case revision != "":
		c.signal("provenance", "unpinned-revision", source.Text()+", revision: "+revision)
	}
}

// pickle notes what loading would unpickle.
func (c *facts) pickle(field string, v yamlpos.Node) {
	for _, key := range []string{"serialization_format", "pickle_module_name"} {
		if how := v.Get(key).Text(); strings.Contains(how, "pickle") {
			file := v.Get("pickled_model").Text()
			if file == "" {
				file = v.Get("model_data").Text()
			}
			evidence := field + key + ": " + how
			if file != "" {
				evidence += " (" + file + ")"
			}
			c.signal("security", "pickle", evidence)
			return
		}
	}
	if file := v.Get("python_model").Text(); strings.HasSuffix(file, ".pkl") {
		c.signal("security", "pickle", field+"python_model: "+file)
	}
}

func (c *facts) link(field string, v yamlpos.Node, relation string) {
	if id := v.Text(); id != "" {
		c.res.Lineage = append(c.res.Lineage, artifact.Link{Relation: relation, ID: id, Field: field, Line: v.Pos().Line, Guessed: names.Local(id)})
	}
}

func (c *facts) signal(group, signal, evidence string) {
	c.res.Signals = append(c.res.Signals, artifact.Signal{Group: group, Signal: signal, Evidence: evidence})
}
