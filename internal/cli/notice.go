package cli

import (
	"bytes"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rukhsa/rukhsa/internal/report"
)

func (a *app) noticeCommand() *cobra.Command {
	var out, from string
	var check bool
	s := &scanFlags{}
	c := &cobra.Command{
		Use:   "notice [TARGET...]",
		Short: "Write third-party notices: every linked module, its license texts and NOTICE contents",
		Long: "notice writes the file that has to travel with a program: every component that is linked into it and the\n" +
			"standard library, each license text once with the components it covers, copyright lines and NOTICE files.\n" +
			"With --check it writes nothing and says whether the file is up to date (exit 1 when it is not).",
		Example: "  rukhsa notice -o THIRD_PARTY_NOTICES.txt ./cmd/server\n  rukhsa notice --check -o THIRD_PARTY_NOTICES.txt",
		RunE: func(c *cobra.Command, args []string) error {
			if check && out == "" {
				return usagef("rukhsa notice --check -o FILE", "--check needs the file to compare with")
			}
			var r *report.Report
			var err error
			if from != "" {
				r, err = a.decode(from)
			} else {
				r, err = a.scan(c.Context(), s, args, true)
			}
			if err != nil {
				return err
			}
			return a.notice(r, strings.TrimPrefix(out, "text="), check)
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "write to this `FILE` instead of standard output")
	c.Flags().StringVar(&from, "report", "", "read this JSON `REPORT` (made with --texts) instead of scanning")
	c.Flags().BoolVar(&check, "check", false, "compare with the file instead of writing it")
	s.loaderFlags(c)
	return c
}

func (a *app) notice(r *report.Report, file string, check bool) error {
	f, _ := report.LookupFormat("notice")
	var buf bytes.Buffer
	if err := f.Write(&buf, r, report.Options{}); err != nil {
		return err
	}
	switch {
	case check:
		have, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if !bytes.Equal(have, buf.Bytes()) {
			a.note("%s is not up to date: rukhsa notice -o %s", file, file)
			return codeError(exitViolated)
		}
	case file != "":
		if err := writeFile(file, buf.Bytes()); err != nil {
			return err
		}
	default:
		if _, err := a.Out.Write(buf.Bytes()); err != nil {
			return err
		}
	}
	if !r.Complete {
		for _, line := range report.ErrorLines(r) {
			a.note("%s", line)
		}
		return codeError(exitIncomplete)
	}
	return nil
}
