//go:build unix && !linux

package fsx

import "syscall"

// A pipe or device that took a file's place must not block the open.
const (
	openFlags = syscall.O_NONBLOCK | syscall.O_NOFOLLOW
	linkFlags = syscall.O_NONBLOCK
)
