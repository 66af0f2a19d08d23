// Package hub reads repositories of the Hugging Face Hub, or of a server that
// answers as it does, as trees of files. It alone opens a socket, and only for a
// target that asks for it (--hub).
//
// A repository is pinned first: the Hub's answer about it names the commit and
// all its files, and every file is then read at that commit and held against
// the digest that the answer states. Of weights only the ranges that a reader
// looks at are fetched. Everything is bounded: bytes, requests and time.
//
// A token goes to the endpoint's own scheme, host and port and nowhere else;
// files may be redirected to another server, which is told nothing.
package hub

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The limits of what is asked of a server for one repository.
const (
	MaxBody      = 16 << 20         // bytes of one answer or file
	MaxBytes     = 256 << 20        // bytes in all
	MaxRequests  = 1000             // with redirects and retries
	MaxRedirects = 3                // of one request
	MaxTime      = 10 * time.Minute // in all
	Timeout      = 30 * time.Second // of one request with its body
	// Attempts is how often a request is made that fails for now, and MaxWait
	// how long a server may ask to wait before the next.
	Attempts = 4
	MaxWait  = 30 * time.Second
)

// DefaultEndpoint is the Hub itself.
const DefaultEndpoint = "https://huggingface.co"

// Config is what the environment says of the Hub.
type Config struct {
	Endpoint *url.URL
	Token    string
	Offline  bool
	// Agent is the User-Agent of requests.
	Agent string
}

// FromEnv reads HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE. A wrong value is an
// error that names the variable.
func FromEnv(getenv func(string) string, version string) (Config, error) {
	c := Config{Token: strings.TrimSpace(getenv("HF_TOKEN")), Agent: "rukhsa/" + strings.Trim(version, "()")}
	c.Offline = slices.Contains([]string{"1", "ON", "YES", "TRUE"}, strings.ToUpper(getenv("HF_HUB_OFFLINE")))
	raw := strings.TrimRight(strings.TrimSpace(getenv("HF_ENDPOINT")), "/")
	if raw == "" {
		raw = DefaultEndpoint
	}
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return c, errors.New("HF_ENDPOINT is no address of a server: write it as " + DefaultEndpoint)
	}
	if strings.ContainsFunc(c.Token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return c, errors.New("HF_TOKEN holds characters that no token has")
	}
	if c.Token != "" && u.Scheme != "https" && !loopback(u.Hostname()) {
		return c, errors.New("HF_TOKEN would travel unencrypted to HF_ENDPOINT: use https, or unset HF_TOKEN")
	}
	c.Endpoint = u
	return c, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Client asks one endpoint. It is safe for concurrent use.
type Client struct {
	Config
	http *http.Client
	wait func(context.Context, time.Duration) error
}

// New returns a client; it opens nothing yet.
func New(c Config) *Client {
	t := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DisableCompression: true, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 2,
		TLSHandshakeTimeout: Timeout, ResponseHeaderTimeout: Timeout, MaxResponseHeaderBytes: 256 << 10,
	}
	return &Client{Config: c, wait: sleep, http: &http.Client{
		Transport: t, Timeout: Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}

// origin is what a token is bound to.
func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return strings.ToLower(u.Scheme + "://" + net.JoinHostPort(u.Hostname(), port))
}

// own reports whether an address belongs to the endpoint.
func (c *Client) own(u *url.URL) bool { return origin(u) == origin(c.Endpoint) }

// address is that of a path below the endpoint, whose parts are escaped.
func (c *Client) address(path, query string) (*url.URL, error) {
	u, err := url.Parse(c.Endpoint.String() + "/" + path)
	if err != nil {
		return nil, fmt.Errorf("no address: %w", err)
	}
	u.RawQuery = query
	return u, nil
}
