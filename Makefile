# Wufei (无废). The two commands: `make run` (the demo) and `make test` (everything).
# Variables: PYTHON (3.11), PORT (of the demo), PLANS (folder for accept), FULL=1 (bench at the stated sizes).

PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
VENDOR := src/wufei/web/static/vendor

.PHONY: help run setup test check format bench soak accept screenshots lock clean

help: ## list the commands
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(VENV)/.run $(VENDOR)/.done ## set everything up and open the demo
	$(BIN)/wufei demo --port $(PORT)

setup: $(VENV)/.dev $(VENDOR)/.done ## set up for development (Python, web assets, Chromium for tests)

test: setup ## all checks and all tests
	$(BIN)/python -m tools.browser
	$(BIN)/python -m tools.old_postgres
	$(BIN)/python -m tools.checks
	$(BIN)/python -m tools.tests

check: $(VENV)/.dev ## format, lint, types, contracts, licences, core tests (a minute)
	$(BIN)/python -m tools.checks --core

format: $(VENV)/.dev ## write the house format into the files
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

bench: setup ## ratios of speed and memory, written to bench.json (FULL=1: stated sizes)
	$(BIN)/python -m benchmarks $(if $(FULL),--full)

soak: setup ## kills, long properties, load
	$(BIN)/python -m tools.soak

accept: setup ## checks on real plan files: make accept PLANS=DIR
	$(BIN)/python -m tools.accept "$(PLANS)"

screenshots: setup ## pictures of the running demo for README and docs
	$(BIN)/python -m tools.screenshots

lock: $(VENV)/.dev ## pin versions and hashes again from pyproject.toml and package.json
	$(BIN)/python -m tools.lock

clean: ## remove what set-up and tests made; the demo's data stays
	rm -rf $(VENV) node_modules $(VENDOR) build .mypy_cache .ruff_cache .pytest_cache .hypothesis bench.json

$(VENV)/bin/python:
	$(or $(shell command -v $(PYTHON)),python3) -m venv $(VENV)

# Built in one place, so that both kinds of set-up install the project itself the same way.
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

$(VENV)/.run: requirements/run.txt pyproject.toml | $(VENV)/bin/python
	test -e $(VENV)/.dev || $(INSTALL) --require-hashes --no-deps -r requirements/run.txt
	$(INSTALL) --no-deps --editable .
	touch $@

$(VENV)/.dev: requirements/dev.txt pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes --no-deps -r requirements/dev.txt
	$(INSTALL) --no-deps --editable .
	touch $@ $(VENV)/.run

$(VENDOR)/.done: package-lock.json src/wufei/web/assets.py $(wildcard src/wufei/web/locale/*/LC_MESSAGES/*.po) | $(VENV)/.run
	npm ci --no-audit --no-fund --loglevel=error
	$(BIN)/python -m wufei.web.assets
	touch $@
