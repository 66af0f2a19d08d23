package inventory

import "strings"

// Steps finds the components that lineages name.
type Steps struct {
	list []Component
	ids  map[string]int // by stepKey
	says map[string]int // name as it is written
	ends map[string]int // the last two steps of the name of a thing of the tree; several is -1
}

// NewSteps indexes the models and datasets of a list. Of several with one name
// the first in the order of ids is taken.
func NewSteps(list []Component) *Steps {
	s := &Steps{list: list, ids: map[string]int{}, says: map[string]int{}, ends: map[string]int{}}
	for i := range list {
		c := &list[i]
		if c.Kind == Code || c.Scope == Referenced {
			continue
		}
		s.first(s.ids, stepKey(c.ID), i)
		s.first(s.says, c.Name, i)
		if end := lastTwo(c.Name); end != "" && strings.HasPrefix(c.ID, "pkg:generic/") {
			if _, again := s.ends[end]; again {
				i = -1
			}
			s.ends[end] = i
		}
	}
	return s
}

func (s *Steps) first(m map[string]int, key string, i int) {
	if have, ok := m[key]; !ok || s.list[i].ID < s.list[have].ID {
		m[key] = i
	}
}

// To finds the component that a step of the lineage of from leads to, by its id
// with or without a revision, by its name, or by a folder that is called ORG/NAME
// as the hub calls it; -1 where there is none.
func (s *Steps) To(from *Component, id string) int {
	if i, ok := s.ids[stepKey(id)]; ok {
		return i
	}
	if !strings.HasPrefix(id, "pkg:") {
		if i, ok := s.says[id]; ok {
			return i
		}
		return -1
	}
	hub, ok := strings.CutPrefix(WithoutRevision(id), "pkg:huggingface/")
	if i, found := s.ends[hub]; ok && found && i >= 0 && s.list[i].ID != from.ID {
		return i
	}
	return -1
}

// stepKey is an id without its revision; a dataset may be called like a model.
func stepKey(id string) string {
	key := WithoutRevision(id)
	if _, qualifiers, _ := strings.Cut(id, "?"); strings.Contains(qualifiers, "type=dataset") {
		key += "?dataset"
	}
	return key
}

// WithoutRevision cuts the revision and the qualifiers out of an id, which then
// stands in lower case.
func WithoutRevision(id string) string {
	id, within, inside := strings.Cut(id, "#")
	id, _, _ = strings.Cut(id, "?")
	if at := strings.LastIndexByte(id, '@'); at > strings.LastIndexByte(id, '/') {
		id = id[:at]
	}
	if inside {
		id += "#" + within
	}
	return strings.ToLower(id)
}

// lastTwo is ORG/NAME of a name that ends so or, as tools write it into one
// folder, in ORG__NAME or ORG--NAME.
func lastTwo(name string) string {
	steps := strings.Split(strings.ToLower(name), "/")
	last := steps[len(steps)-1]
	for _, mark := range []string{"__", "--"} {
		if org, rest, ok := strings.Cut(strings.TrimPrefix(last, "models--"), mark); ok && org != "" && rest != "" {
			return org + "/" + rest
		}
	}
	if len(steps) < 2 {
		return ""
	}
	return steps[len(steps)-2] + "/" + last
}
