//go:build !linux

package fsx

import (
	"io/fs"
	"os"
)

func (d *osDir) openPlain(string) (Folder, error) { return nil, nil }

func (d *osDir) readPlain(string, int64) ([]byte, bool, error) { return nil, false, nil }

func (d *osDir) headPlain([]byte, string, int) ([]byte, bool, bool, error) {
	return nil, false, false, nil
}

func listDir(abs string) ([]Entry, error) {
	des, err := os.ReadDir(abs)
	if err != nil {
		return nil, err
	}
	return entries(des), nil
}

func lstatMode(abs string) (fs.FileMode, error) {
	fi, err := os.Lstat(abs)
	if err != nil {
		return 0, err
	}
	return fi.Mode().Type(), nil
}
