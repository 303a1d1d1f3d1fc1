# The few commands that a person needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.ONESHELL:
MAKEFLAGS += --no-print-directory

PYTHON := .venv/bin/python
SYNCED := .venv/.synced
WEB_SYNCED := web/node_modules/.synced
WEB_SOURCES := $(shell find web docs/api shared/data/districts_bw.csv -type f \
	-not -path '*/node_modules/*' -not -path 'web/dist/*' -not -path '*/generated/*')

##@ Start here
help: ## List the targets.
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SYNCED) ## Make the Python environment (only when a lock changed).

$(SYNCED): requirements-dev.txt .python-version tools/bootstrap
	@tools/bootstrap

$(WEB_SYNCED): $(SYNCED) web/package-lock.json web/.npmrc
	@tools/npm ci --silent
	touch $@

web: web/dist/index.html ## Build the web client (only when a source changed).

web/dist/index.html: $(WEB_SYNCED) $(WEB_SOURCES)
	@tools/npm run --silent build
	touch $@

##@ Run the system on this machine
run: $(SYNCED) web ## Start Kafka, the store, the mail sink, all services and the gateway.
	@tools/prerequisites
	$(PYTHON) -m deploy.local up

stop: $(SYNCED) ## Stop everything that `make run` started; data stays.
	@$(PYTHON) -m deploy.local down

status: $(SYNCED) ## Say what runs, where, and whether it is ready.
	@$(PYTHON) -m deploy.local status

logs: $(SYNCED) ## Follow the logs of every process.
	@$(PYTHON) -m deploy.local logs

reset: $(SYNCED) ## Delete data, mail and logs of the stopped system.
	@$(PYTHON) -m deploy.local reset

demo: $(SYNCED) ## Fill the running system with a network, courses and bookings.
	@$(PYTHON) -m tools.demo

smoke: $(SYNCED) ## Book one seat through the running system and follow its event.
	@$(PYTHON) -m tools.smoke

##@ Check a change
test: $(SYNCED) web ## Run every test but the long ones (TESTS=path picks some).
	@tools/prerequisites
	@tools/browser
	$(if $(TESTS),,@tools/npm test --silent)
	$(PYTHON) -m pytest -m "not long" $(TESTS)

lint: $(SYNCED) $(WEB_SYNCED) ## Run every static gate; warnings are errors (CHECKS="ruff mypy" picks some).
	@$(PYTHON) -m tools.lint $(CHECKS)

format: $(SYNCED) $(WEB_SYNCED) ## Format the code and mend what ruff can mend by itself.
	@.venv/bin/ruff check --fix-only --quiet .
	.venv/bin/ruff format .
	tools/npm run --silent format

faults: $(SYNCED) ## Kill, pause and cut off processes at every step, and fuzz the API (long).
	@tools/prerequisites
	$(PYTHON) -m pytest tests/faults
	FUZZ_EXAMPLES=50 $(PYTHON) -m pytest tests/integration/permissions/test_strange_requests.py

bench: $(SYNCED) ## Measure throughput, latency and the planner as ratios (long).
	@tools/prerequisites
	$(PYTHON) -m bench
	$(PYTHON) -m bench planner

##@ Keep it up to date
lock: $(SYNCED) ## Write both locks anew from pyproject.toml (UPGRADE=1 takes newer versions).
	@$(PYTHON) -m tools.locks write $(if $(UPGRADE),--upgrade)

docs: $(SYNCED) ## Write docs/events (AsyncAPI), docs/api (OpenAPI) and docs/permissions.md anew from the code.
	@$(PYTHON) -m tools.docs

.PHONY: help setup web run stop status logs reset demo smoke test lint format faults bench lock docs
