package tensorflow

import (
	"io"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/artifact/binread"
	"github.com/rukhsa/rukhsa/internal/artifact/jsonpos"
	"github.com/rukhsa/rukhsa/internal/artifact/zipdir"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// The fields of the tables that are read: tensorflow/lite/schema/schema.fbs and
// tflite-support's metadata_schema.fbs, in the order there.
const (
	modelDescription = 3
	modelBuffers     = 4
	modelMetadata    = 6

	entryName   = 0
	entryBuffer = 1
	bufferData  = 0

	metaName        = 0
	metaDescription = 1
	metaVersion     = 2
	metaAuthor      = 4
	metaLicense     = 5
)

// The limits of lists.
const (
	maxEntries = 10_000
	maxBuffers = 1 << 20
)

// metadataName is the entry of a model's metadata that holds ModelMetadata, and
// metadataMagic its file identifier.
const (
	metadataName  = "TFLITE_METADATA"
	metadataMagic = "M001"
)

func isTFLite(f *artifact.File) bool {
	return len(f.Head) >= 8 && string(f.Head[4:8]) == "TFL3" || f.Has(".tflite")
}

func readTFLite(f *artifact.File) (*artifact.Result, error) {
	src, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer src.Close()
	res := weights("tflite")
	b := &buffer{name: f.Shown(), src: src, size: f.Size}
	if id := b.bytes(4, 4, 4); b.err == nil && string(id) != "TFL3" {
		b.fail(4, "not a TFLite model: its identifier is %q and not %q", id, "TFL3")
	}
	model := b.root()
	description := b.text(model, modelDescription)
	res.Property("description", description)
	if b.items(b.child(model, modelBuffers), 4, maxBuffers) > 1 {
		res.Parts = append(res.Parts, artifact.Part{Part: "parameters", Present: "yes", Why: "buffers of the model"})
	}
	if meta := b.metadata(model); meta != nil {
		meta.facts(res)
		b.err = meta.err
	}
	if err := res.Fail(b.err); err != nil {
		return nil, err
	}
	return res, res.Fail(associated(f, src, res))
}

// metadata finds the flatbuffer of ModelMetadata, which is in a buffer of the
// model; nil where there is none.
func (b *buffer) metadata(model int64) *buffer {
	list := b.child(model, modelMetadata)
	for i := range b.items(list, 4, maxEntries) {
		entry := b.table(list, i)
		if b.text(entry, entryName) != metadataName {
			continue
		}
		index := int64(0) // the default of the field
		if at := b.field(entry, entryBuffer); at != 0 {
			index = b.u32(at)
		}
		buffers := b.child(model, modelBuffers)
		if n := b.items(buffers, 4, maxBuffers); index >= n {
			b.fail(entry, "the metadata is in buffer %d of %d", index, n)
			return nil
		}
		data := b.child(b.table(buffers, index), bufferData)
		n := b.items(data, 1, b.size)
		if b.err != nil || data == 0 {
			return nil
		}
		return &buffer{name: b.name, src: b.src, base: data + 4, size: n, lookups: b.lookups}
	}
	return nil
}

// facts takes what ModelMetadata says.
func (b *buffer) facts(res *artifact.Result) {
	if id := b.bytes(4, 4, 4); b.err == nil && string(id) != metadataMagic {
		b.fail(4, "the metadata has the identifier %q and not %q", id, metadataMagic)
		return
	}
	meta := b.root()
	res.Name = b.text(meta, metaName)
	res.Property("metadata_description", b.text(meta, metaDescription))
	res.Property("version", b.text(meta, metaVersion))
	res.Publisher = b.text(meta, metaAuthor)
	if license := b.text(meta, metaLicense); license != "" {
		res.State(artifact.Statement{Source: modelFile, Field: "ModelMetadata.license", Value: license, Offset: b.base + b.child(meta, metaLicense) + 4})
	}
}

// The limits of the archive: bytes of a JSON file, and files that are read.
const (
	maxMeta = 1 << 20
	maxRead = 10
)

// licenseName are files that hold a license or notice text.
var licenseName = lazyre.New(`(?i)^(licen[cs]e|copying|notice)([.-].*)?$`)

// associated reads the archive of associated files that may stand at the end of
// a model.
func associated(f *artifact.File, src io.ReaderAt, res *artifact.Result) error {
	zip, err := zipdir.Sniff(f.Shown(), src, f.Size)
	if !zip || err != nil {
		return err
	}
	a, err := zipdir.Open(f.Shown(), src, f.Size)
	if err != nil {
		return err
	}
	var names []string
	read := 0
	for _, e := range a.Entries {
		if len(names) < 100 {
			names = append(names, e.Name)
		}
		base := path.Base(e.Name)
		isLicense := licenseName.MatchString(base)
		if !isLicense && (path.Ext(base) != ".json" || e.Size > maxMeta) || read == maxRead {
			continue
		}
		read++
		r, err := a.Open(e, artifact.MaxText)
		if err != nil {
			return err
		}
		text, err := r.Text(uint64(e.Size), artifact.MaxText)
		if err != nil {
			return binread.In(err, "associated file %q", e.Name)
		}
		if isLicense {
			res.Texts = append(res.Texts, artifact.Text{Source: modelFile, Name: e.Name, Content: []byte(text)})
		} else if v, err := jsonpos.Parse([]byte(text)); err == nil {
			stated(res, v, e.Name+" ")
		}
	}
	res.Property("associated_files", strings.Join(names, ", "))
	return nil
}
