// Package scan is the order of the stages: discover, inventory, detect,
// conclude, assess, report. It holds no knowledge of its own.
package scan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/rukhsa/rukhsa/internal/artifact"
	"github.com/rukhsa/rukhsa/internal/detect"
	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/discover"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"github.com/rukhsa/rukhsa/internal/gomod"
	"github.com/rukhsa/rukhsa/internal/gomod/golist"
	"github.com/rukhsa/rukhsa/internal/hub"
	"github.com/rukhsa/rukhsa/internal/inventory"
	"github.com/rukhsa/rukhsa/internal/models"
	"github.com/rukhsa/rukhsa/internal/policy"
	"github.com/rukhsa/rukhsa/internal/report"
	"github.com/rukhsa/rukhsa/internal/rulebase"
)

// Loaders are the ways to read a Go build list, the default first.
var Loaders = []string{"native", "go"}

// Options are what a scan depends on.
type Options struct {
	Targets []string
	Cwd     string            // absolute
	Env     map[string]string // the go command's variables
	Loader  string            // one of Loaders
	// Go says how the shipped programs are built: Platforms, Cgo, Tags,
	// Release and the wanted scopes; the rest of it is filled in per target.
	Go      gomod.Config
	Scopes  []inventory.Scope // scopes of Go modules that count beside linked
	Base    *rulebase.Base
	Policy  *policy.Policy
	Use     []string // contexts asked for
	AsOf    string
	Texts   bool
	Scanner *detect.Scanner
	Readers []artifact.Reader
	Version string
	// OpenDir and Stat read the targets and what their modules are replaced by;
	// nil reads the disk. They are called with clean absolute paths.
	OpenDir func(abs string) (fsx.Tree, error)
	Memo    *Memo // what was read of the module cache by another scan with the same rules; nil: nothing
	Stat    func(abs string) (fs.FileInfo, error)
	// Hub reads the targets that name a repository of it; nil: there are none.
	Hub *hub.Client
}

// ErrNothing says that the targets hold nothing to scan.
var ErrNothing = errors.New("nothing to scan")

// Run scans the targets. The error is ErrNothing, a *discover.TargetError or
// the context's; everything else that goes wrong stands in the report.
func Run(ctx context.Context, o Options) (*report.Report, error) {
	f := &discover.Finder{
		Cwd: o.Cwd, Open: o.openDir(), Stat: o.stat(),
		NoWork: o.Env["GOWORK"] == "off", Uses: gomod.WorkUses, Readers: o.Readers, Wants: o.Scanner.OffersArtifact, Project: o.Scanner.MarksProject,
		Names: namesModels,
	}
	if o.Hub != nil {
		f.Remote = o.remote(ctx)
	}
	found, err := f.Find(o.Targets)
	if err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if len(found.Units) == 0 && len(found.Things) == 0 && len(found.Problems) == 0 {
		return nil, fmt.Errorf("%w in %s", ErrNothing, joined(found.Nothing))
	}
	inv, err := o.inventory(ctx, f, found)
	if err != nil {
		return nil, err
	}
	return Judged(o, inv), nil
}

func (o *Options) head() report.Head {
	return report.Head{
		Tool: report.Tool{Name: "rukhsa", Version: o.Version, Rules: report.Rules{
			Digest: o.Base.Digest(), Date: o.Base.Date(), SPDXList: o.Base.SPDXVersion(),
		}},
		AsOf: o.AsOf, Texts: o.Texts,
		Policy: policyOf(o.Policy),
	}
}

// inventory reads every unit and then the license texts of every component.
func (o *Options) inventory(ctx context.Context, f *discover.Finder, found *discover.Result) (*inventory.Inventory, error) {
	b := &builder{o: o, finder: f, inv: &inventory.Inventory{Errors: found.Problems, Texts: map[string]string{}}, at: map[string]int{},
		licenses: map[string]string{}, ordering: map[string][]models.Line{}}
	repo := repository(o.Cwd)
	b.inv.Dir = below(repo, o.Cwd)
	b.inv.Go = inventory.GoInfo{Tags: o.Go.Tags, Cgo: o.Go.Cgo, Loader: o.Loader, Release: gomod.ReleaseName(o.Go.Release)}
	for _, p := range o.Go.Platforms {
		b.inv.Go.Platforms = append(b.inv.Go.Platforms, p.String())
	}
	for _, t := range found.Nothing {
		b.inv.NotExamined = append(b.inv.NotExamined, diag.NotExamined{Path: t, What: "target", Why: "nothing to scan in it"})
	}
	for _, u := range found.Units {
		if err := ctx.Err(); err != nil {
			return nil, context.Cause(ctx)
		}
		if !slices.ContainsFunc(b.inv.Targets, func(t inventory.Target) bool { return t.Path == u.Target && t.Kind == string(u.Kind) }) {
			b.inv.Targets = append(b.inv.Targets, inventory.Target{Path: u.Target, Kind: string(u.Kind), Root: rootOf(repo, o.Cwd, u.Abs)})
		}
		if u.Kind == discover.GoBinary {
			b.binary(u)
			continue
		}
		res := o.load(ctx, u)
		b.module(u, res)
		b.goReferences(u, res)
	}
	if err := b.examine(ctx); err != nil {
		return nil, err
	}
	b.inv.NotExamined = append(b.inv.NotExamined, found.NotExamined...)
	b.things(found.Things)
	b.connect()
	b.configReferences(found.Configs)
	b.references()
	b.stdLicense()
	return b.inv, nil
}

// load reads the build list and import graph of a unit.
func (o *Options) load(ctx context.Context, u discover.Unit) *gomod.Result {
	c := o.Go
	c.Tree, c.Dir, c.Abs, c.Patterns, c.Open, c.Env = u.Tree, u.Dir, u.Abs, u.Patterns, o.openDir(), o.Env
	c.Note = noted
	if o.Loader == "go" {
		return golist.Load(ctx, c)
	}
	return gomod.Load(ctx, c)
}

// examine detects the licenses of all pending components, a few at a time. The
// result does not depend on the order in which they end.
func (b *builder) examine(ctx context.Context) error {
	var mu sync.Mutex
	one := func(p *pending) {
		defer func() {
			if x := recover(); x != nil {
				mu.Lock()
				defer mu.Unlock()
				b.inv.Errors = append(b.inv.Errors, diag.Problem{
					Path: p.name, Kind: diag.Internal, Message: fmt.Sprint("reading its license: ", x), Help: "please report it",
				})
			}
		}()
		p.result = b.o.tree(p.in)
	}
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(runtime.GOMAXPROCS(0), len(b.pending)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(b.pending) {
					return
				}
				one(&b.pending[i])
			}
		})
	}
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	for i := range b.pending {
		b.conclude(&b.pending[i])
	}
	return nil
}

func joined(names []string) string {
	out := ""
	for i, n := range names {
		if i > 0 {
			out += ", "
		}
		out += n
	}
	return out
}
