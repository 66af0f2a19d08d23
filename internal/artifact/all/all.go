// Package all is the list of readers.
package all

import (
	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/card"
	"github.com/rukhsa/rukhsa/internal/artifact/coreml"
	"github.com/rukhsa/rukhsa/internal/artifact/croissant"
	"github.com/rukhsa/rukhsa/internal/artifact/gguf"
	"github.com/rukhsa/rukhsa/internal/artifact/hfcache"
	"github.com/rukhsa/rukhsa/internal/artifact/kaggle"
	"github.com/rukhsa/rukhsa/internal/artifact/lfs"
	"github.com/rukhsa/rukhsa/internal/artifact/mlmodel"
	"github.com/rukhsa/rukhsa/internal/artifact/modelfile"
	"github.com/rukhsa/rukhsa/internal/artifact/mof"
	"github.com/rukhsa/rukhsa/internal/artifact/npm"
	"github.com/rukhsa/rukhsa/internal/artifact/ociartifact"
	"github.com/rukhsa/rukhsa/internal/artifact/ollama"
	"github.com/rukhsa/rukhsa/internal/artifact/onnx"
	"github.com/rukhsa/rukhsa/internal/artifact/pytorch"
	"github.com/rukhsa/rukhsa/internal/artifact/safetensors"
	"github.com/rukhsa/rukhsa/internal/artifact/sbom"
	"github.com/rukhsa/rukhsa/internal/artifact/tensorflow"
	"github.com/rukhsa/rukhsa/internal/artifact/thirdparty"
	"github.com/rukhsa/rukhsa/internal/artifact/transformers"
)

// Readers returns every reader, in the order in which a file is offered to them:
// the first that matches reads it. A Git LFS pointer has the name of what it
// stands for, so that its reader comes first; a pickle is one whatever it is
// called, and must not hide behind the name of a harmless format.
func Readers() []artifact.Reader {
	return []artifact.Reader{
		lfs.New(),
		pytorch.New(),
		gguf.New(),
		safetensors.New(),
		onnx.New(),
		tensorflow.New(),
		coreml.New(),
		ollama.New(),
		ociartifact.New(),
		hfcache.New(),
		sbom.New(),
		croissant.New(),
		kaggle.New(),
		thirdparty.New(),
		npm.New(),
		transformers.New(),
		card.NewAPI(),
		card.New(),
		modelfile.New(),
		mlmodel.New(),
		mof.New(),
	}
}
