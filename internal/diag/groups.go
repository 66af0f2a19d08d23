package diag

// The groups of problems with a Go build list, for Problem.Group: each is a noun
// that can be counted, with what is wrong with it.
const (
	NotCached       = "module not in the cache"
	NoModFile       = "module without its go.mod in the cache"
	NoSum           = "module without a line in go.sum"
	WrongSum        = "module whose checksum is not that of go.sum"
	NotVendored     = "package not vendored"
	NotInModulesTxt = "package not in vendor/modules.txt"
	VendorDiffers   = "module that vendor/modules.txt and go.mod do not agree on"
	NotTidy         = "requirement of go.mod not up to date"
	NotProvided     = "package that no required module provides"
	ProvidedTwice   = "package that several modules provide"
	NotImportPath   = "import whose path is not valid"
)

// Groups lists them.
var Groups = []string{
	NotCached, NoModFile, NoSum, WrongSum, NotVendored, NotInModulesTxt, VendorDiffers, NotTidy, NotProvided, ProvidedTwice, NotImportPath,
}
