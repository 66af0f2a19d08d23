package rulebase

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/rukhsa/rukhsa/internal/lazyre"
	"github.com/rukhsa/rukhsa/internal/yamlpos"
)

// region is a group of countries that licenses name as one.
type region struct {
	Pos     yamlpos.Pos
	Name    string   `yaml:"name,required"`
	Meaning string   `yaml:"meaning,required"`
	Members []string `yaml:"members,required"` // ISO country codes
}

// regions is rules/regions.yaml.
type regions []region

const regionsPath = "regions.yaml"

// country is the form of an ISO 3166 country code.
var country = lazyre.New(`^[A-Z]{2}$`)

// readRegions reads the regions; a tree of rules may do without.
func readRegions(fsys fs.FS) (regions, error) {
	data, err := fs.ReadFile(fsys, regionsPath)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading rules: %w", err)
	}
	f, err := yamlpos.Decode[struct {
		Regions regions `yaml:"regions,required"`
	}](regionsPath, data, nil)
	if err != nil {
		return nil, err
	}
	var faults yamlpos.Faults
	for i, r := range f.Regions {
		fault := func(format string, args ...any) {
			faults = append(faults, yamlpos.Fault{File: regionsPath, Pos: r.Pos, Message: fmt.Sprintf(format, args...)})
		}
		if slices.ContainsFunc(f.Regions[:i], func(o region) bool { return o.Name == r.Name }) {
			fault("%s is listed twice", r.Name)
		}
		for k, m := range r.Members {
			if !country.MatchString(m) || slices.Contains(r.Members[:k], m) {
				fault("%s: %s is no ISO country code, or listed twice", r.Name, yamlpos.Quote(m))
			}
		}
	}
	return f.Regions, faults.Err()
}

func (rs regions) knows(word string) bool {
	return country.MatchString(word) || slices.ContainsFunc(rs, func(r region) bool { return r.Name == word })
}

// reach returns a list of places with the members of its regions and every
// region that has one of them: whoever is in a region may be in each of its
// countries.
func (rs regions) reach(list string) string {
	words := listWords(list)
	for _, r := range rs {
		if slices.Contains(words, r.Name) {
			words = append(words, r.Members...)
		}
	}
	for _, r := range rs {
		if slices.ContainsFunc(r.Members, func(m string) bool { return slices.Contains(words, m) }) {
			words = append(words, r.Name)
		}
	}
	slices.Sort(words)
	return strings.Join(slices.Compact(words), ", ")
}

func listWords(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
}

// widen fills the reach of the conditions that are lists.
func (b *Base) widen(list []Obligation) error {
	for i := range list {
		for k, c := range list[i].If {
			if f, ok := b.Fact(c.Fact); !ok || f.Kind != "list" {
				continue
			}
			rs, err := b.regions()
			if err != nil {
				return err
			}
			list[i].If[k].Reach = rs.reach(c.Value)
		}
	}
	return nil
}
