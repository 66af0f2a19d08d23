package gomod

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// DefaultPlatforms are what a release is commonly built for.
func DefaultPlatforms() []Platform {
	var out []Platform
	for _, os := range []string{"darwin", "linux", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			out = append(out, Platform{os, arch})
		}
	}
	return out
}

// Host is the platform that this program was built for.
func Host() Platform { return Platform{runtime.GOOS, runtime.GOARCH} }

// ParsePlatform reads "linux/amd64". The error names what is unknown.
func ParsePlatform(s string) (Platform, error) {
	os, arch, ok := strings.Cut(s, "/")
	if !ok {
		return Platform{}, fmt.Errorf("platform %q: want OS/ARCH as in linux/amd64", s)
	}
	if !known(knownOS, os) {
		return Platform{}, fmt.Errorf("platform %q: unknown GOOS %q; known: %s", s, os, knownOS)
	}
	if !known(knownArch, arch) {
		return Platform{}, fmt.Errorf("platform %q: unknown GOARCH %q; known: %s", s, arch, knownArch)
	}
	return Platform{os, arch}, nil
}

// known looks a word up in a list that is separated by spaces.
func known(list, word string) bool {
	for w := range strings.FieldsSeq(list) {
		if w == word {
			return true
		}
	}
	return false
}

// See internal/syslist of the Go distribution: past, present and future names.
// They are never removed from it.
const (
	knownOS   = "aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos"
	unixOS    = "aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris"
	knownArch = "386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm"
)

// NewestRelease is the N of the newest Go 1.N whose build tags are known.
const NewestRelease = 26

// ReleaseName names a Config.Release: "1.26".
func ReleaseName(n int) string {
	if n <= 0 {
		n = NewestRelease
	}
	return fmt.Sprintf("1.%d", n)
}

// sortedPlatforms sorts and drops what is there twice.
func sortedPlatforms(list []Platform) []Platform {
	slices.SortFunc(list, Platform.Compare)
	return slices.Compact(list)
}
