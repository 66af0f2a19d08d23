package fsx

import "sync"

// Cache returns a view of t that lists every folder once. Whoever walks a tree
// after somebody else has walked it asks the system nothing. It holds what it
// listed until it is dropped.
func Cache(t Tree) Tree { return &cache{Tree: t, lists: map[string]listing{}} }

type cache struct {
	Tree
	mu    sync.Mutex
	lists map[string]listing
}

type listing struct {
	entries []Entry
	err     error
}

func (c *cache) ReadDir(name string) ([]Entry, error) {
	c.mu.Lock()
	l, ok := c.lists[name]
	c.mu.Unlock()
	if ok {
		return l.entries, l.err
	}
	l.entries, l.err = c.Tree.ReadDir(name)
	c.mu.Lock()
	c.lists[name] = l
	c.mu.Unlock()
	return l.entries, l.err
}
