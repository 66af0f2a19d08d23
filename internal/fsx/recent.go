package fsx

import (
	"bytes"
	"slices"
)

// The readers of a small file come one after the other: one tells by its
// beginning what it is, the next reads it, a third looks for a line in it.
const (
	ahead     = 4 << 10  // how much of a file is read at least, in bytes
	maxRecent = 64 << 10 // how much of one is kept, in bytes
)

// recent is the beginning of the file that was read last.
type recent struct {
	name  string
	data  []byte
	whole bool
}

// head returns what is asked for where it is at hand.
func (r *recent) head(name string, n int) (data []byte, whole, ok bool) {
	switch {
	case r.name != name || !r.whole && len(r.data) < n:
		return nil, false, false
	case len(r.data) < n:
		return r.data, true, true
	}
	return r.data[:n], false, true
}

// AppendHead reads a file of a disk a little further than asked, and not again
// for whoever asks for it next.
func (c *cache) AppendHead(buf []byte, name string, n int) ([]byte, bool, error) {
	if !c.disk || n <= 0 {
		return c.Tree.AppendHead(buf, name, n)
	}
	c.mu.Lock()
	data, whole, ok := c.last.head(name, n)
	c.mu.Unlock()
	if ok {
		return append(buf, data...), whole, nil
	}
	data, whole, err := c.Tree.AppendHead(nil, name, max(n, ahead))
	if err != nil {
		return append(buf, data[:min(n, len(data))]...), false, err
	}
	if len(data) <= maxRecent {
		c.mu.Lock()
		c.last = recent{name, data, whole}
		data, whole, _ = c.last.head(name, n)
		c.mu.Unlock()
	}
	return append(slices.Grow(buf, len(data)), data...), whole, nil
}

// ReadFile does the same.
func (c *cache) ReadFile(name string, limit int64) ([]byte, error) {
	c.mu.Lock()
	last := c.last
	c.mu.Unlock()
	if last.name == name && last.whole && int64(len(last.data)) <= limit {
		return bytes.Clone(last.data), nil
	}
	return c.Tree.ReadFile(name, limit)
}
