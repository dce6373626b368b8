# What CI runs, by name. `make ci` is all of it.

GO            ?= go
GOLANGCI      ?= v2.15.0
GOVULNCHECK   ?= v1.1.4
FUZZTIME      ?= 20000x
FUZZPROCS     ?= 2
SOAK          ?= 1000000
BENCHTIME     ?= 1s
PRISM         ?= 5.16.0
PACKAGES      := ./... ./.ci/readme ./.ci/schemathesis ./.ci/bench ./.ci/documents

.PHONY: help build test race lint fmt vet fuzz readme faults schemathesis soak bench profile documents bench-smoke benchmarks vuln ci clean

# Public documents of some twenty operations, where they are there.
CORPUS := petstore-v3.yaml museum.yaml http-patch-spring.json stateful-users.yaml kin-petstore-expanded.json \
	tictactoe.yaml oai-link-example.yaml season-nullable-allof-microcks.yaml cars-microcks-3.1.yaml pastry-microcks.yaml

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "%-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build the command into ./understudy
	CGO_ENABLED=0 $(GO) build -trimpath -o understudy ./cmd/understudy

test: ## run the tests
	$(GO) test $(PACKAGES)

race: ## run the tests under the race detector
	$(GO) test -race -timeout 40m $(PACKAGES)

fmt: ## fail when a file is not formatted
	@files="$$(gofmt -l .)" || exit 1; \
	if [ -n "$$files" ]; then echo "not formatted (run gofmt -w):"; echo "$$files"; exit 1; fi

vet: ## run go vet
	$(GO) vet $(PACKAGES)

lint: ## run the linters of .golangci.yml
	$(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI) run $(PACKAGES)

fuzz: ## run every fuzz target FUZZTIME times
	@GO="$(GO)" FUZZTIME="$(FUZZTIME)" FUZZPROCS="$(FUZZPROCS)" bash .ci/fuzz

readme: ## run the examples of the README, and the tests of what runs them
	$(GO) test ./.ci/readme
	$(GO) run ./.ci/readme README.md

faults: ## run the whole suite against every faulty server
	UNDERSTUDY_ALL_FAULTS=1 $(GO) test ./contract -run '^Test(Faults|Variations)' -count 1 -timeout 30m

schemathesis: dist/schemathesis/installed ## let Schemathesis test the mocks of several documents
	$(GO) run ./.ci/schemathesis -run dist/schemathesis/bin/schemathesis commerce $(wildcard $(CORPUS:%=../shared/corpus/%))

dist/schemathesis/installed: .ci/schemathesis/requirements.txt
	python3 -m venv dist/schemathesis
	dist/schemathesis/bin/pip --quiet --disable-pip-version-check install --requirement $<
	touch $@

soak: ## send SOAK random requests to a server
	$(GO) test ./mockserver -run '^TestSoak$$' -count 1 -v -timeout 2h -args -soak $(SOAK)

bench: dist/understudy ## measure real processes against each other and write docs/bench.md; Prism joins where npm is
	@command -v npm >/dev/null && $(MAKE) --no-print-directory dist/prism/$(PRISM) || echo "no npm: without Prism"
	$(GO) run ./.ci/bench -understudy dist/understudy -out docs/bench.md $(if $(shell command -v npm),-prism dist/prism/node_modules/.bin/prism) \
		docs/cats.yaml $(wildcard ../shared/corpus/petstore-v3.yaml)

profile: dist/understudy ## write CPU and heap profiles of a loaded server to dist/
	$(GO) run ./.ci/bench -understudy dist/understudy -profile dist

documents: dist/understudy ## measure what it takes to serve DOCUMENTS: real processes, asked with curl
	$(GO) run ./.ci/documents -understudy dist/understudy $(DOCUMENTS)

bench-smoke: dist/understudy ## see that what bench measures with works
	$(GO) run ./.ci/bench -understudy dist/understudy -rounds 1 -requests 256 -records 1000 -sessions 50 docs/cats.yaml

dist/prism/$(PRISM):
	npm install --silent --no-audit --no-fund --prefix dist/prism @stoplight/prism-cli@$(PRISM)
	touch $@

.PHONY: dist/understudy
dist/understudy:
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o $@ ./cmd/understudy

benchmarks: ## run the benchmarks beside the code
	$(GO) test -run '^$$' -bench . -benchmem -benchtime $(BENCHTIME) $(PACKAGES)

vuln: ## look for known vulnerabilities; needs the network, so CI does not
	$(GO) run golang.org/x/vuln/cmd/govulncheck@$(GOVULNCHECK) ./...

ci: ## all that CI runs
	@bash .ci/run

clean: ## remove what was built
	rm -rf understudy dist
