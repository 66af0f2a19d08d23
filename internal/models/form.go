package models

import "github.com/rukhsa/rukhsa/internal/yamlpos"

// The form of the files in Dir, one type per block of their YAML.

type text = yamlpos.At[string]

type words struct {
	Mirrors    []text `yaml:"mirrors,required"`
	Catalogues []text `yaml:"catalogues,required"`
	Leads      []text `yaml:"leads,required"`
	Variants   []text `yaml:"variants,required"`
}

type publisher struct {
	Publisher text      `yaml:"publisher,required"`
	Orgs      []text    `yaml:"orgs"`
	See       text      `yaml:"see"`
	Code      *fact     `yaml:"code"` // for those families that say nothing else
	Data      *fact     `yaml:"data"`
	Service   *terms    `yaml:"service"` // the same
	Families  []entry   `yaml:"families,required"`
	Review    reviewing `yaml:"review,required"`
}

type reviewing struct {
	By text `yaml:"by,required" enum:"reviewer"`
	On text `yaml:"on,required"`
}

type entry struct {
	Pos       yamlpos.Pos
	ID        text   `yaml:"id,required"`
	Name      text   `yaml:"name,required"`
	Kind      text   `yaml:"kind" enum:"kind"`
	Publisher text   `yaml:"publisher"`
	Names     []text `yaml:"names"`
	Short     []text `yaml:"short"`
	Orgs      []text `yaml:"orgs"`
	License   text   `yaml:"license"`
	Check     text   `yaml:"check"`
	Beside    text   `yaml:"beside"`
	Earlier   []old  `yaml:"earlier"`
	Released  text   `yaml:"released"`
	Modality  text   `yaml:"modality" enum:"modality"`
	Code      *fact  `yaml:"code"`
	Data      *fact  `yaml:"data"`
	MadeWith  []text `yaml:"made_with"`
	See       text   `yaml:"see"`
	Service   *terms `yaml:"service"`
}

type old struct {
	License text `yaml:"license,required"`
	Text    text `yaml:"text,required"`
}

type fact struct {
	Answer  text `yaml:"answer,required" enum:"answer"`
	Text    text `yaml:"text"`
	License text `yaml:"license"`
	AsOf    text `yaml:"as_of"`
	Source  text `yaml:"source"`
}

type terms struct {
	Terms     text  `yaml:"terms,required"`
	Outputs   *fact `yaml:"outputs,required"`
	Inputs    *fact `yaml:"inputs,required"`
	Retention *fact `yaml:"retention,required"`
	Price     *fact `yaml:"price,required"`
}

func lists() yamlpos.Lists {
	return yamlpos.Lists{
		"kind":     {string(Model), string(Dataset), string(Service)},
		"modality": {"text", "multimodal", "image", "audio", "embedding"},
		"answer":   {Yes, Partly, No, Depends, Unknown},
		"reviewer": {"machine", "person"},
	}
}
