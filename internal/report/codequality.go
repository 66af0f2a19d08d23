package report

import (
	"io"
	"strings"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// GitLab Code Quality: the fields of a Code Climate issue that GitLab reads,
// docs.gitlab.com "Code Quality, implement a custom tool". GitLab shows one
// entry per fingerprint. Errors of reading have no place of their own in it, so
// that they are entries with code RKH9001.
type (
	qualityIssue struct {
		Description string       `json:"description"`
		CheckName   string       `json:"check_name"`
		Fingerprint string       `json:"fingerprint"`
		Severity    string       `json:"severity"`
		Location    qualityPlace `json:"location"`
	}
	qualityPlace struct {
		Path  string       `json:"path"`
		Lines qualityLines `json:"lines"`
	}
	qualityLines struct {
		Begin int `json:"begin"`
	}
)

// qualitySeverity are GitLab's words for ours; waived and known findings are "info".
var qualitySeverity = map[diag.Severity]string{diag.Error: "critical", diag.Warning: "minor", diag.Note: "info"}

func writeCodeQuality(w io.Writer, r *Report, _ Options) error {
	out := []qualityIssue{}
	t := newTeller(r)
	prints, seen := r.fingerprints(), map[string]bool{}
	for i := range r.Findings {
		f := &r.Findings[i]
		x, at := t.tell(f), t.spotOf(f)
		said := append([]string{x.headline()}, x.reasons()...)
		seen[prints[i]] = true
		weight := qualitySeverity[severity(f)]
		if settled(f) {
			weight = qualitySeverity[diag.Note]
		}
		out = append(out, qualityIssue{strings.Join(said, " · "), x.code, prints[i], weight, qualityAt(at.path, at.line)})
	}
	for _, e := range r.Errors {
		fp := digest(string(diag.ReadError), e.Path, string(e.Kind), e.Message)
		for seen[fp] {
			fp = digest(fp)
		}
		seen[fp] = true
		file, line := r.home(), 1
		if e.Path != "" && !strings.Contains(e.Path, "@") {
			file, line = r.inRepository(diag.Loc{Path: e.Path}), max(e.Line, 1)
		}
		out = append(out, qualityIssue{unread(e), string(diag.ReadError), fp, qualitySeverity[diag.Error], qualityAt(file, line)})
	}
	return EncodeJSON(w, out, true)
}

func qualityAt(file string, line int) qualityPlace {
	return qualityPlace{Printable(file), qualityLines{line}}
}
