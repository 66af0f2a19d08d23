package detect

import (
	"slices"
	"testing"
)

func TestCopyrightLines(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want []string
	}{
		{"Copyright (c) 2014 Somebody\n", []string{"Copyright (c) 2014 Somebody"}},
		{" * © 2003 Somebody\n", []string{"© 2003 Somebody"}},
		{"copyright (c) Somebody Inc.\n", []string{"copyright (c) Somebody Inc."}},
		{"(c) 2019 Somebody\n(c) 2019 Somebody\n", []string{"(c) 2019 Somebody"}},
		{"a\n\nPortions © 2018 B\nc\n(C) 2019 D\ne\nCOPYRIGHT 2020 F", []string{"Portions © 2018 B", "(C) 2019 D", "COPYRIGHT 2020 F"}},
		{"\xa9 2001 Ren\xe9", []string{"© 2001 René"}},
		// Clauses and sentences of licenses are no notices.
		{"      (c) You must retain, in the Source form of any Derivative Works\n", nil},
		{"copyright starting in 2011 when the project was ported over:\n", nil},
		{"The above copyright notice and this permission notice\n", nil},
		{"Copyright [yyyy] [name of copyright owner]\n", nil},
	} {
		if got := copyrights([]byte(tt.in)); !slices.Equal(got, tt.want) {
			t.Errorf("copyrights(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}
