package gomod

import (
	"errors"
	"io/fs"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/fsx"
	"golang.org/x/mod/module"
)

// maxModFile bounds go.mod, go.sum, go.work and modules.txt, in bytes. x/mod
// and the go command read no larger go.mod (codehost.MaxGoMod is 16 MiB).
const maxModFile = 16 << 20

// sums are the lines of go.sum files.
type sums struct {
	module map[module.Version]string // h1: of the files
	gomod  map[module.Version]bool   // go.mod is listed
}

// readSums adds the lines of a file, if there is one, and returns what is
// wrong with it. shown is its name in messages.
func (s *sums) read(t fsx.Tree, name, shown string) []diag.Problem {
	data, err := t.ReadFile(name, maxModFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []diag.Problem{readProblem(shown, err)}
	}
	if s.module == nil {
		n := strings.Count(string(data), "\n")
		s.module, s.gomod = make(map[module.Version]string, n/2), make(map[module.Version]bool, n/2)
	}
	var problems []diag.Problem
	line := 0
	for text := range strings.Lines(string(data)) {
		line++
		words, n := [3]string{}, 0
		for w := range strings.FieldsSeq(text) {
			if n < 3 {
				words[n] = w
			}
			n++
		}
		if n == 0 {
			continue
		}
		if n != 3 {
			if len(problems) < 20 {
				problems = append(problems, diag.Problem{
					Path: shown, Kind: diag.Malformed, Line: line, Message: "not a line of three words: module, version, checksum",
					Help: "restore the line, or delete the file and run go mod tidy",
				})
			}
			continue
		}
		if v, ok := strings.CutSuffix(words[1], "/go.mod"); ok {
			s.gomod[module.Version{Path: words[0], Version: v}] = true
		} else if strings.HasPrefix(words[2], "h1:") {
			s.module[module.Version{Path: words[0], Version: v}] = words[2]
		}
	}
	return problems
}

// readProblem says why a file could not be read.
func readProblem(shown string, err error) diag.Problem {
	p := diag.Problem{Path: shown, Kind: diag.Unreadable}
	var limit *fsx.LimitError
	switch {
	case errors.As(err, &limit):
		p.Kind, p.Limit, p.Actual = diag.Limit, limit.Limit, limit.Actual
		p.Message = "over the limit of what is read"
	case errors.Is(err, fs.ErrNotExist):
		p.Kind, p.Message = diag.Missing, "no such file"
	case errors.Is(err, fs.ErrPermission):
		p.Message, p.Help = "permission denied", "let the user that runs this read it"
	case errors.Is(err, fsx.ErrNotRegular):
		p.Message = fsx.ErrNotRegular.Error()
	case errors.Is(err, fsx.ErrOutside):
		p.Message = fsx.ErrOutside.Error()
	default:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		p.Message = err.Error()
	}
	return p
}
