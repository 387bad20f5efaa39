# Kintsugi's workshop. `make` lists what it does. Works with GNU make 3.81 and later.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCKER := .venv-lock
UPGRADE :=
UV_VERSION := 0.13.8

# The tests start many processes, and each would compile all of Kintsugi anew.
unexport PYTHONDONTWRITEBYTECODE
PYTEST := $(BIN)/python -m pytest -n auto

.DEFAULT_GOAL := help
.PHONY: help venv demo test test-all journeys soak pictures check format bench lock wheel clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

venv: $(READY) ## Make .venv with everything in requirements.lock (PYTHON=python3.12 picks another Python)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Kintsugi needs Python 3.11 or later, and $(PYTHON) is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12" if sys.version_info < (3, 11) else 0)'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

demo: $(READY) ## Open Kintsugi on this machine, with a year of an invented company in it
	$(BIN)/kintsugi demo

test: $(READY) ## Run a slice of the tests, the same each time, in under three minutes on two cores
	SLICE=1 $(PYTEST) --ignore=tests/journeys

test-all: $(READY) ## Run all tests but the journeys: on SQLite and PostgreSQL, each command in a process of its own
	$(PYTEST) --ignore=tests/journeys

journeys: $(READY) ## Run the journeys: the whole product, as a person uses it
	$(BIN)/python -m pytest tests/journeys

soak: $(READY) ## Ask and kill the service for long: every route and alert decoder fuzzed, 20 kills, 20 starts of four processes
	SOAK=1 $(BIN)/python -m pytest -s tests/soak # by itself: a fuzzer counts the memory of the process it comes from
	SOAK=1 $(BIN)/python -m pytest -s tests/api tests/server/test_starting_together.py tests/journeys/test_kill_under_writes.py tests/journeys/test_kill_under_alerts.py tests/server/postmortems tests/formats/alerts tests/core/faulttree tests/formats/faulttree tests/formats/foreign tests/formats/folder

pictures: $(READY) ## Take the pictures of the docs anew, from the demo
	$(BIN)/python -m tests.journeys.pictures

check: $(READY) ## Lint, formatting, types and the rules of the house
	$(BIN)/ruff check --output-format concise .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests $(wildcard bench)
	$(BIN)/lint-imports --no-logo

format: $(READY) ## Put every file in the one format
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(READY) ## Measure the published figures
	$(BIN)/python -m bench

lock: ## Write requirements.lock from pyproject.toml (UPGRADE=--upgrade takes the newest of all)
	test -x $(LOCKER)/bin/uv || $(PYTHON) -m venv $(LOCKER)
	$(LOCKER)/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	$(LOCKER)/bin/uv pip compile --quiet $(UPGRADE) --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
		--extra pdf --extra charts --group dev \
		pyproject.toml --output-file requirements.lock

wheel: $(READY) ## Build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

clean: ## Remove .venv, caches and built files
	rm -rf $(VENV) $(LOCKER) dist build
	rm -rf .grimp_cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
