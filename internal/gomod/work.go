package gomod

import "golang.org/x/mod/modfile"

// WorkUses lists the folders that the text of a go.work file uses, as written.
// A file that cannot be parsed uses none; Load says what is wrong with it.
func WorkUses(work []byte) []string {
	f, err := modfile.ParseWork("go.work", work, nil)
	if err != nil {
		return nil
	}
	var dirs []string
	for _, u := range f.Use {
		dirs = append(dirs, u.Path)
	}
	return dirs
}
