//go:build !linux

package fsx

import "os"

func (d *osDir) openPlain(name string) (Folder, error) { return folder{d, name}, nil }

func listDir(abs string) ([]Entry, error) {
	des, err := os.ReadDir(abs)
	if err != nil {
		return nil, err
	}
	return entries(des), nil
}
