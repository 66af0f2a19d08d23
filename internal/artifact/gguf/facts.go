package gguf

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// The source of what a GGUF file says of its license, as in evidence.source.
const modelFile = "model-file"

// Keys with a meaning of their own, docs/gguf.md "General metadata".
const (
	keyLicense   = "general.license"
	keyAlignment = "general.alignment"
	keyFileType  = "general.file_type"
	keyType      = "general.type"
	keySplitNo   = "split.no"
	keySplit     = "split.count"
)

// properties are the keys that are passed on as they are, by property name.
var properties = [][2]string{
	{"architecture", "general.architecture"}, {"type", keyType}, {"adapter_type", "adapter.type"},
	{"quantization_version", "general.quantization_version"}, {"quantized_by", "general.quantized_by"},
	{"version", "general.version"}, {"author", "general.author"}, {"basename", "general.basename"},
	{"finetune", "general.finetune"}, {"size_label", "general.size_label"}, {"description", "general.description"},
	{"url", "general.url"}, {"repo_url", "general.repo_url"}, {"doi", "general.doi"}, {"uuid", "general.uuid"},
	{"tags", "general.tags"}, {"languages", "general.languages"}, {"calibration_data", "imatrix.datasets"},
}

// fileTypes are the names of general.file_type (llama.h, llama_ftype).
var fileTypes = map[uint64]string{
	0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M", 13: "Q3_K_L",
	14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS",
	23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16",
	33: "Q4_0_4_4", 34: "Q4_0_4_8", 35: "Q4_0_8_8", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4", 39: "NVFP4", 40: "Q1_0",
}

// unquantized are the file types that only store the numbers in another format.
var unquantized = []uint64{0, 1, 32}

// facts makes the result of the pairs.
func (d *decoder) facts(f *artifact.File) {
	res := d.result
	res.Property("format", "gguf")
	res.Property("gguf_version", strconv.FormatUint(uint64(d.version), 10))
	res.Property("byte_order", map[bool]string{false: "little", true: "big"}[d.order == binary.BigEndian])
	res.Name = d.string("general.name")
	res.Publisher = cmp.Or(d.string("general.organization"), d.string("general.author"))
	for _, p := range properties {
		res.Property(p[0], d.string(p[1]))
	}
	if v := d.keys[keyFileType]; v.whole {
		res.Property("file_type", cmp.Or(fileTypes[v.num], v.text))
	}
	part := artifact.Part{Part: "parameters", Present: "yes", Why: artifact.Tensors(d.tensors)}
	if d.tensors == 0 {
		part.Present, part.Why = "no", "no tensors: a vocabulary or metadata only"
	}
	res.Parts = append(res.Parts, part)
	if v, ok := d.keys[keyLicense]; ok {
		d.licenses(v)
	} else if name, link := d.string(keyLicense+".name"), d.string(keyLicense+".link"); name+link != "" {
		res.State(artifact.Statement{Source: modelFile, Field: keyLicense, Name: name, Link: link, Offset: d.keys[keyLicense+".link"].off})
	}
	for _, v := range d.more {
		d.licenses(v)
	}
	d.lineage()
	d.align()
	d.split(f)
}

// string is the value of a key as text: lists are joined. A key that must hold
// a text and holds a number is a Problem, but for those that hold numbers.
func (d *decoder) string(key string) string {
	v, ok := d.keys[key]
	switch {
	case !ok:
		return ""
	case v.typ == tString, v.whole && strings.HasSuffix(key, "version"):
		return v.text
	case v.typ == tArray && (v.list != nil || v.items == 0):
		return strings.Join(v.list, ", ")
	}
	d.wrong(key, v, "a text")
	return ""
}

// licenses states what general.license says; some tools write a list.
func (d *decoder) licenses(v value) {
	s := artifact.Statement{Source: modelFile, Field: keyLicense, Offset: v.off, Name: d.string(keyLicense + ".name"), Link: d.string(keyLicense + ".link")}
	switch {
	case v.typ == tString:
		v.list = []string{v.text}
	case v.typ == tArray && v.items == uint64(len(v.list)):
	default:
		d.wrong(keyLicense, v, "a text")
		return
	}
	for i, one := range v.list {
		if s.Value = one; v.typ == tArray {
			s.Field = fmt.Sprintf("%s[%d]", keyLicense, i)
		}
		if s.Value+s.Name+s.Link != "" {
			d.result.State(s)
		}
	}
}

// numbered is a key of a list of things: general.base_model.0.name.
var numbered = lazyre.New(`^general\.(base_model|dataset)\.([0-9]{1,5})\.([a-z_]+)$`)

// lineage links to base models, datasets and the files that this one was
// converted from.
func (d *decoder) lineage() {
	type thing struct {
		kind string
		n    int
	}
	things := map[thing]bool{}
	for key := range d.keys {
		if m := numbered.FindStringSubmatch(key); m != nil {
			n, _ := strconv.Atoi(m[2]) // five digits
			things[thing{m[1], n}] = true
		}
	}
	sorted := slices.SortedFunc(maps.Keys(things), func(a, b thing) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.n, b.n)) })
	for _, t := range sorted {
		relation := map[string]string{"dataset": "dataset", "base_model": ""}[t.kind]
		if t.kind == "base_model" && (d.keys[keyType].text == "adapter" || d.keys["adapter.type"].text != "") {
			relation = "adapter"
		}
		d.link(relation, fmt.Sprintf("general.%s.%d.", t.kind, t.n))
	}
	for i, id := range d.keys["general.datasets"].list {
		d.add(artifact.Link{Relation: "dataset", ID: id, Field: fmt.Sprintf("general.datasets[%d]", i)})
	}
	relation := ""
	if v := d.keys[keyFileType]; v.whole && fileTypes[v.num] != "" && !slices.Contains(unquantized, v.num) {
		relation = "quantized"
	}
	d.link(relation, "general.source.")
}

// ids are the fields that name a thing, the most exact first. What the
// specification calls huggingface.repository came before repo_url.
var ids = []string{"repo_url", "huggingface.repository", "url", "doi", "uuid"}

// link adds a link to the thing whose keys begin with prefix.
func (d *decoder) link(relation, prefix string) {
	for _, field := range ids {
		if id := d.string(prefix + field); id != "" {
			d.add(artifact.Link{Relation: relation, ID: id, Field: prefix + field})
			return
		}
	}
	name, org := d.string(prefix+"name"), d.string(prefix+"organization")
	if name == "" {
		return
	}
	l := artifact.Link{Relation: relation, ID: name, Field: prefix + "name"}
	if org != "" && !strings.Contains(name, "/") {
		l.ID = org + "/" + name
	}
	// Converters make these names of file names ("Llama 3.2 1B"): not an id.
	l.Guessed = strings.Contains(l.ID, " ") || !strings.Contains(l.ID, "/")
	d.add(l)
}

func (d *decoder) add(l artifact.Link) {
	if l.ID != "" {
		d.result.Lineage = append(d.result.Lineage, l)
	}
}

// align takes the alignment of the tensors. Where it is wrong their places
// cannot be checked.
func (d *decoder) align() {
	v, ok := d.keys[keyAlignment]
	switch {
	case !ok:
	case v.typ != tU32:
		d.wrong(keyAlignment, v, "u32")
		d.checked = false
	case v.num == 0 || v.num&(v.num-1) != 0:
		d.result.Problems = append(d.result.Problems, *d.r.Fail(v.off, "%s is %d and not a power of two", keyAlignment, v.num))
		d.checked = false
	default:
		d.alignment = v.num
	}
}

// shardName is the name of one file of several, as llama-gguf-split writes it.
var shardName = lazyre.New(`^(.*)-([0-9]{5})-of-([0-9]{5})\.gguf$`)

// maxShards is far above what anybody has split a model into.
const maxShards = 1024

// split says which shard of how many the file is. Only the first has the pairs
// about the model.
func (d *decoder) split(f *artifact.File) {
	no, hasNo := d.keys[keySplitNo]
	count, hasCount := d.keys[keySplit]
	m := shardName.FindStringSubmatch(path.Base(f.Path))
	if m == nil {
		if hasNo && hasCount && count.num > 1 {
			d.shard(no.num+1, count.num)
		}
		return
	}
	n, _ := strconv.ParseUint(m[2], 10, 64) // five digits each
	of, _ := strconv.ParseUint(m[3], 10, 64)
	if hasNo && hasCount && (no.num+1 != n || count.num != of) {
		p := d.r.Fail(no.off, "the name says shard %d of %d, and %s and %s say %d of %d", n, of, keySplitNo, keySplit, no.num+1, count.num)
		p.Kind, p.Help = diag.Mismatch, "the file was renamed: give it back the name that it had"
		d.result.Problems = append(d.result.Problems, *p)
	}
	d.shard(n, of)
	if of > maxShards {
		d.result.Problems = append(d.result.Problems, *d.r.Over(0, fmt.Sprintf("a model of %d shards", of), maxShards, int64(of)))
		return
	}
	for i := uint64(1); i <= of; i++ {
		if i == n {
			continue
		}
		c, p := f.Companion(fmt.Sprintf("%s-%05d-of-%05d.gguf", m[1], i, of), "shard")
		if p != nil {
			d.result.Problems = append(d.result.Problems, *p)
			return
		}
		d.result.Companions = append(d.result.Companions, c)
		if i == 1 && c.Missing {
			p := f.Problem(diag.Missing, 0, "fetch "+c.Path, "the first shard %s is not here: the license and the origin of the model stand in it", c.Path)
			d.result.Problems = append(d.result.Problems, p)
		}
	}
}

func (d *decoder) shard(n, of uint64) {
	d.result.Property("shard", fmt.Sprintf("%d of %d", n, of))
	if n > 1 {
		d.result.Property("metadata_in", "shard 1")
	}
}
