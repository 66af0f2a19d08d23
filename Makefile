# Everything here needs Go and nothing else, but for `corpus` (python3 and the
# tables of ../shared) and `oracle`, `compare` (a Go project in DIR).

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
SHARED = ../shared

.PHONY: all build test race lint fuzz bench update generate corpus oracle compare ci clean

all: build test

build:
	go build -o bin/rukhsa ./cmd/rukhsa

test:
	go test ./...

race:
	go test -race -short ./...

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l . ; exit 1; }
	go vet ./...
	go run $(STATICCHECK) ./...
	go mod tidy -diff

ci: lint test race build
