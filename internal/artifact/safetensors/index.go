package safetensors

import (
	"bytes"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// maxShards is far above what anybody has split a model into.
const maxShards = 10_000

// isIndex reports whether the file is an index as transformers writes it:
// model.safetensors.index.json, pytorch_model.bin.index.json.
func isIndex(f *artifact.File) bool {
	return f.Has(".index.json") && (f.Has(".safetensors.index.json", ".bin.index.json") || bytes.Contains(f.Head, []byte(`"weight_map"`)))
}

// readIndex reads which files the tensors of a model are in.
func readIndex(f *artifact.File) (*artifact.Result, error) {
	res := &artifact.Result{Kind: inventory.Model, Role: artifact.Manifest}
	v, err := f.JSON(jsonpos.MaxBytes)
	if err != nil {
		return res, res.Fail(err)
	}
	const help = "mend the index, or write it again with the tool that made it"
	weights := v.Get("weight_map")
	if weights.Kind() != jsonpos.Object {
		res.Problems = append(res.Problems, f.Problem(diag.Malformed, weights.Line(), help, "weight_map is %s and not an object", weights.Kind()))
		return res, nil
	}
	shards := map[string]bool{}
	tensors := map[uint64]bool{} // by hash
	for name, shard := range weights.Pairs() {
		h := maphash.Bytes(seed, name.Raw())
		switch {
		case tensors[h]:
			res.Problems = append(res.Problems, f.Problem(diag.Malformed, name.Line(), help, "tensor %s is there twice", clip(name.Text())))
		case shard.Kind() != jsonpos.String || shard.Text() == "":
			res.Problems = append(res.Problems, f.Problem(diag.Malformed, shard.Line(), help, "tensor %s is in %s and not in a file", clip(name.Text()), shard.Kind()))
		default:
			shards[shard.Text()] = true
		}
		tensors[h] = true
		if len(shards) > maxShards || len(res.Problems) > 10 {
			res.Problems = append(res.Problems, f.Problem(diag.Limit, shard.Line(), help, "names more than %d files, or has more than 10 faults", maxShards))
			return res, nil
		}
	}
	res.Property("format", "index of shards")
	res.Property("shards", fmt.Sprint(len(shards)))
	res.Property("size", v.Get("metadata").Get("total_size").Text())
	companions(f, res, shards)
	return res, nil
}

// companions looks for the shards.
func companions(f *artifact.File, res *artifact.Result, shards map[string]bool) {
	missing := 0
	for _, name := range slices.Sorted(maps.Keys(shards)) {
		c, p := f.Companion(name, "shard")
		if p != nil {
			res.Problems = append(res.Problems, *p)
			continue
		}
		res.Companions = append(res.Companions, c)
		if c.Missing {
			missing++
		}
	}
	if missing > 0 {
		res.NotExamined = append(res.NotExamined, diag.NotExamined{Path: f.Shown(), What: "shards of the model",
			Why: fmt.Sprintf("%d of %d files that the index names are not here", missing, len(shards))})
	}
}
