// Package onnx reads what an ONNX model says of itself: the fields of
// ModelProto but for the graph, and the names of the files that hold its
// tensors. The graph is walked for those names only, and no tensor is read.
//
// Fields and numbers are onnx/onnx.proto; the keys of metadata_props that have a
// meaning are docs/IR.md's, "Standard Metadata".
package onnx

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/protowire"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/inventory"
)

// The limits.
const (
	MaxRead  = 16 << 20 // bytes that are read of ModelProto without the graph
	MaxGraph = 64 << 20 // bytes that are read of the graph, to find external data
	MaxText  = 1 << 20  // bytes of one text that is kept
	MaxProps = 10_000   // entries of metadata_props

	keepAll = 4 << 20 // bytes of all kept texts
)

// The fields of ModelProto.
const (
	fieldIR           = 1
	fieldProducer     = 2
	fieldProducerVer  = 3
	fieldDomain       = 4
	fieldModelVersion = 5
	fieldDoc          = 6
	fieldGraph        = 7
	fieldOpset        = 8
	fieldProps        = 14
	fieldTraining     = 20
	fieldFunctions    = 25
)

// New returns the reader.
func New() artifact.Reader { return reader{} }

type reader struct{}

func (reader) Format() string { return "onnx" }

// Match takes what is called .onnx, and what begins as exporters begin a model:
// the version of the format, then a short name of the producer.
func (reader) Match(f *artifact.File) bool {
	if f.IsPointer() {
		return false
	}
	return f.Has(".onnx") || begins(f.Head)
}

// maxIR is above the versions of the format there are (13 in 2026).
const maxIR = 64

func begins(h []byte) bool {
	if len(h) < 8 || h[0] != fieldIR<<3 || h[1] < 3 || h[1] > maxIR || h[2] != fieldProducer<<3|2 {
		return false
	}
	n := int(h[3])
	if n == 0 || n > 64 || len(h) < 4+n+2 {
		return false
	}
	for _, b := range h[4 : 4+n] {
		if b < 0x20 || b > 0x7e {
			return false
		}
	}
	return slices.Contains([]byte{fieldProducerVer<<3 | 2, fieldDomain<<3 | 2, fieldModelVersion << 3, fieldDoc<<3 | 2, fieldGraph<<3 | 2}, h[4+n])
}

func (reader) Read(f *artifact.File) (*artifact.Result, error) {
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	m := &model{
		r:      binread.New(f.Shown(), src, f.Size, MaxRead),
		result: &artifact.Result{Kind: inventory.Model, Role: artifact.Weights},
		props:  map[string]text{},
	}
	m.w = protowire.New(m.r)
	err = m.w.Walk(uint64(f.Size), m.field)
	m.facts()
	if err == nil && len(m.graphs) == 0 {
		err = m.r.Fail(0, "not an ONNX model: it has no graph")
	}
	if err == nil {
		err = m.external(f, src)
	}
	return m.result, m.result.Fail(err)
}

// text is a kept value of metadata_props.
type text struct {
	value string
	off   int64
}

// graph is a message that may hold tensors, to be walked after all else.
type graph struct {
	msg  message
	off  int64
	size uint64
}

type model struct {
	r      *binread.Reader
	w      *protowire.Walker
	result *artifact.Result

	ir, version          uint64
	producer, producerV  string
	domain, doc          string
	opsets               []string
	props                map[string]text
	twice                []statement // values of a license key that is there again
	countProps, keptText int64
	graphs               []graph
}

// statement is a value of metadata_props with its key.
type statement struct {
	key string
	text
}

// field takes one field of ModelProto.
func (m *model) field(f protowire.Field) (err error) {
	switch f.Num {
	case fieldIR:
		m.ir = f.Value
	case fieldModelVersion:
		m.version = f.Value
	case fieldProducer:
		m.producer, err = m.text(f)
	case fieldProducerVer:
		m.producerV, err = m.text(f)
	case fieldDomain:
		m.domain, err = m.text(f)
	case fieldDoc:
		m.doc, err = m.text(f)
	case fieldOpset:
		err = m.opset(f)
	case fieldProps:
		err = binread.In(m.prop(f), "metadata_props")
	case fieldGraph, fieldTraining, fieldFunctions:
		if f.Type != protowire.Bytes {
			return m.r.Fail(m.r.Pos(), "field %d is no message", f.Num)
		}
		msg := map[int32]message{fieldGraph: graphMessage, fieldTraining: trainingMessage, fieldFunctions: functionMessage}[f.Num]
		m.graphs = append(m.graphs, graph{msg, m.r.Pos(), f.Value})
	}
	return err
}

// text reads a text that is kept.
func (m *model) text(f protowire.Field) (string, error) {
	s, err := m.w.Text(f, MaxText)
	if m.keptText += int64(len(s)); m.keptText > keepAll && err == nil {
		err = m.r.Over(m.r.Pos(), fmt.Sprintf("%d bytes of texts about the model", m.keptText), keepAll, m.keptText)
	}
	return s, err
}

// opset takes a version of the operators that the model uses.
func (m *model) opset(f protowire.Field) error {
	var domain string
	var version uint64
	err := m.message(f, func(f protowire.Field) (err error) {
		switch f.Num {
		case 1:
			domain, err = m.text(f)
		case 2:
			version = f.Value
		}
		return err
	})
	if len(m.opsets) < 100 {
		m.opsets = append(m.opsets, strings.TrimSpace(domain+" "+strconv.FormatUint(version, 10)))
	}
	return err
}

func (m *model) message(f protowire.Field, visit func(protowire.Field) error) error {
	if f.Type != protowire.Bytes {
		return m.r.Fail(m.r.Pos(), "field %d is no message", f.Num)
	}
	return m.w.Walk(f.Value, visit)
}

// prop takes an entry of metadata_props, a StringStringEntryProto.
func (m *model) prop(f protowire.Field) error {
	if m.countProps++; m.countProps > MaxProps {
		return m.r.Over(m.r.Pos(), fmt.Sprintf("%d entries", m.countProps), MaxProps, m.countProps)
	}
	var key string
	var v text
	var value protowire.Field
	err := m.message(f, func(f protowire.Field) (err error) {
		switch f.Num {
		case 1:
			key, err = m.w.Text(f, MaxText)
		case 2:
			v.off, value = m.r.Pos(), f
			if key == "" || wanted[key] { // writers put the key first; nobody must
				v.value, err = m.text(f)
			}
		}
		return err
	})
	switch old, again := m.props[key]; {
	case err != nil:
		return err
	case !wanted[key] || value.Type != protowire.Bytes:
	case !again:
		m.props[key] = v
	case old.value != v.value:
		p := m.r.Fail(v.off, "metadata_props has %q twice: readers of this file may take either value", key)
		m.result.Problems = append(m.result.Problems, *p)
		m.twice = append(m.twice, statement{key, v})
	}
	return nil
}

// notExamined says that the external data is not all known.
func (m *model) notExamined(path, why string) {
	m.result.NotExamined = append(m.result.NotExamined, diag.NotExamined{Path: path, What: "external data of the model", Why: why})
}
