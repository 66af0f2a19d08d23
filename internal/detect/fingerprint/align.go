package fingerprint

// A run is a stretch of consecutive words that text and license have in common.
type run struct {
	t, l, n int32 // first word in the text and in the license; number of words
}

// A candidate is a chain, aligned: which words of the text are which words of
// the license.
type candidate struct {
	entry     int
	hits      slice // of finder.inChain
	runs      slice // of finder.runs
	spans     slice // of finder.spans: words of the text that are explained, by settle
	explained int   // words of the text
	missing   int   // required words of the license
	swapped   int   // missing ones in whose place other words stand, by settle
	required  int   // words of the license that must be there
	doubtful  int   // words that may turn out to be misspelt
	chosen    bool
}

// score is what candidates for one place are compared by.
func (c *candidate) score() int { return c.explained - c.missing }

// differences counts the words that only one of license and text has, from the
// first run to the last.
func (c *candidate) differences(runs []run) int {
	first, last := runs[c.runs.from], runs[c.runs.to-1]
	return c.missing + int(last.t+last.n-first.t) - c.explained
}

// coverage is the fraction of the license that is there.
func (c *candidate) coverage() float64 { return 1 - float64(c.missing)/float64(c.required) }

// aligner is the scratch memory of aligning one candidate.
type aligner struct {
	text  []byte // check bytes of the text
	lic   string // check bytes of the license
	runs  []run
	seeds []run
	parts []part

	// Of settle.
	f       *finder
	table   *table
	entry   int
	at      []int32 // for each word of the license the word of the text, or -1
	proved  []bool  // for each word of the license: a hash says that it is there
	guesses []guess
	guessOf []int32           // for each word of the license its guess, or -1
	alts    []uint64          // hashes of guesses
	read    map[int32]reading // words of the license that are spelt otherwise
	open    []guess           // of the block that is looked at
}

// Limits of the search for the place where text and license agree again.
const (
	maxSkip = 14 // words skipped on both sides together
	resync  = 3  // words that have to agree
)

// align finds the words that the chain's license and the text have in common.
func (f *finder) align(c *chain) candidate {
	a := &f.aligner
	t, e := f.x.entry(int(c.entry))
	a.text, a.lic = f.checks, t.checksOf(e)
	a.parts = t.partsOf(a.parts[:0], e)
	a.seed(f.inChain[c.hits.from:c.hits.to])
	a.extend()
	out := candidate{entry: int(c.entry), hits: c.hits, required: t.field(e, enRequired)}
	out.runs.from = int32(len(f.runs))
	f.runs = append(f.runs, a.runs...)
	out.runs.to = int32(len(f.runs))
	out.count(a.runs, a.parts)
	return out
}

// count sums up what the runs explain and what they leave out.
func (c *candidate) count(runs []run, parts []part) {
	c.missing = c.required
	p := 0
	for i, r := range runs {
		c.explained += int(r.n)
		for l, end := int(r.l), int(r.l+r.n); l < end; {
			for parts[p].end <= l {
				p++
			}
			stop := min(end, parts[p].end)
			if !parts[p].optional {
				c.missing -= stop - l
			}
			l = stop
		}
		if i > 0 {
			t, l := runs[i-1].t+runs[i-1].n, runs[i-1].l+runs[i-1].n
			if d := max(r.t-t, r.l-l); d <= maxPairs {
				c.doubtful += int(d)
			}
		}
	}
	c.doubtful += 2 * maxPairs // at the beginning and the end
}

// seed turns hits into runs that do not overlap.
func (a *aligner) seed(hits []hit) {
	a.runs = a.runs[:0]
	for _, h := range hits {
		r := run{h.t, h.l, BlockWords}
		if n := len(a.runs); n > 0 {
			last := &a.runs[n-1]
			if r.t-r.l == last.t-last.l && r.l <= last.l+last.n {
				last.n = r.l + r.n - last.l
				continue
			}
			over := max(last.t+last.n-r.t, last.l+last.n-r.l, 0)
			r = run{r.t + over, r.l + over, r.n - over}
			if r.n <= 0 {
				continue
			}
		}
		a.runs = append(a.runs, r)
	}
}

// extend makes the runs longer and finds those between them.
func (a *aligner) extend() {
	a.runs, a.seeds = a.seeds[:0], a.runs
	a.head(a.seeds[0])
	for _, s := range a.seeds[1:] {
		a.gap(&s)
		a.push(s)
	}
	a.tail()
}

// push appends a run, or joins it to the last.
func (a *aligner) push(r run) {
	if n := len(a.runs); n > 0 {
		last := &a.runs[n-1]
		if last.t+last.n == r.t && last.l+last.n == r.l {
			last.n += r.n
			return
		}
	}
	a.runs = append(a.runs, r)
}

// same reports whether a word of the text and one of the license may be equal.
func (a *aligner) same(t, l int32) bool { return a.text[t] == a.lic[l] }

// ahead counts the words that agree from t, l on, up to tEnd and lEnd.
func (a *aligner) ahead(t, l, tEnd, lEnd int32) int32 {
	n := int32(0)
	for end := min(tEnd-t, lEnd-l); n < end && a.same(t+n, l+n); {
		n++
	}
	return n
}

// back counts the words that agree before t, l, down to tMin and lMin.
func (a *aligner) back(t, l, tMin, lMin int32) int32 {
	n := int32(0)
	for end := min(t-tMin, l-lMin); n < end && a.same(t-n-1, l-n-1); {
		n++
	}
	return n
}

// gap fills the space between the last run and the next one.
func (a *aligner) gap(next *run) {
	last := &a.runs[len(a.runs)-1]
	last.n += a.ahead(last.t+last.n, last.l+last.n, next.t, next.l)
	n := a.back(next.t, next.l, last.t+last.n, last.l+last.n)
	next.t, next.l, next.n = next.t-n, next.l-n, next.n+n
	a.forward(next.t, next.l)
}

// forward goes on from the last run up to tEnd, lEnd: it skips a few words on
// either side wherever text and license agree again soon.
func (a *aligner) forward(tEnd, lEnd int32) {
	for {
		last := &a.runs[len(a.runs)-1]
		t, l := last.t+last.n, last.l+last.n
		i, j, ok := a.meet(t, l, tEnd, lEnd)
		if !ok {
			a.opposite(t, l, tEnd, lEnd)
			return
		}
		t, l = t+i, l+j
		a.push(run{t, l, a.ahead(t, l, tEnd, lEnd)})
	}
}

// meet finds the nearest place after t, l where resync words agree.
func (a *aligner) meet(t, l, tEnd, lEnd int32) (i, j int32, ok bool) {
	for skip := int32(1); skip <= maxSkip; skip++ {
		// The same number of words on both sides first: one was replaced.
		for k := range skip + 1 {
			i = skip/2 + (k+1)/2*(2*(k&1)-1)
			j = skip - i
			if i < 0 || j < 0 || t+i+resync > tEnd || l+j+resync > lEnd {
				continue
			}
			if a.ahead(t+i, l+j, t+i+resync, l+j+resync) == resync {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// opposite takes the words that agree in a small space with as many words of
// the text as of the license.
func (a *aligner) opposite(t, l, tEnd, lEnd int32) {
	if tEnd-t != lEnd-l || tEnd-t > maxSkip {
		return
	}
	for ; t < tEnd; t, l = t+1, l+1 {
		if a.same(t, l) {
			a.push(run{t, l, 1})
		}
	}
}

// slack is how many more words than the license has may stand before its first
// or after its last run for its first or last word to be looked for there.
const slack = 64

// head begins the runs with what precedes the first one.
func (a *aligner) head(first run) {
	tMin := max(0, first.t-first.l-slack)
	var before []run
	r := first
	for {
		n := a.back(r.t, r.l, tMin, 0)
		r.t, r.l, r.n = r.t-n, r.l-n, r.n+n
		before = append(before, r)
		i, j, ok := a.meetBack(r.t, r.l, tMin)
		if !ok {
			break
		}
		r = run{r.t - i, r.l - j, 0}
	}
	for k := len(before) - 1; k >= 0; k-- {
		a.push(before[k])
	}
}

// meetBack finds the nearest place before t, l where resync words agree.
func (a *aligner) meetBack(t, l, tMin int32) (i, j int32, ok bool) {
	for skip := int32(1); skip <= maxSkip; skip++ {
		for k := range skip + 1 {
			i = skip/2 + (k+1)/2*(2*(k&1)-1)
			j = skip - i
			if i < 0 || j < 0 || t-i-resync < tMin || l-j-resync < 0 {
				continue
			}
			if a.back(t-i, l-j, t-i-resync, l-j-resync) == resync {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// tail goes on after the last run.
func (a *aligner) tail() {
	last := &a.runs[len(a.runs)-1]
	lEnd := int32(len(a.lic))
	tEnd := min(int32(len(a.text)), last.t+last.n+lEnd-last.l-last.n+slack)
	last.n += a.ahead(last.t+last.n, last.l+last.n, tEnd, lEnd)
	a.forward(tEnd, lEnd)
}
