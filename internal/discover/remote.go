package discover

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// What of a repository on a hub is offered to the readers: every file costs a
// request. A file of more than bigFile bytes holds weights or a vocabulary; of
// those of a folder that end alike, one is offered.
const (
	maxRemote    = 200 // files
	maxRemoteBig = 16
	bigFile      = 1 << 20 // bytes
)

// remote makes a thing of a repository on a hub: the hub's answer about it, and
// the files that a reader may want.
func (f *Finder) remote(target string, open func() (*Repository, error), res *Result) error {
	o := f.offer(target, nil, res)
	repo, err := open()
	if err != nil {
		p := diag.Problem{Kind: diag.Unreadable, Message: err.Error()}
		if known := new(diag.Problem); errors.As(err, &known) {
			p = *known
		}
		p.Path = target
		res.Problems = append(res.Problems, p)
		return nil
	}
	o.tree = repo.Tree
	before := len(res.Problems)
	repo.Answer.Tree = repo.Tree
	var reads []Read
	if r, ok := o.read(repo.Answer); ok {
		r.Kind = cmp.Or(repo.Kind, r.Kind)
		reads = append(reads, r)
	}
	for _, name := range o.remoteFiles() {
		if r, ok := o.read(artifact.File{Tree: o.tree, Path: name}); ok && r.Role != "" {
			reads = append(reads, r)
		}
	}
	res.Problems = append(res.Problems[:before], once(res.Problems[before:])...)
	t := o.thing(".", "", reads)
	t.Named = true
	res.Things = append(res.Things, t)
	return nil
}

// remoteFiles picks the files that are offered, those of the root first.
func (o *offer) remoteFiles() []string {
	var all []string
	o.listRemote(".", 0, &all)
	slices.SortStableFunc(all, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
	var out, left []string
	big, seen := 0, map[string]bool{}
	for _, name := range all {
		alike := path.Dir(name) + "/*" + strings.ToLower(path.Ext(name))
		switch fi, err := o.tree.Stat(name); {
		case err != nil:
		case fi.Size() <= bigFile:
			out = append(out, name)
		case seen[alike] || big == maxRemoteBig:
			left = append(left, name)
		default:
			seen[alike] = true
			big++
			out = append(out, name)
		}
	}
	if len(left) > 0 {
		o.res.NotExamined = append(o.res.NotExamined, diag.NotExamined{
			Path: path.Join(o.target, left[0]), What: "weights",
			Why: fmt.Sprintf("%d large files beside one that was read; download the repository and scan the folder to read all", len(left)),
		})
	}
	if len(out) > maxRemote {
		o.res.Problems = append(o.res.Problems, diag.Problem{
			Path: path.Join(o.target, out[maxRemote]), Kind: diag.Limit, Limit: maxRemote, Actual: int64(len(out)),
			Message: "more files than are asked of a hub", Help: "download the repository and scan the folder",
		})
		out = out[:maxRemote]
	}
	return out
}

// listRemote lists the files that a reader may want.
func (o *offer) listRemote(dir string, depth int, out *[]string) {
	entries, err := o.tree.ReadDir(dir)
	if err != nil || depth > MaxDepth {
		o.problem(dir, diag.Unreadable, "the folder cannot be listed")
		return
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name)
		switch {
		case e.Type == fs.ModeDir && !skipped(e.Name):
			o.listRemote(name, depth+1, out)
		case e.Type == 0 && o.wants(strings.ToLower(e.Name)):
			*out = append(*out, name)
		}
	}
}

// once keeps one of several problems that say the same of different files.
func once(ps []diag.Problem) []diag.Problem {
	out, more := ps[:0:0], map[int]int{}
	for _, p := range ps {
		i := slices.IndexFunc(out, func(o diag.Problem) bool { return o.Kind == p.Kind && o.Message == p.Message })
		if i < 0 {
			out = append(out, p)
			continue
		}
		more[i]++
	}
	for i, n := range more {
		out[i].Message += fmt.Sprintf("; so do %d more", n)
	}
	return out
}
