package tensorflow

import (
	"bytes"
	"fmt"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// maxShards is far above what a converter splits a model into (4 MB each).
const maxShards = 10_000

// tfjsKeys are in the first bytes of a model.json of TensorFlow.js
// (tfjs-core/src/io/types.ts, ModelJSON).
var tfjsKeys = [][]byte{[]byte(`"modelTopology"`), []byte(`"weightsManifest"`), []byte(`"layers-model"`), []byte(`"graph-model"`)}

func isTFJS(f *artifact.File) bool {
	if !f.Has(".json") {
		return false
	}
	for _, k := range tfjsKeys {
		if bytes.Contains(f.Head, k) {
			return true
		}
	}
	return isManifest(f)
}

// isManifest tells a manifest of weights that stands by itself: a list.
func isManifest(f *artifact.File) bool { return f.Has("weights_manifest.json") }

func readTFJS(f *artifact.File) (*artifact.Result, error) {
	v, err := f.JSON(jsonpos.MaxBytes)
	if err != nil {
		res := &artifact.Result{Kind: inventory.Model, Role: artifact.Manifest}
		return res, res.Fail(err)
	}
	manifest := v.Get("weightsManifest")
	if isManifest(f) {
		manifest = v
	}
	if v.Get("modelTopology").Kind() != jsonpos.Object && manifest.Kind() != jsonpos.Array {
		return &artifact.Result{}, nil // something that only mentions such a model
	}
	res := &artifact.Result{Kind: inventory.Model, Role: artifact.Manifest}
	res.Property("format", "tensorflow.js")
	res.Property("model_format", v.Get("format").Text())
	res.Property("generated_by", v.Get("generatedBy").Text())
	res.Property("converted_by", v.Get("convertedBy").Text())
	stated(res, v.Get("userDefinedMetadata"), "userDefinedMetadata.")
	shards, missing := 0, 0
	for group := range manifest.Items() {
		for p := range group.Get("paths").Items() {
			if shards++; shards > maxShards {
				res.Problems = append(res.Problems, f.Over(p.Line(), "files of weights", maxShards, int64(shards)))
				return res, nil
			}
			c, problem := f.Companion(p.Text(), "shard")
			if problem != nil {
				problem.Line = p.Line()
				res.Problems = append(res.Problems, *problem)
				continue
			}
			res.Companions = append(res.Companions, c)
			if c.Missing {
				missing++
			}
		}
	}
	if shards > missing {
		res.Parts = append(res.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: fmt.Sprintf("%d files of weights", shards-missing)})
	}
	if missing > 0 {
		res.NotExamined = append(res.NotExamined, diag.NotExamined{Path: f.Shown(), What: "shards of the model",
			Why: fmt.Sprintf("%d of %d files that it names are not here", missing, shards)})
	}
	return res, nil
}
