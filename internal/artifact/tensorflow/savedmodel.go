package tensorflow

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/protowire"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// The limits of a SavedModel.
const (
	maxGraphRead = 64 << 20 // bytes that are read of saved_model.pb
	maxOps       = 10_000   // different operators; TensorFlow has some 1,500
	maxOpName    = 1_024    // bytes
	maxTags      = 1_000
)

// riskyOps are operators that reach out of the computation: files, and Python
// functions of the process (modelscan's list, and tensorflow/ops/script_ops).
var riskyOps = []string{"EagerPyFunc", "MatchingFiles", "PyFunc", "PyFuncStateless", "ReadFile", "WriteFile"}

func isSavedModel(f *artifact.File) bool { return f.Base() == "saved_model.pb" }

// message is a type of message of saved_model.proto and what it contains.
type message uint8

const (
	savedModel message = iota + 1
	metaGraph
	metaInfo
	opList
	opDef
	graphDef
	nodeDef
	library
	function
)

// ways are the fields that lead to what is read.
var ways = map[message]map[int32]message{
	savedModel: {2: metaGraph}, metaGraph: {1: metaInfo, 2: graphDef}, metaInfo: {2: opList}, opList: {1: opDef},
	graphDef: {1: nodeDef, 2: library}, library: {1: function}, function: {3: nodeDef},
}

// graph walks a SavedModel.
type graph struct {
	r      *binread.Reader
	w      *protowire.Walker
	graphs int
	ops    map[string]bool
	tags   []string
	schema uint64
	// version of the TensorFlow that wrote it
	version string
}

func readSavedModel(f *artifact.File) (*artifact.Result, error) {
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	res := weights("tensorflow saved model")
	r := binread.New(f.Shown(), src, f.Size, maxGraphRead)
	g := &graph{r: r, w: protowire.New(r), ops: map[string]bool{}}
	err = g.walk(savedModel, uint64(f.Size))
	if p := new(diag.Problem); errors.As(err, &p) && p.Kind == diag.Limit {
		// The format has no field for a license: none was missed.
		res.NotExamined = append(res.NotExamined, diag.NotExamined{Path: f.Shown(), What: "operators of the graph", Why: p.Message})
		err = nil
	}
	if err == nil && g.graphs == 0 {
		err = r.Fail(0, "not a SavedModel: it has no graph")
	}
	if g.schema > 0 {
		res.Property("schema_version", fmt.Sprint(g.schema))
	}
	res.Property("tensorflow_version", g.version)
	res.Property("tags", strings.Join(g.tags, ", "))
	if c, p := f.Companion("variables/variables.index", "variables"); p == nil && !c.Missing {
		res.Companions = append(res.Companions, c)
		res.Parts = append(res.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: c.Path})
	}
	var risky []string
	for _, op := range slices.Sorted(maps.Keys(g.ops)) {
		if slices.Contains(riskyOps, op) {
			risky = append(risky, op)
		}
	}
	if len(risky) > 0 {
		res.Signals = append(res.Signals, artifact.Signal{Group: "security", Signal: "unsafe-operator", Evidence: strings.Join(risky, ", ")})
	}
	return res, res.Fail(err)
}

// walk goes through one message of n bytes.
func (g *graph) walk(m message, n uint64) error {
	if m == metaGraph {
		g.graphs++
	}
	return g.w.Walk(n, func(f protowire.Field) error {
		if next, ok := ways[m][f.Num]; ok {
			if f.Type != protowire.Bytes {
				return g.r.Fail(g.r.Pos(), "field %d is no message", f.Num)
			}
			return g.walk(next, f.Value)
		}
		return g.value(m, f)
	})
}

// value takes a field that is no message.
func (g *graph) value(m message, f protowire.Field) (err error) {
	switch {
	case m == savedModel && f.Num == 1:
		g.schema = f.Value
	case m == metaInfo && f.Num == 4 && len(g.tags) < maxTags:
		var tag string
		if tag, err = g.w.Text(f, maxOpName); err == nil && !slices.Contains(g.tags, tag) {
			g.tags = append(g.tags, tag)
		}
	case m == metaInfo && f.Num == 5:
		g.version, err = g.w.Text(f, maxOpName)
	case m == opDef && f.Num == 1, m == nodeDef && f.Num == 2:
		var op string
		if op, err = g.w.Text(f, maxOpName); err == nil {
			g.ops[op] = true
		}
		if len(g.ops) > maxOps {
			return g.r.Over(g.r.Pos(), "different operators", maxOps, maxOps+1)
		}
	}
	return err
}
