package scan

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/rukhsa/rukhsa/internal/detect"
)

// Memo keeps what was read of modules of the module cache, whose files never
// change, from one scan to the next with the same rules and scanner. It is safe
// for concurrent use.
type Memo struct {
	mu   sync.Mutex
	read map[string]detect.TreeResult
}

// NewMemo returns an empty Memo.
func NewMemo() *Memo { return &Memo{read: map[string]detect.TreeResult{}} }

// tree reads the texts of a module, or remembers them.
func (o *Options) tree(in detect.TreeInput) detect.TreeResult {
	cache := o.Env["GOMODCACHE"]
	if o.Memo == nil || cache == "" || !strings.HasPrefix(in.Tree.String(), filepath.Clean(cache)+string(filepath.Separator)) {
		return o.Scanner.Tree(in)
	}
	key := fmt.Sprintf("%s\x00%s\x00%v\x00%v", in.Tree, in.Root, in.GoModule, in.Packages)
	o.Memo.mu.Lock()
	res, ok := o.Memo.read[key]
	o.Memo.mu.Unlock()
	if !ok {
		res = o.Scanner.Tree(in)
		o.Memo.mu.Lock()
		o.Memo.read[key] = res
		o.Memo.mu.Unlock()
	}
	return res
}
