package inventory

import "testing"

func TestSteps(t *testing.T) {
	list := []Component{
		{ID: "pkg:golang/org/name", Kind: Code, Name: "org/name"},
		{ID: "pkg:huggingface/Org/Base@0e9e39f249a16976918f6564b8830bc894c89659", Kind: Model, Name: "Org/Base"},
		{ID: "pkg:huggingface/org/data@1?type=dataset", Kind: Dataset, Name: "org/data"},
		{ID: "pkg:generic/models/org/name", Kind: Model, Name: "models/org/name"},
		{ID: "pkg:generic/models/other__thing", Kind: Model, Name: "models/other__thing"},
		{ID: "pkg:generic/a/x/twice", Kind: Model, Name: "a/x/twice"},
		{ID: "pkg:generic/b/x/twice", Kind: Model, Name: "b/x/twice"},
		{ID: "pkg:huggingface/org/named", Kind: Model, Name: "org/named", Scope: Referenced},
		{ID: "pkg:generic/single", Kind: Model, Name: "single"},
		{ID: "pkg:huggingface/Org/Base@0e9e39f249a16976918f6564b8830bc894c89659#vae", Kind: Model, Name: "Org/Base/vae"},
	}
	s := NewSteps(list)
	for _, tt := range []struct {
		from, to int
		id       string
	}{
		{8, 1, "pkg:huggingface/Org/Base"},
		{8, 1, "pkg:huggingface/org/base@main"},
		{1, 9, "pkg:huggingface/Org/Base@0e9e39f249a16976918f6564b8830bc894c89659#vae"},
		{8, 2, "pkg:huggingface/org/data?type=dataset"},
		{8, -1, "pkg:huggingface/org/data"},
		{8, 3, "pkg:huggingface/org/name"},
		{3, -1, "pkg:huggingface/org/name"}, // a thing is not made from itself
		{8, 4, "pkg:huggingface/Other/Thing"},
		{8, -1, "pkg:huggingface/x/twice"}, // which of the two is not known
		{8, -1, "pkg:huggingface/org/named"},
		{8, -1, "pkg:golang/org/name"},
		{8, 1, "Org/Base"},
		{1, 8, "single"},
		{8, -1, "pkg:huggingface/some/single"},
		{8, -1, ""},
	} {
		if got := s.To(&list[tt.from], tt.id); got != tt.to {
			t.Errorf("%s from %s: %d, want %d", tt.id, list[tt.from].ID, got, tt.to)
		}
	}
}
