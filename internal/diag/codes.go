package diag

// Code names a kind of finding: RKH and four digits, never reused. The first
// two digits are the area: 10 policy, 12 detection, 20 lineage and AI duties,
// 40 obligations, 50 compatibility, 60 policy file, 70 risks, 90 errors where a
// format has no place for them.
type Code string

// Doc documents a finding code. It is what `explain CODE` prints.
type Doc struct {
	Code     Code
	Severity Severity // the severity under the default policy
	Title    string   // one line, no full stop
	Text     string   // what is checked and why it matters
	Fix      string   // what to do about it
	Example  string   // a message as it is printed
}
