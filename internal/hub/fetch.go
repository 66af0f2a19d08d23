package hub

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/rukhsa/rukhsa/internal/diag"
)

// budget is what may still be asked for one repository.
type budget struct {
	requests int
	bytes    int64
}

// request is one thing that is asked of the endpoint.
type request struct {
	what   string // how messages call it
	url    *url.URL
	first  int64 // a range, where last > 0
	last   int64
	limit  int64 // bytes of the body
	exact  bool  // a body of more than limit bytes is not what was stated
	cross  bool  // it may be redirected to another server
	etag   string
	budget *budget
}

// answer is what came back.
type answer struct {
	body []byte
	// from and size are of a range: where it begins, and how long the file is;
	// size is -1 where the server does not tell.
	from, size int64
	url        *url.URL // where the endpoint itself answered
}

// temporary is a failure after which the same request may succeed.
type temporary struct {
	why   string
	after time.Duration // how long the server asks to wait; 0: it does not say
}

func (t *temporary) Error() string { return t.why }

func problem(kind diag.Kind, what, help, format string, args ...any) *diag.Problem {
	return &diag.Problem{Path: what, Kind: kind, Help: help, Message: fmt.Sprintf(format, args...)}
}

// get makes a request, and again a bounded number of times where that may
// help. Errors are *diag.Problem, but for that of the context.
func (c *Client) get(ctx context.Context, r request) (*answer, error) {
	for attempt := 1; ; attempt++ {
		a, err := c.once(ctx, r)
		var again *temporary
		switch {
		case err == nil:
			return a, nil
		case ctx.Err() != nil && !errors.Is(context.Cause(ctx), errTime):
			return nil, context.Cause(ctx)
		case ctx.Err() != nil:
			return nil, problem(diag.Timeout, r.what, "scan a download of the repository instead", "%v", errTime)
		case !errors.As(err, &again):
			return nil, err
		}
		wait := max(again.after, time.Second/2<<(attempt-1))
		switch {
		case attempt == Attempts:
			return nil, problem(diag.Unreadable, r.what, "try again later, or scan a download of the repository", "%s (%d attempts)", again.why, attempt)
		case wait > MaxWait:
			return nil, problem(diag.Unreadable, r.what, "try again later", "%s, and asks to wait %v", again.why, wait)
		}
		if err := c.wait(ctx, wait); err != nil && ctx.Err() == nil {
			return nil, err
		}
	}
}

// errTime is the cause of a context that MaxTime ended.
var errTime = fmt.Errorf("the repository was not read after %v", MaxTime)

// once makes a request and follows its redirects.
func (c *Client) once(ctx context.Context, r request) (*answer, error) {
	u, a := r.url, &answer{size: -1}
	for hop := 0; ; hop++ {
		resp, err := c.send(ctx, r, u)
		if err != nil {
			return nil, err
		}
		if c.own(u) {
			a.url = u
			if err := r.holds(resp.Header); err != nil {
				resp.Body.Close()
				return nil, err
			}
		}
		if resp.StatusCode < 300 || resp.StatusCode > 399 {
			defer resp.Body.Close()
			return a, r.read(resp, a)
		}
		resp.Body.Close()
		if u, err = c.redirected(r, u, resp, hop); err != nil {
			return nil, err
		}
	}
}

func (c *Client) send(ctx context.Context, r request, u *url.URL) (*http.Response, error) {
	if r.budget.requests--; r.budget.requests < 0 {
		p := problem(diag.Limit, r.what, "scan a download of the repository", "more requests than a repository may need")
		p.Limit, p.Actual = MaxRequests, MaxRequests+1
		return nil, p
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, problem(diag.Malformed, r.what, "look at the repository by hand", "an address that cannot be asked")
	}
	req.Header.Set("User-Agent", c.Agent)
	req.Header.Set("Accept-Encoding", "identity")
	if r.last > 0 {
		req.Header.Set("Range", fmt.Sprintf("bytes=%d-%d", r.first, r.last))
	}
	if c.Token != "" && c.own(u) {
		req.Header.Set("Authorization", "Bearer "+c.Token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, failed(r, err)
	}
	return resp, nil
}

// failed says why no answer came, without the address: a signed one is a
// secret.
func failed(r request, err error) error {
	var cert *tls.CertificateVerificationError
	if errors.As(err, &cert) {
		return problem(diag.Unreadable, r.what, "check HF_ENDPOINT, and the proxy between", "the server's certificate is not trusted: %v", cert.Err)
	}
	if outer := new(url.Error); errors.As(err, &outer) {
		err = outer.Err
	}
	if t, ok := err.(interface{ Timeout() bool }); ok && t.Timeout() {
		return &temporary{why: fmt.Sprintf("no answer within %v", Timeout)}
	}
	return &temporary{why: err.Error()}
}

// redirected is where an answer leads.
func (c *Client) redirected(r request, from *url.URL, resp *http.Response, hop int) (*url.URL, error) {
	const help = "check HF_ENDPOINT, and the proxy between"
	to, err := resp.Location()
	switch {
	case err != nil:
		return nil, problem(diag.Malformed, r.what, help, "the server answers %s, and not where to go", resp.Status)
	case hop == MaxRedirects:
		return nil, problem(diag.Limit, r.what, help, "more than %d redirects", MaxRedirects)
	case to.User != nil || to.Scheme != "https" && (to.Scheme != "http" || from.Scheme != "http"):
		return nil, problem(diag.Unsupported, r.what, help, "a redirect to an address that is not https")
	case !c.own(to) && !r.cross:
		return nil, problem(diag.Unsupported, r.what, help, "a redirect to another server, %s", to.Host)
	case c.own(to) && !c.own(from):
		return nil, problem(diag.Unsupported, r.what, help, "another server leads back to %s", to.Host)
	}
	return to, nil
}

// holds compares what the endpoint says of a file with what its list says.
func (r *request) holds(h http.Header) error {
	if r.etag == "" {
		return nil
	}
	tag := h.Get("X-Linked-Etag")
	if tag == "" {
		tag = h.Get("Etag")
	}
	tag = strings.ToLower(strings.Trim(strings.TrimPrefix(tag, "W/"), `"`))
	if len(tag) == len(r.etag) && isHex(tag) && tag != r.etag {
		return problem(diag.Mismatch, r.what, "scan again; the repository may have changed meanwhile", "the server has a file of another digest than its list states")
	}
	return nil
}

func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}

// read takes the body of the last answer.
func (r *request) read(resp *http.Response, a *answer) error {
	if err := r.status(resp); err != nil {
		return err
	}
	if enc := resp.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return problem(diag.Unsupported, r.what, "check HF_ENDPOINT, and the proxy between", "an answer packed as %.20q, which was not asked for", enc)
	}
	want := int64(-1)
	switch {
	case r.last > 0 && resp.StatusCode == http.StatusPartialContent:
		if err := r.ranged(resp, a); err != nil {
			return err
		}
		want = min(r.last+1, a.size) - r.first
	case r.last > 0 && r.first > 0:
		return problem(diag.Unsupported, r.what, "scan a download of the repository", "the server does not send parts of a file")
	case r.last > 0: // the whole file: its beginning is what was asked for
		a.size = resp.ContentLength
		want = r.last + 1
		if a.size >= 0 {
			want = min(want, a.size)
		}
	}
	limit := r.limit
	if want >= 0 {
		limit = want
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if r.budget.bytes -= int64(len(body)); r.budget.bytes < 0 {
		return r.over("bytes of one repository", MaxBytes)
	}
	switch {
	case r.last > 0 && resp.StatusCode != http.StatusPartialContent && int64(len(body)) > limit:
		body = body[:limit]
	case int64(len(body)) > limit && (want >= 0 || r.exact):
		return problem(diag.Mismatch, r.what, "look at the file by hand", "the answer is longer than stated")
	case int64(len(body)) > limit:
		return r.over("bytes", limit)
	case err != nil:
		return &temporary{why: "the answer ended too early"}
	case want >= 0 && int64(len(body)) < want && a.size >= 0:
		return &temporary{why: "the answer is shorter than stated"}
	}
	a.body = body
	return nil
}

func (r *request) over(what string, limit int64) error {
	p := problem(diag.Limit, r.what, "scan a download of the repository", "%s: over the limit of %d", what, limit)
	p.Limit, p.Actual = limit, limit+1
	return p
}

// ranged checks that a part of a file is the one that was asked for.
func (r *request) ranged(resp *http.Response, a *answer) error {
	span, size, ok := strings.Cut(strings.TrimPrefix(resp.Header.Get("Content-Range"), "bytes "), "/")
	first, _, _ := strings.Cut(span, "-")
	from, err := strconv.ParseInt(first, 10, 64)
	total, err2 := strconv.ParseInt(size, 10, 64)
	if !ok || err != nil || err2 != nil || from != r.first || total <= from {
		return problem(diag.Malformed, r.what, "scan a download of the repository", "the server sent another part of the file than was asked for")
	}
	a.from, a.size = from, total
	return nil
}

// status tells what a status that is not success means.
func (r *request) status(resp *http.Response) error {
	code := resp.Header.Get("X-Error-Code")
	switch s := resp.StatusCode; {
	case s == http.StatusOK || s == http.StatusPartialContent && r.last > 0:
		return nil
	case code == "GatedRepo":
		return problem(diag.Unreadable, r.what, "accept its terms on the Hub, and set HF_TOKEN to a token that may read it", "the repository is gated: its files are for those who accepted its terms")
	case code == "RevisionNotFound":
		return problem(diag.Missing, r.what, "write a branch, a tag or a commit of the repository behind @", "the repository has no such revision")
	case s == http.StatusUnauthorized || s == http.StatusForbidden || code == "RepoNotFound":
		return problem(diag.Unreadable, r.what, "check the name; for a private repository set HF_TOKEN", "no such repository, or one that this token may not read (%s)", resp.Status)
	case s == http.StatusNotFound:
		return problem(diag.Missing, r.what, "check the name: hf:ORG/NAME for a model, hf:datasets/ORG/NAME for a dataset", "the server has nothing of that name")
	case s == http.StatusTooManyRequests || s == http.StatusRequestTimeout || s >= 500 && s != http.StatusNotImplemented:
		return &temporary{why: "the server answers " + resp.Status, after: retryAfter(resp.Header.Get("Retry-After"))}
	default:
		return problem(diag.Unreadable, r.what, "check HF_ENDPOINT, and the proxy between", "the server answers %s", resp.Status)
	}
}

// retryAfter reads seconds or a date.
func retryAfter(s string) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return time.Duration(min(n, 1<<20)) * time.Second
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(at).Round(time.Second))
	}
	return 0
}
