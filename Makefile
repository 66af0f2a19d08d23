# `make test` needs Go and nothing else. `corpus` scores against the tables of
# $(SHARED) with python3; `oracle` and `compare` want Go projects in DIR, with
# their modules in the module cache (go mod download).

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
SPDX_LIST = github.com/github/go-spdx/v2@v2.8.0
SHARED ?= ../shared
N ?= 20
FUZZ ?= 20000x

.PHONY: all build test race lint fuzz bench update tables generate corpus oracle compare ci clean

all: build test

build:
	CGO_ENABLED=0 go build -trimpath -o bin/rukhsa ./cmd/rukhsa

test:
	go test ./...

race:
	go test -race -short ./...

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	go mod tidy -diff

fuzz:
	@for p in $$(grep -rl '^func Fuzz' --include=*_test.go internal | xargs -n1 dirname | sort -u); do \
	  for f in $$(grep -rho '^func Fuzz[A-Za-z0-9_]*' $$p/*_test.go | cut -c6-); do \
	    echo "$$p $$f"; go test ./$$p -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZ) -fuzzminimizetime 2s || exit 1; done; done

bench:
	go test -run '^$$' -bench . -benchmem ./...

update:
	go test ./internal/report ./internal/cli -update

# The SPDX license list as go-spdx carries it; a new version is a new SPDX_LIST.
tables:
	go run ./internal/spdx/gentables "$$(go mod download -json $(SPDX_LIST) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p')/cmd"

generate:
	go run ./internal/detect/engine/gen
	go run ./internal/rulebase/genindex

corpus:
	go run ./internal/corpus -shared $(SHARED)

oracle:
	go run ./internal/gomod/oracle $(DIR)

compare: build
	go run ./internal/bench -n $(N) bin/rukhsa $(DIR)

ci: lint test race build

clean:
	rm -rf bin
