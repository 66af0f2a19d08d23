package report

import (
	"fmt"
	"io"
	"net/url"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/lazyre"
)

// SARIF 2.1.0, as GitHub code scanning takes it. The mapping:
//
//	every finding code         tool.driver.rules[], all of them in every file
//	finding                    results[]; a waived one with a suppression, a known one as unchanged
//	finding.fingerprint        partialFingerprints.primaryLocationLineHash, all that GitHub looks at
//	finding.location           locations[0]; a finding without a place is at line 1 of the target's file
//	errors[]                   invocations[0].toolExecutionNotifications[], and executionSuccessful is false
//	targets                    automationDetails.id: two uploads of one commit need different ones
//
// Components that are allowed do not appear. security-severity is not set: it
// would make each result a security alert.
// GitHub's limits: docs.github.com, "SARIF support for code scanning".
const (
	maxResults       = 25_000 // of a run; a file with more is rejected as a whole
	maxNotifications = 1_000
	maxRelated       = 100
	maxRuleText      = 1024 // UTF-16 units of each text of a rule
)

const (
	sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
	// Home is where the program is at home.
	Home = "https://github.com/rukhsa/rukhsa"
	// sarifRoot is what paths are relative to, by the name that consumers know.
	sarifRoot = "%SRCROOT%"
)

type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool              sarifTool            `json:"tool"`
		AutomationDetails sarifID              `json:"automationDetails"`
		Invocations       []sarifInvocation    `json:"invocations"`
		BaseIDs           map[string]sarifBase `json:"originalUriBaseIds"`
		ColumnKind        string               `json:"columnKind"`
		Results           []sarifResult        `json:"results"`
		Properties        map[string]any       `json:"properties"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		Version        string      `json:"version"`
		InformationURI string      `json:"informationUri"`
		Notifications  []sarifRule `json:"notifications"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string         `json:"id"`
		ShortDescription sarifMessage   `json:"shortDescription"`
		FullDescription  sarifMessage   `json:"fullDescription"`
		Help             sarifMessage   `json:"help"`
		Configuration    sarifConfig    `json:"defaultConfiguration"`
		Properties       map[string]any `json:"properties,omitempty"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifMessage struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifID struct {
		ID string `json:"id"`
	}
	sarifBase struct {
		Description sarifMessage `json:"description"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications"`
	}
	sarifNotification struct {
		Descriptor sarifRef     `json:"descriptor"`
		Level      string       `json:"level"`
		Message    sarifMessage `json:"message"`
	}
	sarifRef struct {
		ID    string `json:"id"`
		Index int    `json:"index"`
	}
	sarifResult struct {
		RuleID       string              `json:"ruleId"`
		RuleIndex    int                 `json:"ruleIndex"`
		Level        string              `json:"level"`
		Baseline     string              `json:"baselineState,omitempty"`
		Message      sarifMessage        `json:"message"`
		Locations    []sarifLocation     `json:"locations"`
		Related      []sarifLocation     `json:"relatedLocations,omitempty"`
		Fingerprints map[string]string   `json:"partialFingerprints"`
		Suppressions *[]sarifSuppression `json:"suppressions,omitempty"`
		Properties   map[string]any      `json:"properties,omitempty"`
	}
	sarifLocation struct {
		ID       int            `json:"id,omitempty"`
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
		Message  *sarifMessage  `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI    string `json:"uri"`
		BaseID string `json:"uriBaseId"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
	sarifLogical struct {
		Name string `json:"fullyQualifiedName"`
		Kind string `json:"kind"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

func writeSARIF(w io.Writer, r *Report, _ Options) error {
	s := &sarif{r: r, t: newTeller(r), rules: sarifRules(r)}
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "rukhsa", Version: sarifVersion(r.Tool.Version), InformationURI: Home, Rules: s.rules,
			Notifications: []sarifRule{sarifRuleOf(sarifNotices[0]), sarifRuleOf(sarifNotices[1])},
		}},
		AutomationDetails: sarifID{sarifCategory(r)},
		Invocations:       []sarifInvocation{{Successful: r.Complete, Notifications: s.notifications()}},
		BaseIDs:           map[string]sarifBase{sarifRoot: {sarifMessage{Text: "The root of the repository."}}},
		ColumnKind:        "utf16CodeUnits",
		Results:           s.results(),
		Properties:        map[string]any{"disclaimer": Disclaimer, "policy": r.Policy, "asOf": r.AsOf},
	}
	return EncodeJSON(w, sarifLog{sarifSchema, "2.1.0", []sarifRun{run}}, true)
}

type sarif struct {
	r     *Report
	t     *teller
	rules []sarifRule
}

// sarifCategory tells uploads of different targets apart: GitHub takes the part
// before the last slash for the category, and refuses a second upload of one.
func sarifCategory(r *Report) string {
	var all []string
	for _, t := range r.Targets {
		name := t.Path
		if filepath.IsAbs(name) || path.IsAbs(name) {
			name = t.Root
		}
		all = append(all, Printable(inside(path.Join(r.Dir, name))))
	}
	switch {
	case len(all) == 0 || len(all) == 1 && all[0] == ".":
		return "rukhsa/"
	case len(all) == 1:
		return "rukhsa/" + strings.TrimSuffix(all[0], "/...") + "/"
	}
	return "rukhsa/" + digest(all...)[:8] + "/"
}

// sarifRules describes every code, those of the findings that this program does
// not know at the end.
func sarifRules(r *Report) []sarifRule {
	var out []sarifRule
	for _, d := range diag.Codes() {
		out = append(out, sarifRuleOf(d.Code))
	}
	var others []diag.Code
	for _, f := range r.Findings {
		if _, known := diag.Lookup(f.Code); !known && !slices.Contains(others, f.Code) {
			others = append(others, f.Code)
		}
	}
	slices.Sort(others)
	for _, c := range others {
		out = append(out, sarifRuleOf(c))
	}
	return out
}

// areas are the first two digits of the codes.
var areas = map[string]string{
	"10": "policy", "12": "detection", "20": "lineage", "40": "obligations", "50": "compatibility", "60": "policy-file", "70": "risks", "90": "reading",
}

func sarifRuleOf(code diag.Code) sarifRule {
	d, known := diag.Lookup(code)
	if !known {
		d = diag.Doc{Code: code, Severity: diag.Error, Title: "A finding of another version", Text: "This version does not know the code.", Fix: "Use the version that made the report.", Example: "-"}
	}
	id := Printable(string(code))
	tags := []string{"license"}
	if digits, ok := strings.CutPrefix(id, "RKH"); ok && len(digits) > 2 && areas[digits[:2]] != "" {
		tags = append(tags, areas[digits[:2]])
	}
	weight := string(d.Severity)
	if d.Severity == diag.Note {
		weight = "recommendation"
	}
	return sarifRule{
		ID:               id,
		ShortDescription: sarifText(d.Title),
		FullDescription:  sarifText(d.Text),
		Help: sarifMessage{
			Text:     units(sentence(d.Fix), maxRuleText),
			Markdown: sentence(d.Text) + "\n\n**What to do:** " + sentence(d.Fix) + "\n\n**Example:** `" + strings.ReplaceAll(d.Example, "`", "'") + "`\n\n`rukhsa explain " + id + "`",
		},
		Configuration: sarifConfig{string(d.Severity)},
		Properties:    map[string]any{"precision": "high", "problem.severity": weight, "tags": tags},
	}
}

// sarifVersion is the version as consumers order them: numbers first.
func sarifVersion(v string) string {
	if m := sarifNumbers.FindString(Printable(v)); m != "" {
		return strings.TrimPrefix(m, "v")
	}
	return "0.0.0"
}

var sarifNumbers = lazyre.New(`^v?\d+(\.\d+){1,3}(-[0-9A-Za-z.-]+)?`)

func sarifText(s string) sarifMessage { return sarifMessage{Text: units(sentence(s), maxRuleText)} }

// sentence ends s with a full stop where it has no end.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?") {
		return s
	}
	return s + "."
}

// units cuts s to most UTF-16 units.
func units(s string, most int) string {
	n := 0
	for i, r := range s {
		if n += utf16.RuneLen(r); n >= most && i+utf8.RuneLen(r) < len(s) {
			return s[:i] + "…"
		}
	}
	return s
}

func (s *sarif) results() []sarifResult {
	out := []sarifResult{}
	prints := s.r.fingerprints()
	waived := slices.ContainsFunc(s.r.Findings, func(f diag.Finding) bool { return f.Waived != nil })
	known := slices.ContainsFunc(s.r.Findings, func(f diag.Finding) bool { return f.Known })
	for i := range s.r.Findings[:min(len(s.r.Findings), maxResults)] {
		f := &s.r.Findings[i]
		x := s.t.tell(f)
		res := sarifResult{
			RuleID: x.code, RuleIndex: slices.IndexFunc(s.rules, func(r sarifRule) bool { return r.ID == x.code }), Level: string(severity(f)),
			Message: sarifMessage{Text: sarifPlain(x)}, Locations: []sarifLocation{sarifPlace(s.t.spotOf(f))}, Related: s.related(f),
			Fingerprints: map[string]string{"primaryLocationLineHash": prints[i]},
			Properties:   map[string]any{"component": Printable(f.Component), "license": Printable(f.License), "policyLayer": Printable(f.Layer)},
		}
		if f.Component != "" {
			res.Locations[0].Logical = []sarifLogical{{Printable(f.Component), "module"}}
		}
		switch { // SARIF wants states and suppressions on all results or on none
		case !known:
		case f.Known:
			res.Baseline = "unchanged"
		default:
			res.Baseline = "new"
		}
		if waived {
			res.Suppressions = &[]sarifSuppression{}
		}
		if f.Waived != nil {
			*res.Suppressions = append(*res.Suppressions, sarifSuppression{"external", "accepted", x.waived})
		}
		out = append(out, res)
	}
	return out
}

func (s *sarif) related(f *diag.Finding) []sarifLocation {
	var out []sarifLocation
	for _, l := range f.Related {
		if l.Target == "" || len(out) == maxRelated { // a file of a module, not of the repository
			continue
		}
		at := sarifPlace(s.t.spotOf(&diag.Finding{Location: l}))
		at.ID, at.Message = len(out)+1, &sarifMessage{Text: sarifEscape(Printable(place(l)))}
		out = append(out, at)
	}
	return out
}

func sarifPlace(s spot) sarifLocation {
	var at []string
	for _, e := range strings.Split(s.path, "/") {
		at = append(at, url.PathEscape(e))
	}
	// A colon in the first element would make it a scheme.
	uri := strings.ReplaceAll(strings.Join(at, "/"), ":", "%3A")
	return sarifLocation{Physical: sarifPhysical{sarifArtifact{uri, sarifRoot}, sarifRegion{s.line, s.column, s.endLine, s.endColumn}}}
}

// sarifPlain is the finding as sentences: consumers show the first one where
// there is little room.
func sarifPlain(x told) string {
	out := []string{sentence(x.headline())}
	for _, why := range x.reasons() {
		out = append(out, sentence(strings.ToUpper(why[:1])+why[1:]))
	}
	return sarifEscape(strings.Join(out, " "))
}

var sarifHole = lazyre.New(`\{(\d+)\}`)

// sarifEscape keeps a consumer from reading links ([text](id)) and placeholders
// ({0}) into a message (SARIF 2.1.0 §3.11.5, §3.11.6).
func sarifEscape(s string) string {
	if strings.Contains(s, "](") {
		s = strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`).Replace(s)
	}
	return sarifHole.ReplaceAllString(s, "{{$1}}")
}

// notifications are what kept the report from being complete, what was not
// looked at, and how many findings the file has no room for.
func (s *sarif) notifications() []sarifNotification {
	out := []sarifNotification{}
	add := func(code diag.Code, level diag.Severity, message string) {
		i := slices.IndexFunc(sarifNotices, func(c diag.Code) bool { return c == code })
		out = append(out, sarifNotification{sarifRef{string(code), i}, string(level), sarifMessage{Text: sarifEscape(sentence(message))}})
	}
	if n := len(s.r.Findings) - maxResults; n > 0 {
		add(diag.ReadError, diag.Error, fmt.Sprintf("%s not in this file: GitHub takes no more than %d results", plural(n, "more finding"), maxResults))
	}
	for i, e := range s.r.Errors {
		if i == maxNotifications {
			add(diag.ReadError, diag.Error, plural(len(s.r.Errors)-i, "more error"))
			break
		}
		add(diag.ReadError, diag.Error, unread(e))
	}
	for _, line := range unexamined(s.r) {
		add(diag.NotLookedAt, diag.Note, "Not looked at: "+line)
	}
	return out
}

// sarifNotices are the codes of notifications.
var sarifNotices = []diag.Code{diag.ReadError, diag.NotLookedAt}
