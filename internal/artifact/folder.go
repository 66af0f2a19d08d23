package artifact

import "github.com/rukhsa/rukhsa/internal/fsx"

// FolderReader is a Reader of folders with a layout of their own: a cache, a
// store. The walk asks it before it goes into a folder; where it matches, the
// walk offers the Files of the results and does not go into the folder itself,
// whose blobs have names that tell nothing.
type FolderReader interface {
	Reader
	// MatchFolder reports by the folder's path in its tree and the names in it
	// whether the layout is the reader's. It reads nothing.
	MatchFolder(dir string, entries []fsx.Entry) bool
	// ReadFolder returns one Result per thing that the folder holds.
	ReadFolder(t fsx.Tree, dir string) ([]*Result, error)
}
