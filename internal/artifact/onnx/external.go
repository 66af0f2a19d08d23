package onnx

import (
	"errors"
	"io"
	"maps"
	"slices"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/protowire"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// message is a type of message on the way to tensors.
type message uint8

const (
	graphMessage message = iota + 1
	nodeMessage
	attributeMessage
	sparseMessage
	tensorMessage
	trainingMessage
	functionMessage
)

// ways are the fields that lead to tensors.
var ways = map[message]map[int32]message{
	graphMessage:     {1: nodeMessage, 5: tensorMessage, 15: sparseMessage},
	nodeMessage:      {5: attributeMessage},
	attributeMessage: {5: tensorMessage, 6: graphMessage, 10: tensorMessage, 11: graphMessage, 22: sparseMessage, 23: sparseMessage},
	sparseMessage:    {1: tensorMessage, 2: tensorMessage},
	trainingMessage:  {1: graphMessage, 2: graphMessage},
	functionMessage:  {7: nodeMessage, 11: attributeMessage},
}

// fieldExternal is TensorProto.external_data.
const fieldExternal = 13

const (
	maxNesting   = 32    // graphs in graphs
	maxFiles     = 1_000 // files of external data
	maxLocation  = 4096  // bytes of a file's name
	maxNameBytes = 64 << 10
)

// finder walks graphs for the names of external data.
type finder struct {
	r       *binread.Reader
	w       *protowire.Walker
	files   map[string]bool
	tensors int
}

// external lists the files that hold the model's tensors, and counts tensors.
func (m *model) external(f *artifact.File, src io.ReaderAt) error {
	r := binread.New(f.Shown(), src, f.Size, MaxGraph)
	x := &finder{r: r, w: protowire.New(r), files: map[string]bool{}}
	for _, g := range m.graphs {
		if err := r.Skip(uint64(g.off - r.Pos())); err != nil {
			return err
		}
		err := x.walk(g.msg, g.size, 0)
		var p *diag.Problem
		if errors.As(err, &p) && p.Kind == diag.Limit {
			// The license does not depend on it.
			m.notExamined(f.Shown(), p.Message)
			break
		}
		if err != nil {
			return binread.In(err, "graph")
		}
	}
	if x.tensors > 0 {
		m.result.Parts = append(m.result.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: artifact.Tensors(x.tensors)})
	}
	for _, name := range slices.Sorted(maps.Keys(x.files)) {
		c, p := f.Companion(name, "external data")
		if p != nil {
			m.result.Problems = append(m.result.Problems, *p)
			continue
		}
		m.result.Companions = append(m.result.Companions, c)
		if c.Missing {
			m.notExamined(c.Path, "the model names it and it is not here")
		}
	}
	return nil
}

// walk goes through one message of n bytes.
func (x *finder) walk(msg message, n uint64, depth int) error {
	if depth > maxNesting {
		return x.r.Over(x.r.Pos(), "graphs in one another", maxNesting, int64(depth))
	}
	if msg == tensorMessage {
		x.tensors++
	}
	return x.w.Walk(n, func(f protowire.Field) error {
		if f.Type != protowire.Bytes {
			return nil
		}
		if msg == tensorMessage && f.Num == fieldExternal {
			return x.entry(f)
		}
		if next, ok := ways[msg][f.Num]; ok {
			return x.walk(next, f.Value, depth+1)
		}
		return nil
	})
}

// entry takes a key and value of external data; the key location names a file.
func (x *finder) entry(f protowire.Field) error {
	var key, value string
	err := x.w.Walk(f.Value, func(f protowire.Field) (err error) {
		switch f.Num {
		case 1:
			key, err = x.w.Text(f, maxNameBytes)
		case 2:
			value, err = x.w.Text(f, maxNameBytes)
		}
		return err
	})
	if err != nil || key != "location" || x.files[value] {
		return err
	}
	if len(value) > maxLocation {
		return x.r.Over(x.r.Pos(), "the name of a file", maxLocation, int64(len(value)))
	}
	if len(x.files) == maxFiles {
		return x.r.Over(x.r.Pos(), "files of external data", maxFiles, maxFiles+1)
	}
	x.files[value] = true
	return nil
}
