package fsx

import (
	"io/fs"
	"path"
	"time"
)

// NewInfo describes a file or folder of a tree that is not a folder of the
// system: it has no time. The name may be a path; size is in bytes.
func NewInfo(name string, size int64, mode fs.FileMode) fs.FileInfo {
	return info{path.Base(name), size, mode}
}

type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }
