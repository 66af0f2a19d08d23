package policy

import _ "embed" // the schema is made from the types of form.go by a test

// Schema is the JSON Schema of a policy file, for editors.
//
//go:embed rukhsa.schema.json
var Schema []byte
