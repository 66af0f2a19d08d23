package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/rukhsa/rukhsa/internal/artifact/names"
	"github.com/rukhsa/rukhsa/internal/diag"
)

// Blob finds what a container names by a digest: name returns where a blob with
// these hexadecimal digits may lie, the likeliest first. No path is made of a
// digest that is none. A blob that is not there is a Member that is Missing; one
// with another size than the container states (-1: none stated) is a Member and
// an error. Errors are *diag.Problem about f.
func (f *File) Blob(digest string, size int64, name func(hex string) []string) (Member, error) {
	hex, ok := names.Digest(digest)
	if !ok {
		p := f.Problem(diag.Malformed, 0, "do not use this file before you know who made it: a digest can be made to lead elsewhere", "%.100q is not a sha256 digest", digest)
		return Member{}, &p
	}
	m := Member{Digest: "sha256:" + strings.ToLower(hex), Missing: true, File: File{Tree: f.Tree, Size: max(size, 0)}}
	for _, at := range name(hex) {
		fi, err := f.Tree.Stat(at)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		m.Path, m.Missing = at, false
		if err == nil {
			m.Size = fi.Size()
			m.Head, _, err = f.Tree.AppendHead(nil, at, HeadSize)
		}
		if err != nil {
			return m, f.unreadable(err)
		}
		if size >= 0 && m.Size != size {
			p := f.Problem(diag.Mismatch, 0, "download it again", "blob %s is %d bytes long, %d are stated", path.Base(at), m.Size, size)
			return m, &p
		}
		return m, nil
	}
	return m, nil
}

func (f *File) unreadable(err error) *diag.Problem {
	p := f.Problem(diag.Unreadable, 0, "make the file readable", "%v", err)
	return &p
}

// Verified reads a member of at most limit bytes and holds it against its
// digest. Errors are *diag.Problem about f, the container; beside that of
// another digest stands the content. A missing member is nil.
func (f *File) Verified(m *Member, limit int64) ([]byte, error) {
	if m.Missing {
		return nil, nil
	}
	data, err := m.Whole(limit)
	if p := new(diag.Problem); errors.As(err, &p) {
		p.Path, p.Message = f.Shown(), path.Base(m.Path)+": "+p.Message
		return nil, p
	}
	if err != nil {
		return nil, f.unreadable(err)
	}
	if sum := sha256.Sum256(data); "sha256:"+hex.EncodeToString(sum[:]) != m.Digest {
		p := f.Problem(diag.Mismatch, 0, "download it again", "the content of blob %s has another digest", path.Base(m.Path))
		return data, &p
	}
	return data, nil
}

// maxProblems bounds what one file can make a report say: who has read a hundred
// faults of a file needs no more.
const maxProblems = 100

// Note files an error about f as a Problem, whatever it is; past a hundred, no
// more are kept.
func (r *Result) Note(f *File, err error) {
	if err != nil && len(r.Problems) < maxProblems && r.Fail(err) != nil {
		r.Problems = append(r.Problems, *f.unreadable(err))
	}
}
