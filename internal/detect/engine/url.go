package engine

import "strings"

// urlSize returns the length of the URL that text begins with, or 0: what
//
//	^(?i)https?://[-a-z0-9_.]+\.(org|com)(/[-a-z0-9_.#?=]+)+/?
//
// matches.
func urlSize(text []byte) int {
	i := foldPrefix(text, "http")
	if i == 0 {
		return 0
	}
	i += foldPrefix(text[i:], "s")
	n := foldPrefix(text[i:], "://")
	if n == 0 {
		return 0
	}
	i += n
	host := run(text[i:], "-_.")
	if !isHost(text[i : i+host]) {
		return 0
	}
	i += host
	path := 0
	for i+path < len(text) && text[i+path] == '/' {
		n := run(text[i+path+1:], "-_.#?=")
		if n == 0 {
			break
		}
		path += 1 + n
	}
	if path == 0 {
		return 0
	}
	i += path
	if i < len(text) && text[i] == '/' {
		i++
	}
	return i
}

// isHost reports whether a run of host characters is something and a final
// .org or .com.
func isHost(s []byte) bool {
	if len(s) < len("x.org") {
		return false
	}
	end := s[len(s)-4:]
	return foldPrefix(end, ".org") > 0 || foldPrefix(end, ".com") > 0
}

// The two letters outside ASCII whose case folding is an ASCII letter.
const (
	longS  = "\u017f"
	kelvin = "\u212a"
)

// foldPrefix returns the length of the prefix of text that equals want in
// any case, or 0; want is lower case ASCII without k.
func foldPrefix(text []byte, want string) int {
	n := 0
	for i := range len(want) {
		size := 0
		switch t := text[n:]; {
		case len(t) > 0 && (t[0] == want[i] || 'a' <= want[i] && want[i] <= 'z' && t[0]|0x20 == want[i]):
			size = 1
		case want[i] == 's' && hasPrefix(t, longS):
			size = len(longS)
		}
		if size == 0 {
			return 0
		}
		n += size
	}
	return n
}

// run returns the length of the longest prefix of text that consists of
// letters, digits and the characters of more.
func run(text []byte, more string) int {
	n := 0
	for n < len(text) {
		c, t := text[n], text[n:]
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', strings.IndexByte(more, c) >= 0:
			n++
		case hasPrefix(t, longS):
			n += len(longS)
		case hasPrefix(t, kelvin):
			n += len(kelvin)
		default:
			return n
		}
	}
	return n
}

func hasPrefix(t []byte, prefix string) bool {
	return len(t) >= len(prefix) && string(t[:len(prefix)]) == prefix
}

// licenseOfURL returns the license that a URL stands for.
func (t *tables) licenseOfURL(url string) (id string, typ uint, ok bool) {
	url = strings.TrimPrefix(url, "http://")
	url = strings.TrimPrefix(url, "https://")
	url = strings.TrimSuffix(url, "/")
	url = strings.TrimSuffix(url, "/legalcode") // of Creative Commons licenses
	url = strings.ToLower(url)
	if id, typ, ok = t.findURL(url); ok {
		return id, typ, true
	}
	// https://creativecommons.org/licenses/by/3.0/us is a port of …/by/3.0.
	if i := strings.LastIndexByte(url, '/'); i >= 0 {
		return t.findURL(url[:i])
	}
	return "", 0, false
}
