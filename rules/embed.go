// Package rules carries the knowledge of the program: licenses, what they ask,
// and the tables around them, as data. README.md says how to write a rule.
package rules

import "embed"

// FS holds every file of this folder but the Go source.
//
//go:embed *
var FS embed.FS
