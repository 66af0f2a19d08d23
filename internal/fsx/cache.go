package fsx

import "sync"

// Cache returns a view of t that lists every folder once. Whoever walks a tree
// after somebody else has walked it asks the system nothing. It holds what it
// listed until it is dropped, and of a folder on disk the small file that was
// read last.
func Cache(t Tree) Tree {
	_, disk := t.(*osDir)
	return &cache{Tree: t, disk: disk, lists: map[string]listing{}}
}

type cache struct {
	Tree
	disk  bool
	mu    sync.Mutex
	lists map[string]listing
	last  recent
}

type listing struct {
	entries []Entry
	err     error
}

func (c *cache) ReadDir(name string) ([]Entry, error) {
	return c.list(name, func() ([]Entry, error) { return c.Tree.ReadDir(name) })
}

// list returns what was listed before, else what read lists.
func (c *cache) list(name string, read func() ([]Entry, error)) ([]Entry, error) {
	c.mu.Lock()
	l, ok := c.lists[name]
	c.mu.Unlock()
	if ok {
		return l.entries, l.err
	}
	l.entries, l.err = read()
	c.mu.Lock()
	c.lists[name] = l
	c.mu.Unlock()
	return l.entries, l.err
}

// OpenFolder implements the quicker way of the function OpenFolder.
func (c *cache) OpenFolder(name string) (Folder, error) {
	return &cachedFolder{cache: c, name: name}, nil
}

// cachedFolder opens the folder when it is first needed.
type cachedFolder struct {
	cache *cache
	name  string
	open  Folder
}

func (f *cachedFolder) folder() (Folder, error) {
	if f.open == nil {
		open, err := OpenFolder(f.cache.Tree, f.name)
		if err != nil {
			return nil, err
		}
		f.open = open
	}
	return f.open, nil
}

func (f *cachedFolder) List() ([]Entry, error) {
	return f.cache.list(f.name, func() ([]Entry, error) {
		open, err := f.folder()
		if err != nil {
			return nil, err
		}
		return open.List()
	})
}

func (f *cachedFolder) Head(buf []byte, e Entry, n int, more func([]byte, bool) int) ([]byte, error) {
	open, err := f.folder()
	if err != nil {
		return buf, err
	}
	return open.Head(buf, e, n, more)
}

func (f *cachedFolder) ReadFile(buf []byte, e Entry, limit int64) ([]byte, error) {
	open, err := f.folder()
	if err != nil {
		return nil, err
	}
	return open.ReadFile(buf, e, limit)
}

func (f *cachedFolder) Close() error {
	if f.open == nil {
		return nil
	}
	return f.open.Close()
}
