package diag

import "slices"

// Code names a kind of finding: RKH and four digits, never reused. The first
// two digits are the area: 10 policy, 12 detection, 20 lineage and AI duties,
// 40 obligations, 50 compatibility, 60 policy file, 70 risks, 90 errors where a
// format has no place for them.
type Code string

// The codes. Every code has a row in the table below; `explain CODE` prints it.
const (
	CopyleftProgram  Code = "RKH1001" // the program's own license cannot carry a component's copyleft
	CategoryRefused  Code = "RKH1002" // the policy does not accept this kind of terms
	NetworkCopyleft  Code = "RKH1003" // network copyleft linked into a service
	LicenseDenied    Code = "RKH1004" // on the policy's deny list
	LicenseNotListed Code = "RKH1005" // not on the policy's allow list
	LibraryCopyleft  Code = "RKH1006" // library copyleft linked into a closed program
	MainUnlicensed   Code = "RKH1007" // the project itself has no license
	LaterVersion     Code = "RKH1008" // as a whole only under a later version
	LicenseReview    Code = "RKH1009" // the policy asks a person to look at it
	NoLicense        Code = "RKH1201" // nothing found
	UnknownLicense   Code = "RKH1202" // a text that nobody recognises
	LicenseDisagrees Code = "RKH1203" // sources differ
	NoRule           Code = "RKH1204" // an id that the rule base does not know
	LicenseDrift     Code = "RKH2001" // the terms of a base do not go on with what was made from it
	BaseRelabelled   Code = "RKH2002" // the notices of a base under open terms are dropped
	LineageCheck     Code = "RKH2003" // a person must decide about a step of a lineage
	OutputTraining   Code = "RKH2004" // trained on what may not be trained on
	NameMissing      Code = "RKH2005" // the name does not start with the word that the base orders
	CreditMissing    Code = "RKH2006" // a fixed line is not in the card and notices
	TextMissing      Code = "RKH2007" // the license is only named
	MutableTerms     Code = "RKH2008" // the license is only linked, and may change
	LimitReached     Code = "RKH2009" // a threshold or territory of the license is hit
	PackageLabel     Code = "RKH2010" // weights of others under the license of the package around them
	Incompatible     Code = "RKH5001" // two licenses of one program cannot hold together
	Undecided        Code = "RKH5002" // a person must decide
	PolicyFile       Code = "RKH6001" // the policy file is wrong
	PolicyUnused     Code = "RKH6002" // a line of the policy that nothing matched
	WaiverExpired    Code = "RKH6003" // a waiver that holds no longer
	WaiverExpiring   Code = "RKH6004" // a waiver that ends soon
	PolicyMismatch   Code = "RKH6005" // a line of the policy that does not fit what it names
	PolicyOverlap    Code = "RKH6006" // two waivers for the same finding
	FulfilledMissing Code = "RKH6007" // a file that is said to meet a duty is not there
	UnsafeLoading    Code = "RKH7001" // loading it may run code
	RemoteCode       Code = "RKH7002" // it is loaded with code from elsewhere
	Unpinned         Code = "RKH7003" // no revision of what it was made from
	GatedTerms       Code = "RKH7004" // terms were accepted to get it
	PersonalData     Code = "RKH7005" // its data is said to hold personal data
	ReadError        Code = "RKH9001" // something could not be read
	NotLookedAt      Code = "RKH9002" // something was seen and not looked at
)

// Doc documents a finding code. It is what `explain CODE` prints.
type Doc struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"` // the severity under the default policy
	Title    string   `json:"title"`    // one line, no full stop
	Text     string   `json:"text"`     // what is checked and why it matters
	Fix      string   `json:"fix"`      // what to do about it
	Example  string   `json:"example"`  // a message as it is printed
}

// Codes lists the documentation of every code, in the order of the codes.
func Codes() []Doc { return slices.Clone(docs) }

// Lookup returns the documentation of a code, and whether there is such a code.
func Lookup(c Code) (Doc, bool) {
	for _, d := range docs {
		if d.Code == c {
			return d, true
		}
	}
	return Doc{}, false
}

var docs = []Doc{
	{
		Code: CopyleftProgram, Severity: Error,
		Title: "The program's license cannot carry the copyleft of a part",
		Text: "A program is passed on as a whole. A part under strong or network copyleft asks that the whole goes under its own terms; " +
			"the license of the program is another one that does not allow it. Every program is judged by itself: its own license and all that it links.",
		Fix:     "Replace the part, move it behind a process boundary, or license the program as the finding says. If another license of the part was agreed, state it under clarify in rukhsa.yaml.",
		Example: "GPL-3.0-only in a distributed binary of an Apache-2.0 program",
	},
	{
		Code: CategoryRefused, Severity: Error,
		Title: "The policy does not accept this kind of terms",
		Text: "Source-available, use-restricted, non-commercial, research-only, no-derivatives and proprietary terms limit who may use the work, for what, or whether it may be changed. " +
			"The default policy accepts none of them in what is shipped or served.",
		Fix:     "Replace the part, or read the clauses (rukhsa explain LICENSE) and allow the license in rukhsa.yaml with a reason.",
		Example: "BUSL-1.1 is source-available",
	},
	{
		Code: NetworkCopyleft, Severity: Error,
		Title: "Network copyleft is linked into a service",
		Text: "A license with network copyleft gives the users of a service a right to the source of the whole program that they talk to. " +
			"Linking such a part into a program makes that program the modified version whose source is owed.",
		Fix:     "Offer the complete source of the service to its users under that license, replace the part, or run it unmodified as a process of its own.",
		Example: "AGPL-3.0-only linked into a service: its users may ask for the source of all of cmd/server",
	},
	{
		Code: LicenseDenied, Severity: Error,
		Title:   "The policy denies this license",
		Text:    "A license of the component is on the deny list of the policy. Of a choice (OR) only the branches that the policy allows are taken.",
		Fix:     "Replace the part, or change the deny list.",
		Example: "AGPL-3.0-only is denied by the policy",
	},
	{
		Code: LicenseNotListed, Severity: Error,
		Title:   "The license is not on the policy's allow list",
		Text:    "The policy has an allow list, and a license of the component is not on it.",
		Fix:     "Replace the part, or add the license to the allow list.",
		Example: "BSD-4-Clause is not on the allow list of the policy",
	},
	{
		Code: LibraryCopyleft, Severity: Warning,
		Title: "Library copyleft in a program whose source is not published",
		Text: "A library license such as the LGPL lets a program of any license link the library, if whoever receives the program can change the library and link it again. " +
			"Go links statically, so a program that is published as source meets this and a closed one must do more: a person must decide.",
		Fix:     "Publish the program's source under terms that allow changes for own use, give recipients what they need to link again, or run the library in a process of its own.",
		Example: "LGPL-3.0-only in a distributed binary of a proprietary program: recipients must be able to relink it",
	},
	{
		Code: MainUnlicensed, Severity: Note,
		Title: "The project states no license of its own",
		Text: "Neither the policy nor a license file says under which terms the project is passed on. It is judged as proprietary: no open-source terms, source not published. " +
			"Where a file speaks of a license and it is not clear of which, this is a warning, and the project is judged under each license that it may be: " +
			"what fits all of them is silent, what fits none is an error, and what depends on it is listed here.",
		Fix:     "Add a LICENSE file, settle its text, or state project.license in rukhsa.yaml (\"proprietary\" is a valid value).",
		Example: "no license found for the project itself: judged as proprietary",
	},
	{
		Code: LaterVersion, Severity: Note,
		Title: "The program holds together only under a later version",
		Text: "The program's license allows later versions, and only one of them fits all its parts. The source keeps the choice; " +
			"the program as a whole is passed on under the version named.",
		Fix:     "Ship the text of the version named with the program.",
		Example: "cmd/server: as a whole only under GPL-3.0-or-later",
	},
	{
		Code: LicenseReview, Severity: Warning,
		Title: "The policy asks a person to look at this license",
		Text: "A license of the component is on the review list of the policy, or the policy's default is to review what it does not name. " +
			"It is neither accepted nor refused until somebody has read its terms.",
		Fix:     "Read the terms (rukhsa explain LICENSE). Then allow the license in rukhsa.yaml, or waive the finding for this component, with a reason, an owner and a last day.",
		Example: "MPL-2.0 is to be reviewed",
	},
	{
		Code: NoLicense, Severity: Error,
		Title:   "No license found",
		Text:    "No license file, no tag and no readme section of the component states a license. Without one nobody but its author may copy, change or share it.",
		Fix:     "Ask the author for a license, replace the part, or state what you know under clarify in rukhsa.yaml.",
		Example: "no license found (LICENSE*, COPYING*, README)",
	},
	{
		Code: UnknownLicense, Severity: Error,
		Title:   "A license text that is not recognised",
		Text:    "A license file was found, and its text is none that is known, or it says more than the license that it contains. It is never taken for a license that it merely resembles.",
		Fix:     "Read it (rukhsa classify FILE shows what is left over) and state the license under clarify in rukhsa.yaml, by the digest of the text.",
		Example: "license text not recognised (LICENSE)",
	},
	{
		Code: LicenseDisagrees, Severity: Error,
		Title:   "The sources of the license disagree",
		Text:    "Two statements about the same component name different licenses, and nothing says which one holds.",
		Fix:     "Read both places that the finding names and state the license under clarify in rukhsa.yaml.",
		Example: "declared MIT, detected Apache-2.0",
	},
	{
		Code: NoRule, Severity: Error,
		Title:   "A license that the rule base does not know",
		Text:    "The expression names a license without a category and without a rule, so that its duties are not known.",
		Fix:     "Write a rule for it (rukhsa rules new ID), or state another license under clarify in rukhsa.yaml.",
		Example: "LicenseRef-acme is not known to the rules",
	},
	{
		Code: LicenseDrift, Severity: Error,
		Title: "The terms of a base do not travel with what was made from it",
		Text: "A model or dataset claims terms that let everybody do what the terms of its base bind or forbid: fine-tunes, adapters, merges and converted copies are " +
			"changed forms of the base, and its license says what has to go on with them. The base is a component of the scan, or a family that the rules know. " +
			"Where the base is only guessed it is a warning; where both have the same publisher by their address at a hub, a note: who offers somebody else's model again owns none of it.",
		Fix:     "Pass it on under the license of the base too and meet its clauses, or start from another base. If the publisher has other rights, state the license under clarify in rukhsa.yaml.",
		Example: "MIT over LicenseRef-rukhsa-llama3.1: the terms of meta-llama/Llama-3.1-8B do not travel",
	},
	{
		Code: BaseRelabelled, Severity: Warning,
		Title: "A base under open terms was given a label that asks for less",
		Text: "The base is under a permissive license, and the label of what was made from it is another one that knows nothing of some of its duties, such as to mark changes. " +
			"The label may be used for the own work; the license and notices of the base stay with its part.",
		Fix:     "Ship the license and the notices of the base with the model, and say what was changed.",
		Example: "MIT over Apache-2.0: the notices of Qwen/Qwen2.5-7B have to stay",
	},
	{
		Code: LineageCheck, Severity: Warning,
		Title: "A person must decide about what it was made from",
		Text: "The license of a base is not known, the terms of base and result both hold limits, the model has no terms of its own, its name alone says that it is something under other terms, " +
			"or it was trained on data or outputs whose terms do not settle that. " +
			"Neither text nor rules settle that.",
		Fix:     "Look at the clauses that the finding names, decide, and write the decision down in rukhsa.yaml.",
		Example: "the license of what it was made from is not known: someone/base-7b",
	},
	{
		Code: OutputTraining, Severity: Error,
		Title: "It was trained on what may not be used for training",
		Text: "A model learned from the outputs of another one, or from a dataset, and the terms of that forbid it. " +
			"Whether the model itself is a work based on the outputs does not matter: the clause binds whoever used them.",
		Fix:     "Train on something else, or ask the licensor.",
		Example: "trained on what meta-llama/Llama-2-70b-chat-hf puts out: LicenseRef-rukhsa-llama2 forbids that",
	},
	{
		Code: NameMissing, Severity: Warning,
		Title: "The name does not start with the word that the license of the base orders",
		Text: "Some licenses order how a model is called that was made, trained, fine-tuned or improved with theirs or its outputs. " +
			"Whether mere conversion or quantisation is meant is not settled: that is a note. So is a model that is known by its folder only.",
		Fix:     "Give the model a name that starts with the word.",
		Example: "the name Cogni-OpenModel does not start with \"Llama\", as LicenseRef-rukhsa-llama3.1 §1.b.i orders for what is made from meta-llama/Llama-3.1-8B",
	},
	{
		Code: CreditMissing, Severity: Warning,
		Title:   "A line that the license orders is not there",
		Text:    "A license orders a fixed line, and the card, readme and notice files of the model that is shipped were searched for it in vain. It may stand on a website or in the program instead.",
		Fix:     "Add the line exactly as the license writes it, or state under fulfilled in rukhsa.yaml where it stands.",
		Example: "the line \"Built with Llama\" of LicenseRef-rukhsa-llama3.1 §1.b.i(B) is not in its card and notices",
	},
	{
		Code: TextMissing, Severity: Note,
		Title:   "The license is only named",
		Text:    "A card or a field names the license, and no text of it comes with the model, though the license orders that. For terms that restrict it is a warning.",
		Fix:     "Put the text beside the model files.",
		Example: "Apache-2.0 is only named: its text does not come with the model",
	},
	{
		Code: MutableTerms, Severity: Note,
		Title:   "The license is only linked, and what the link shows may change",
		Text:    "A card gives an address for its license that names a branch or a page instead of a fixed revision. Which terms were accepted cannot be shown later.",
		Fix:     "Keep a copy of the text beside the model, or link a fixed revision.",
		Example: "the license is only linked, at an address whose content may change: https://example.com/license",
	},
	{
		Code: LimitReached, Severity: Error,
		Title: "A bound of the license is reached",
		Text: "The license gives no rights above a number of users or an amount of revenue, or in some countries, and project.facts says that this is the case. " +
			"Facts that are not stated are questions.",
		Fix:     "Ask the licensor for a license, replace the component, or correct the facts in rukhsa.yaml.",
		Example: "LicenseRef-rukhsa-tencent-hunyuan-large gives no rights in European Union",
	},
	{
		Code: PackageLabel, Severity: Warning,
		Title: "A package puts its own license on the weights of others",
		Text: "The weights are known by their content: they are those of a publisher who has them under another license than the package around them states. " +
			"Packing weights up changes nothing about their license, whose text and notices have to come with them. It is an error where the license of the weights is not an open one.",
		Fix:     "Ship the license text and notices of the publisher with the weights, and name them apart from the license of the package.",
		Example: "package.json says ISC; these weights are snakers4/silero-vad (v5) under MIT",
	},
	{
		Code: Incompatible, Severity: Error,
		Title: "Licenses of one program cannot hold together",
		Text: "The terms under which the whole program must be passed on forbid a condition that a part brings along, " +
			"or two parts ask for the whole under two different licenses. The smallest set that cannot hold together is named.",
		Fix:     "Replace one of the parts, or license the program as the finding says where a license fits them all.",
		Example: "Apache-2.0 cannot be part of a GPL-2.0-only program",
	},
	{
		Code: Undecided, Severity: Warning,
		Title:   "A person must decide",
		Text:    "Whether the licenses hold together depends on something that neither text nor rules settle. The reason and the clauses say what to ask.",
		Fix:     "Read the clauses that the finding names, decide, and write the decision down in rukhsa.yaml.",
		Example: "AGPL-3.0-only and GPL-3.0-only: to be decided",
	},
	{
		Code: PolicyFile, Severity: Error,
		Title:   "The policy file is wrong",
		Text:    "A key, a value or a type in rukhsa.yaml is not what it must be. Nothing is scanned before the policy is right.",
		Fix:     "Mend the line that is named; the message lists the valid values.",
		Example: "rukhsa.yaml:7:3: unknown key \"lisence\", valid: license, kind, use, facts",
	},
	{
		Code: PolicyUnused, Severity: Note,
		Title:   "A line of the policy matched nothing",
		Text:    "An entry of the policy applies to no component of this scan: it may be out of date or misspelt.",
		Fix:     "Remove the entry, or correct what it names.",
		Example: "clarify entry for sha256:12ab… matched no text",
	},
	{
		Code: WaiverExpired, Severity: Warning,
		Title: "A waiver has ended",
		Text: "The last day of a waiver is before the day of the scan (--as-of, else today; the report's as_of). " +
			"What it accepted counts again with its own severity.",
		Fix:     "Ask the owner whether the reason still holds and give the waiver a new day, or mend the finding and remove the waiver.",
		Example: "waiver for RKH1001 of example.com/gpl ended on 2026-06-30: what it accepted counts again",
	},
	{
		Code: WaiverExpiring, Severity: Note,
		Title:   "A waiver ends soon",
		Text:    "The last day of a waiver is at most 30 days away. From the day after it on, what it accepts counts again.",
		Fix:     "Ask the owner whether the reason still holds and give the waiver a new day, or mend the finding and remove the waiver.",
		Example: "waiver for RKH1001 of example.com/gpl ends on 2026-06-30",
	},
	{
		Code: PolicyMismatch, Severity: Warning,
		Title: "A line of the policy does not fit what it names",
		Text: "A waiver or a choice names a component that is here, and the component is no longer as the line says: " +
			"another version, another license, or without such a finding. The line has no effect.",
		Fix:     "Read what changed; then remove the line, or correct what it names.",
		Example: "waiver for RKH1001 GPL-3.0-only of example.com/gpl accepts nothing: it has RKH1002 BUSL-1.1",
	},
	{
		Code: PolicyOverlap, Severity: Note,
		Title:   "Two waivers accept the same finding",
		Text:    "A finding is accepted by one waiver already, so that another one for it would go on holding when the first has ended.",
		Fix:     "Keep one of them.",
		Example: "waiver for GPL-3.0-only of example.com/*: another one accepts this already (rukhsa.yaml:12)",
	},
	{
		Code: FulfilledMissing, Severity: Warning,
		Title:   "A file that is said to meet a duty is not there",
		Text:    "An entry of fulfilled names a file below the folder of the policy that does not exist. The duty is not taken as met.",
		Fix:     "Write the file (rukhsa notice -o FILE for notices), or correct the path.",
		Example: "THIRD_PARTY_NOTICES.txt is said to meet ship-notices, and it is not there",
	},
	{
		Code: UnsafeLoading, Severity: Warning,
		Title: "Loading the model may run code",
		Text: "The file is a pickle or holds one: whoever loads it runs what it names. What it would import was listed without loading it. " +
			"Imports outside the list of harmless names are a warning; a pickle by itself is a note. This is no scan for malware.",
		Fix:     "Use the safetensors form where one is offered, or load the file in a sandbox.",
		Example: "loading it imports code that is not on the list of harmless names",
	},
	{
		Code: RemoteCode, Severity: Warning,
		Title:   "The model is loaded with code from a repository",
		Text:    "Its configuration names code that is fetched and run when the model is loaded. That code may change, and has a license of its own.",
		Fix:     "Read the code and its license, and pin its revision.",
		Example: "it is loaded with code of its repository, or of another one",
	},
	{
		Code: Unpinned, Severity: Note,
		Title:   "What it was made from is named without a revision",
		Text:    "The base is named by a branch or without a revision, so that another content, and another license, may stand there tomorrow.",
		Fix:     "Pin the revision.",
		Example: "it names what it was made from without a revision",
	},
	{
		Code: GatedTerms, Severity: Note,
		Title:   "Access asks for terms to be accepted",
		Text:    "The publisher asks those who download the model or dataset to accept terms first. They may say more than the license that is named.",
		Fix:     "Keep a copy of what was accepted, by whom and when.",
		Example: "access asks for terms to be accepted",
	},
	{
		Code: PersonalData, Severity: Note,
		Title:   "The data is said to hold personal data",
		Text:    "The metadata of a dataset says that it holds data of people.",
		Fix:     "Find out on which ground it may be used, and whether the license covers that.",
		Example: "its data is said to hold personal data",
	},
	{
		Code: ReadError, Severity: Error,
		Title:   "Something could not be read",
		Text:    "A file or module that the answer needs could not be read, was over a limit or took too long. The report is not complete.",
		Fix:     "Do what the error's help says and scan again.",
		Example: "module not in the cache: go mod download",
	},
	{
		Code: NotLookedAt, Severity: Note,
		Title:   "Something was seen and its license not looked at",
		Text:    "A C library, an embedded folder or another part outside the Go modules was met. It may bring licenses of its own.",
		Fix:     "Look at it yourself.",
		Example: "C library -lfoo",
	},
}
