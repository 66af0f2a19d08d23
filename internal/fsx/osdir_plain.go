//go:build !unix

package fsx

const openFlags, linkFlags = 0, 0
