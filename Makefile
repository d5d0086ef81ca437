# Every target works from a fresh clone: whatever it needs, `install` makes first.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules

BIN := .venv/bin
# The node of requirements-dev.lock, so that none need be on the PATH.
BIOME := $(BIN)/node node_modules/@biomejs/biome/bin/biome
PORT ?= 5000
# The test machine has two cores; the longest tests wait for processes to come back and need none.
HUB_TEST_WORKERS ?= 3
# What the caller agrees to leave out, e.g. HUB_TEST_WITHOUT="postgres,browser".
HUB_TEST_WITHOUT ?=
export HUB_TEST_WITHOUT

# What the built package is made of besides Python, which an editable install reads in place.
ASSETS := $(wildcard package.json package-lock.json build.mjs hatch_build.py) \
	$(shell find hub conferencing smartcity -type f \
		\( -path '*/assets/*' -o -path '*/translations/*.po' \) -not -path '*/dist/*' 2>/dev/null)

# The checks read best in order, and the tests are parallel in themselves.
.NOTPARALLEL:

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort \
		| awk 'BEGIN {FS = ":.*## "} {printf "  make %-10s %s\n", $$1, $$2}'

# The marks of what is installed stand in .venv, so that they go when it goes.
.PHONY: install
install: .venv/.made/project ## Make .venv with what running needs, the front end and the hub command
	@:

.venv/.made/runtime: requirements.lock requirements-build.lock requirements-node.lock tools/install.sh
	tools/install.sh runtime
	@mkdir -p $(@D) && touch $@

.venv/.made/project: .venv/.made/runtime pyproject.toml $(ASSETS)
	tools/install.sh project
	@mkdir -p $(@D) && touch $@

.PHONY: tools
tools: .venv/.made/development ## Add to .venv what checks, tests and benchmarks need
	@:

.venv/.made/development: .venv/.made/project requirements-dev.lock package-lock.json
	tools/install.sh development
	@mkdir -p $(@D) && touch $@

.PHONY: wheel
wheel: install ## Build dist/*.whl, which needs neither node nor a registry to be installed
	tools/install.sh wheel

.PHONY: run
run: install ## Start everything with the demo data on http://127.0.0.1:5000 (PORT=5001 HUB_BROKER_PORT=18831 for others)
	$(BIN)/hub run --demo --port $(PORT)

.PHONY: services
services: ## Install what the tests talk to: PostgreSQL, mosquitto, Chromium, libical
	tools/services.sh

.PHONY: test
test: services check frontend pytest ## Everything CI runs: every check and every test

.PHONY: frontend
frontend: tools ## Test the scripts that need no browser
	$(BIN)/node --test 'tests/frontend/*.test.mjs'

.PHONY: pytest
pytest: tools
	$(BIN)/pytest -n $(HUB_TEST_WORKERS) --dist worksteal

.PHONY: check
check: tools ## Formatting, lint, types, layers, templates, dependencies, locks, dead code
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIOME) check --error-on-warnings
	$(BIN)/djlint --lint --quiet hub conferencing smartcity
	$(BIN)/deptry .
	$(BIN)/python tools/check_locks.py
	$(BIN)/python tools/dead_code.py

.PHONY: fmt
fmt: tools ## Format Python, JavaScript and CSS, mend what lint can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIOME) check --write

.PHONY: i18n
i18n: ## Bring both message catalogues in line with the sources
	$(BIN)/python -m tools.catalogues

.PHONY: screenshots
screenshots: tools ## Photograph every page of a running demo into docs/screenshots (PAGES="wall alert")
	$(BIN)/python -m tools.screenshots http://127.0.0.1:$(PORT) $(PAGES)

.PHONY: bench
bench: tools ## Measure the speeds of docs/benchmarks.md and print a table (BENCH="--write ingest")
	$(BIN)/python -m tests.bench $(BENCH)

.PHONY: seed
seed: install ## Load the demo data into the database of HUB_DATABASE_URL
	$(BIN)/hub seed demo

.PHONY: lock
lock: ## Compile the lock files anew from pyproject.toml (needs uv)
	tools/lock.sh

.PHONY: clean
clean: ## Remove what was built and cached; keeps .venv and the instance folder
	rm -rf .venv/.made dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage htmlcov
	rm -rf hub/ui/static/dist node_modules
	find hub conferencing smartcity tests tools migrations -name __pycache__ -prune -exec rm -rf {} +
